import { busyboxCommands } from "./commands/busybox-commands.ts";
import { curl } from "./commands/curl.ts";
import { debianCommands } from "./commands/debian-commands.ts";
import { defineImage, type Image } from "./program.ts";

/** Images that bring commands and run nothing of their own. */
export const baseImages: readonly Image[] = [
  defineImage({
    repositories: ["docker.io/library/alpine"],
    tags: ["latest", "3", "3.22", "3.21", "3.20", "3.19", "3.18"],
    size: 3_800_738,
    entrypoint: [],
    cmd: ["/bin/sh"],
    files: { "/etc/alpine-release": "3.22.2\n" },
    programs: busyboxCommands,
  }),
  defineImage({
    repositories: ["docker.io/library/debian"],
    tags: ["latest", "stable", "stable-slim", "bookworm", "bookworm-slim", "12", "12-slim", "trixie", "trixie-slim", "13"],
    size: 48_481_003,
    entrypoint: [],
    cmd: ["bash"],
    programs: debianCommands,
  }),
  defineImage({
    repositories: ["docker.io/library/ubuntu"],
    tags: ["latest", "24.04", "noble", "22.04", "jammy"],
    size: 29_723_146,
    entrypoint: [],
    cmd: ["/bin/bash"],
    programs: debianCommands,
  }),
  defineImage({
    repositories: ["docker.io/curlimages/curl"],
    tags: ["latest", "8.14.1", "8.12.1", "8.10.1", "8.8.0", "8.5.0"],
    size: 10_087_219,
    entrypoint: ["/entrypoint.sh"],
    cmd: ["curl"],
    programs: {
      ...busyboxCommands,
      "/usr/bin/curl": curl,
      // The image's entrypoint puts curl before what looks like its options.
      "/entrypoint.sh": ({ argv, env, workingDir, processes }) => {
        const args = argv.slice(1);
        const isCommand = args[0] !== undefined && !args[0].startsWith("-") && !/:\/\//.test(args[0]);
        return processes.replace(isCommand ? args : ["curl", ...args], { ...processes.inherited, env, workingDir });
      },
    },
  }),
];
