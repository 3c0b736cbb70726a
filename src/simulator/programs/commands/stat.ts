import type { FileStat } from "../program.ts";
import { command, pathOf, type Wording } from "./command.ts";
import { modeText } from "./ls.ts";

/** stat [-L] [-c FORMAT] FILE... */
export const stat = (wording: Wording) =>
  command(async (context, args) => {
    const rest = [...args];
    let format: string | undefined;
    let follow = false;
    const names: string[] = [];
    for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
      if (/^-\w*c$/.test(arg) || arg === "--format") format = rest.shift() ?? "";
      else if (arg.startsWith("--format=")) format = arg.slice(9);
      else if (arg.startsWith("-c")) format = arg.slice(2);
      else if (!arg.startsWith("-")) names.push(arg);
      if (/^-\w*L/.test(arg)) follow = true;
    }
    let status = 0;
    for (const name of names) {
      const found = await context.files.stat(pathOf(name, context), { follow });
      if (found) context.stdout(`${format === undefined ? summary(name, found) : fill(format, name, found)}\n`);
      else {
        context.stderr(wording.translate(`stat: cannot statx '${name}': No such file or directory\n`));
        status = 1;
      }
    }
    return status;
  });

const KINDS = { file: "regular file", folder: "directory", link: "symbolic link", device: "character special file" };

const kindOf = ({ kind, size }: FileStat) => (kind === "file" && size === 0 ? "regular empty file" : KINDS[kind]);
const modeDigits = ({ mode }: FileStat) => (mode & 0o7777).toString(8);
const timeText = (ms: number) => `${new Date(ms).toISOString().replace("T", " ").replace("Z", "000000")} +0000`;

const fill = (format: string, name: string, found: FileStat): string =>
  format.replace(/%([a-zA-Z%])/g, (whole, letter: string) => {
    const values: Record<string, string> = {
      a: modeDigits(found),
      A: modeText(found),
      b: String(Math.ceil(found.size / 512)),
      F: kindOf(found),
      g: "0",
      G: "root",
      h: "1",
      n: name,
      N: found.target === undefined ? `'${name}'` : `'${name}' -> '${found.target}'`,
      s: String(found.size),
      u: "0",
      U: "root",
      x: timeText(found.mtime),
      X: String(Math.floor(found.mtime / 1000)),
      y: timeText(found.mtime),
      Y: String(Math.floor(found.mtime / 1000)),
      "%": "%",
    };
    return values[letter] ?? whole;
  });

function summary(name: string, found: FileStat): string {
  const time = timeText(found.mtime);
  return [
    `  File: ${name}${found.target === undefined ? "" : ` -> ${found.target}`}`,
    `  Size: ${String(found.size).padEnd(10)}\tBlocks: ${String(Math.ceil(found.size / 512)).padEnd(10)} IO Block: 4096   ${kindOf(found)}`,
    "Device: 1h/1d\tInode: 1           Links: 1",
    `Access: (${modeDigits(found).padStart(4, "0")}/${modeText(found)})  Uid: (    0/    root)   Gid: (    0/    root)`,
    `Access: ${time}`,
    `Modify: ${time}`,
    `Change: ${time}`,
  ].join("\n");
}
