import { sleepCommand } from "./commands/time.ts";
import { defineImage } from "./program.ts";
import { shell } from "./shell/shell.ts";

export const busybox = defineImage({
  repositories: ["docker.io/library/busybox", "registry.k8s.io/e2e-test-images/busybox"],
  tags: ["latest", "1.36", "1.37"],
  size: 2_200_000,
  entrypoint: [],
  cmd: ["sh"],
  programs: { "/bin/sh": shell("ash"), "/bin/sleep": sleepCommand },
});
