import type { Program } from "../program.ts";
import { shell } from "../shell/shell.ts";
import { GNU } from "./command.ts";
import { dd } from "./dd.ts";
import { grep } from "./grep.ts";
import { headAndTail } from "./head-tail.ts";
import { ls } from "./ls.ts";
import { rm } from "./rm.ts";
import { sort } from "./sort.ts";
import { stat } from "./stat.ts";
import { streamCommands } from "./streams.ts";
import { systemCommands } from "./system.ts";
import { tar } from "./tar.ts";
import { textCommand } from "./text-command.ts";
import { timeCommands } from "./time.ts";
import { uniq } from "./uniq.ts";

const ofJustBash = `
  awk base64 basename chmod comm cp cut diff dirname du expand expr find fold gunzip gzip join ln
  md5sum mkdir mv nl od paste readlink rmdir sed seq sha1sum sha256sum split tac tr unexpand zcat
`
  .trim()
  .split(/\s+/);

/** Not in Debian's slim image, which these tutorials' images are made from. */
const MISSING = ["ps", "killall", "kill", "uptime"];

/** The commands of a Debian image, by path. There is no ps, ping, wget or nslookup, as learners find out. */
export const debianCommands: Readonly<Record<string, Program>> = Object.fromEntries(
  Object.entries<Program>({
    ...Object.fromEntries(ofJustBash.map((name) => [name, textCommand(name)])),
    ...streamCommands(GNU),
    ...headAndTail(GNU),
    dd,
    grep: grep(),
    egrep: grep("E"),
    fgrep: grep("F"),
    ...systemCommands,
    ...timeCommands,
    ls: ls(GNU),
    rm: rm(GNU),
    sort,
    stat: stat(GNU),
    uniq,
    tar: tar(GNU),
    sh: shell("dash"),
    dash: shell("dash"),
    bash: shell("bash"),
  })
    .filter(([name]) => !MISSING.includes(name))
    .map(([name, program]) => [`/bin/${name}`, program]),
);
