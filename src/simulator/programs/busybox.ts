import { busyboxCommands } from "./commands/busybox-commands.ts";
import { nslookupOfLibc } from "./commands/nslookup.ts";
import { defineImage } from "./program.ts";

const repositories = ["docker.io/library/busybox", "registry.k8s.io/e2e-test-images/busybox", "registry.k8s.io/busybox"];

export const busybox = defineImage({
  repositories,
  tags: [
    "latest",
    "stable",
    "1.37",
    "1.37.0",
    "1.36",
    "1.36.1",
    "1.35",
    "1.35.0",
    "1.34",
    "1.34.1",
    "1.33",
    "1.32",
    "1.31",
    "1.30",
    "1.29",
  ],
  size: 2_223_685,
  entrypoint: [],
  cmd: ["sh"],
  files: { "/var/www/": "", "/usr/": "" },
  programs: busyboxCommands,
});

/** The last one whose nslookup knows search domains; many tutorials ask for it by name. */
export const busybox128 = defineImage({
  ...busybox,
  tags: ["1.28", "1.28.4", "1.27", "1.26", "1.25", "1.24"],
  size: 727_869,
  programs: { ...busyboxCommands, "/bin/nslookup": nslookupOfLibc },
});
