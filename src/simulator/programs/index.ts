import { busybox, busybox128 } from "./busybox.ts";
import { echoServer } from "./echo-server.ts";
import { pause } from "./pause.ts";
import { systemImages } from "./system-images.ts";
import type { Image } from "./program.ts";

/** Every image the simulated registries have. */
export const images: readonly Image[] = [busybox, busybox128, echoServer, pause, ...systemImages];
