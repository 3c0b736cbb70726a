import type { FileStat, ProgramContext } from "../program.ts";
import { command, fileProblem, pathOf, type Wording } from "./command.ts";

interface Entry {
  name: string;
  path: string;
  stat: FileStat;
}

/** ls [-1AaldhtrSRF] [FILE]... */
export const ls = (wording: Wording) =>
  command(async (context, args) => {
    const flags = new Set(args.filter((arg) => /^-[^-]/.test(arg)).flatMap((arg) => Array.from(arg.slice(1))));
    const names = args.filter((arg) => !arg.startsWith("-"));
    const files: Entry[] = [];
    const folders: Entry[] = [];
    let status = 0;
    for (const name of names.length ? names : ["."]) {
      const path = pathOf(name, context);
      const stat =
        (await context.files.stat(path, { follow: !flags.has("l") || flags.has("L") })) ??
        (await context.files.stat(path, { follow: false }));
      if (!stat) {
        context.stderr(wording.translate(`ls: cannot access '${name}': No such file or directory\n`));
        status = 1;
      } else (stat.kind === "folder" && !flags.has("d") ? folders : files).push({ name, path, stat });
    }
    context.stdout(await listing(sort(files, flags), flags, context));
    const titled = folders.length + files.length > 1 || flags.has("R");
    for (const [index, folder] of folders.entries()) {
      if (index || files.length) context.stdout("\n");
      status = Math.max(status, await listFolder(folder, flags, titled, context));
    }
    return status;
  });

async function listFolder(folder: Entry, flags: ReadonlySet<string>, titled: boolean, context: ProgramContext): Promise<number> {
  let names: string[];
  try {
    names = await context.files.list(folder.path);
  } catch (error) {
    context.stderr(`ls: ${folder.name}: ${fileProblem(error)}\n`);
    return 1;
  }
  const shown = names.filter((name) => flags.has("a") || flags.has("A") || !name.startsWith("."));
  const entries: Entry[] = [];
  for (const name of flags.has("a") ? [".", "..", ...shown] : shown) {
    const path = `${folder.path}/${name}`;
    const stat = await context.files.stat(path, { follow: false });
    if (stat) entries.push({ name, path, stat });
  }
  if (titled) context.stdout(`${folder.name}:\n`);
  if (flags.has("l")) context.stdout(`total ${entries.reduce((sum, { stat }) => sum + Math.ceil(stat.size / 4096) * 4, 0)}\n`);
  context.stdout(await listing(sort(entries, flags), flags, context));
  if (!flags.has("R")) return 0;
  let status = 0;
  for (const { name, path, stat } of entries) {
    if (stat.kind !== "folder" || name === "." || name === "..") continue;
    context.stdout("\n");
    status = Math.max(status, await listFolder({ name: `${folder.name}/${name}`, path, stat }, flags, true, context));
  }
  return status;
}

function sort(entries: readonly Entry[], flags: ReadonlySet<string>): Entry[] {
  const byName = (a: Entry, b: Entry) => (a.name < b.name ? -1 : 1);
  const sorted = entries.toSorted((a, b) => {
    if (flags.has("t")) return b.stat.mtime - a.stat.mtime || byName(a, b);
    if (flags.has("S")) return b.stat.size - a.stat.size || byName(a, b);
    return byName(a, b);
  });
  return flags.has("r") ? sorted.toReversed() : sorted;
}

async function listing(entries: readonly Entry[], flags: ReadonlySet<string>, context: ProgramContext): Promise<string> {
  const mark = ({ stat }: Entry) =>
    !flags.has("F") ? "" : stat.kind === "folder" ? "/" : stat.kind === "link" ? "@" : stat.mode & 0o111 ? "*" : "";
  if (flags.has("l")) return (await Promise.all(entries.map((entry) => longLine(entry, flags, context)))).join("");
  const names = entries.map((entry) => entry.name + mark(entry));
  if (!context.tty || flags.has("1")) return names.map((name) => `${name}\n`).join("");
  return columns(names, context.tty.columns || 80);
}

async function longLine({ name, path, stat }: Entry, flags: ReadonlySet<string>, context: ProgramContext): Promise<string> {
  const subfolders = stat.kind === "folder" ? await countFolders(path, context) : 0;
  const size = flags.has("h") ? readable(stat.size) : String(stat.size);
  const target = stat.kind === "link" ? ` -> ${stat.target}` : "";
  const links = String(stat.kind === "folder" ? subfolders + 2 : 1).padStart(5);
  return `${modeText(stat)}${links} root     root     ${size.padStart(9)} ${timeText(stat.mtime, context.clock.now())} ${name}${target}\n`;
}

async function countFolders(path: string, { files }: ProgramContext): Promise<number> {
  let count = 0;
  for (const name of await files.list(path))
    if ((await files.stat(`${path}/${name}`, { follow: false }))?.kind === "folder") count++;
  return count;
}

/** `drwxr-xr-x` */
export function modeText({ kind, mode }: FileStat): string {
  const bits = [..."rwxrwxrwx"].map((letter, index) => (mode & (1 << (8 - index)) ? letter : "-"));
  if (mode & 0o1000) bits[8] = bits[8] === "x" ? "t" : "T";
  return { file: "-", folder: "d", link: "l", device: "c" }[kind] + bits.join("");
}

const HALF_A_YEAR = 15_724_800_000;

/** `Nov 24 18:17`, or with the year when that is long ago. */
function timeText(at: number, now: number): string {
  const [, , day, month, year, time] = /^(\w+), (\d+) (\w+) (\d+) (\d+:\d+)/.exec(new Date(at).toUTCString())!;
  const recent = at > now - HALF_A_YEAR && at <= now + 1000;
  return `${month} ${String(Number(day)).padStart(2)} ${recent ? time : ` ${year}`}`;
}

/** Sorted downwards, as wide as the terminal. */
function columns(names: readonly string[], width: number): string {
  if (names.length === 0) return "";
  const cell = Math.max(...names.map((name) => name.length)) + 2;
  const across = Math.max(1, Math.floor(width / cell));
  const rows = Math.ceil(names.length / across);
  const lines = Array.from({ length: rows }, (_, row) =>
    names
      .filter((_, index) => index % rows === row)
      .map((name) => name.padEnd(cell))
      .join("")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}

function readable(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), 4);
  return power === 0 ? String(bytes) : `${(bytes / 1024 ** power).toFixed(1)}${"KMGT"[power - 1]}`;
}
