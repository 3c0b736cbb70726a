import { untilSignal } from "./http-program.ts";
import { defineImage } from "./program.ts";

export const pause = defineImage({
  repositories: ["registry.k8s.io/pause"],
  tags: ["3.1", "3.2", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10", "3.10.1", "latest"],
  size: 320_448,
  entrypoint: ["/pause"],
  cmd: [],
  user: "65535:65535",
  memory: 200 * 1024,
  programs: {
    "/pause": async (context) => {
      await untilSignal(context);
      context.stderr("Shutting down, got signal: Terminated\n");
      return 0;
    },
  },
});
