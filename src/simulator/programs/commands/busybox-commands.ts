import type { Program } from "../program.ts";
import { shell } from "../shell/shell.ts";
import { BUSYBOX } from "./command.ts";
import { dd } from "./dd.ts";
import { grep } from "./grep.ts";
import { headAndTail } from "./head-tail.ts";
import { ls } from "./ls.ts";
import { netCommands } from "./net.ts";
import { rm } from "./rm.ts";
import { sort } from "./sort.ts";
import { stat } from "./stat.ts";
import { streamCommands } from "./streams.ts";
import { systemCommands } from "./system.ts";
import { tar } from "./tar.ts";
import { textCommand } from "./text-command.ts";
import { timeCommands } from "./time.ts";
import { uniq } from "./uniq.ts";

/** Commands of just-bash that busybox has too. */
const ofJustBash = `
  awk base64 basename chmod clear comm cp cut diff dirname du expand expr find fold gunzip gzip
  ln md5sum mkdir mv nl od paste readlink rev rmdir sed seq sha1sum sha256sum split strings tac
  tr tree unexpand zcat
`
  .trim()
  .split(/\s+/);

/** All of busybox' applets that the practice cluster has, by path. */
export const busyboxCommands: Readonly<Record<string, Program>> = Object.fromEntries(
  Object.entries<Program>({
    ...Object.fromEntries(ofJustBash.map((name) => [name, textCommand(name, BUSYBOX.translate)])),
    ...streamCommands(BUSYBOX),
    ...headAndTail(BUSYBOX),
    dd,
    grep: grep(),
    egrep: grep("E"),
    fgrep: grep("F"),
    ...systemCommands,
    ...timeCommands,
    ...netCommands,
    ls: ls(BUSYBOX),
    rm: rm(BUSYBOX),
    sort,
    stat: stat(BUSYBOX),
    uniq,
    tar: tar(BUSYBOX),
    ash: shell("ash"),
    sh: shell("ash"),
  }).map(([name, program]) => [`/bin/${name}`, program]),
);
