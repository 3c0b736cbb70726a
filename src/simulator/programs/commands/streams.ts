import { sleep } from "../../clock.ts";
import type { Input, Program, ProgramContext } from "../program.ts";
import { fileInput, readLine } from "../shell/descriptors.ts";
import { command, fileProblem, pathOf, type Wording } from "./command.ts";

/** How often `tail -f` looks. */
const FOLLOW_EVERY = 1_000;
/** A writer without end lets others run after so many blocks, as if the blocks had cost this much time. */
const BREATH = { blocks: 16, pause: 5 };

/** Commands that pass bytes on as they come. */
export const streamCommands = (wording: Wording): Record<string, Program> => ({
  cat: command(async (context, args) => {
    const names = args.filter((arg) => arg === "-" || !arg.startsWith("-"));
    let status = 0;
    for (const name of names.length ? names : ["-"]) {
      try {
        await copy(context, await open(name, context));
      } catch (error) {
        const what = (error as { code?: string }).code === "EISDIR" ? wording.folder(name) : wording.unreadable(name);
        context.stderr(`cat: ${what}: ${fileProblem(error)}\n`);
        status = 1;
      }
    }
    return status;
  }),

  tee: command(async (context, args) => {
    const append = args.includes("-a");
    const paths = args.filter((arg) => !arg.startsWith("-")).map((name) => pathOf(name, context));
    if (!append) for (const path of paths) await context.files.write(path, "");
    for await (const chunk of context.stdin) {
      context.stdout(chunk);
      for (const path of paths) await context.files.append(path, chunk);
      await context.drained();
    }
    return 0;
  }),

  head: command(async (context, args) => {
    const { count, bytes, names } = countOptions(args);
    let status = 0;
    for (const [index, name] of names.entries()) {
      let input: Input;
      try {
        input = await open(name, context);
      } catch (error) {
        context.stderr(`head: ${wording.missing(name)}: ${fileProblem(error)}\n`);
        status = 1;
        continue;
      }
      if (names.length > 1) context.stdout(`${index ? "\n" : ""}==> ${name} <==\n`);
      await (bytes ? firstBytes(context, input, count) : firstLines(context, input, count));
    }
    return status;
  }),

  tail: command(async (context, args) => {
    const { count, bytes, fromStart, follow, names } = countOptions(args);
    let status = 0;
    const sizes = new Map<string, number>();
    for (const [index, name] of names.entries()) {
      let content: Buffer;
      try {
        content = await wholeInput(context, await open(name, context));
      } catch (error) {
        context.stderr(`tail: ${wording.unreadable(name)}: ${fileProblem(error)}\n`);
        status = 1;
        continue;
      }
      if (names.length > 1) context.stdout(`${index ? "\n" : ""}==> ${name} <==\n`);
      context.stdout(bytes ? lastBytes(content, count, fromStart) : lastLines(content, count, fromStart));
      if (name !== "-") sizes.set(name, content.byteLength);
    }
    if (status && names.length === 1) context.stderr("tail: no files\n");
    while (follow && sizes.size > 0) {
      await sleep(context.clock, FOLLOW_EVERY);
      for (const [name, seen] of sizes) {
        const content = (await context.files.exists(pathOf(name, context)))
          ? await context.files.read(pathOf(name, context))
          : undefined;
        if (!content) continue;
        context.stdout(content.subarray(content.byteLength < seen ? 0 : seen));
        sizes.set(name, content.byteLength);
      }
    }
    return status;
  }),

  wc: command(async (context, args) => {
    const flags = args.filter((arg) => /^-[clmwL]/.test(arg)).join("");
    const names = args.filter((arg) => arg === "-" || !arg.startsWith("-"));
    const totals = [0, 0, 0];
    let status = 0;
    const line = (counts: readonly number[], name: string) => {
      const chosen = counts.filter((_, index) =>
        flags.replaceAll("-", "") ? ["l", "w", "[cm]"].map((one) => new RegExp(one).test(flags))[index] : true,
      );
      const figures = chosen.length === 1 ? String(chosen[0]) : chosen.map((count) => String(count).padStart(9)).join(" ");
      context.stdout(`${figures}${name && ` ${name}`}\n`);
    };
    for (const name of names.length ? names : [""]) {
      try {
        const content = await wholeInput(context, await open(name || "-", context));
        const text = content.toString();
        const counts = [text.split("\n").length - 1, text.split(/\s+/).filter(Boolean).length, content.byteLength];
        for (const [index, count] of counts.entries()) totals[index]! += count;
        line(counts, name);
      } catch (error) {
        context.stderr(`wc: ${name}: ${fileProblem(error)}\n`);
        status = 1;
      }
    }
    if (names.length > 1) line(totals, "total");
    return status;
  }),

  yes: command(async (context, args) => {
    const block = Buffer.from(`${args.join(" ") || "y"}\n`.repeat(512));
    for (let blocks = 1; ; blocks++) {
      context.stdout(block);
      await breathe(context, blocks);
    }
  }),

  dd: command(async (context, args) => {
    const options = Object.fromEntries(args.map((arg) => arg.split(/=(.*)/s)));
    const blockSize = bytesOf(options["bs"] ?? options["ibs"] ?? "512");
    const limit = options["count"] === undefined ? Number.POSITIVE_INFINITY : Number(options["count"]);
    const startedAt = context.clock.now();
    const target = options["of"] && pathOf(options["of"], context);
    let total = 0;
    let blocks = 0;
    try {
      const input = await open(options["if"] ?? "-", context);
      if (target) await context.files.write(target, "");
      const zeros = options["if"] === "/dev/zero" ? Buffer.alloc(Math.min(blockSize, 1 << 20)) : undefined;
      while (blocks < limit) {
        const block = zeros && zeros.byteLength === blockSize ? zeros : await readBlock(input, blockSize);
        if (block.byteLength === 0) break;
        blocks++;
        total += block.byteLength;
        if (target) await context.files.append(target, block);
        else context.stdout(block);
        await breathe(context, blocks);
      }
    } catch (error) {
      const name = (error as { code?: string }).code === "EISDIR" ? options["if"] : (options["of"] ?? options["if"]);
      context.stderr(`dd: can't open '${name}': ${fileProblem(error)}\n`);
      return 1;
    }
    const seconds = Math.max((context.clock.now() - startedAt) / 1000, 0.000_001);
    const records = `${Math.floor(total / blockSize)}+${total % blockSize ? 1 : 0}`;
    context.stderr(`${records} records in\n${records} records out\n`);
    context.stderr(`${total} bytes (${readable(total)}) copied, ${seconds.toFixed(6)} seconds, ${readable(total / seconds)}/s\n`);
    return 0;
  }),
});

/** A file to read, or stdin for `-`. Throws what the files throw. */
export const open = async (name: string, context: ProgramContext): Promise<Input> =>
  name === "-" ? context.stdin : fileInput(pathOf(name, context), context.files);

async function copy(context: ProgramContext, input: Input): Promise<void> {
  let blocks = 0;
  for await (const chunk of input) {
    context.stdout(chunk);
    await breathe(context, ++blocks);
  }
}

async function breathe(context: ProgramContext, blocks: number): Promise<void> {
  await context.drained();
  if (blocks % BREATH.blocks > 0) return;
  context.account({ cpuSeconds: BREATH.pause / 1000 });
  await sleep(context.clock, BREATH.pause);
}

async function firstLines(context: ProgramContext, input: Input, count: number): Promise<void> {
  for (let left = count; left > 0; left--) {
    const line = await readLine(input);
    if (!line) return;
    context.stdout(line.text + (line.complete ? "\n" : ""));
    await context.drained();
  }
}

async function firstBytes(context: ProgramContext, input: Input, count: number): Promise<void> {
  let left = count;
  while (left > 0) {
    const chunk = await input.read();
    if (!chunk) return;
    context.stdout(chunk.subarray(0, left));
    left -= chunk.byteLength;
    await context.drained();
  }
}

/** All of an input. A device without an end fills memory until the container has none. */
async function wholeInput(context: ProgramContext, input: Input): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of input) {
    chunks.push(chunk);
    context.account({ memoryBytes: chunk.byteLength });
    await breathe(context, chunks.length);
  }
  const content = Buffer.concat(chunks);
  context.account({ memoryBytes: -content.byteLength });
  return content;
}

function lastLines(content: Buffer, count: number, fromStart: boolean): Buffer {
  if (fromStart) {
    let start = 0;
    for (let line = 1; line < count; line++) {
      const end = content.indexOf(10, start);
      if (end < 0) return Buffer.alloc(0);
      start = end + 1;
    }
    return content.subarray(start);
  }
  let start = content.byteLength;
  for (let left = count; left >= 0 && start >= 0; left--) {
    if (left === 0) return content.subarray(start === content.byteLength ? start : start + 1);
    start = content.lastIndexOf(10, start === content.byteLength ? start - 2 : start - 1);
  }
  return content;
}

const lastBytes = (content: Buffer, count: number, fromStart: boolean): Buffer =>
  fromStart ? content.subarray(Math.max(0, count - 1)) : content.subarray(Math.max(0, content.byteLength - count));

interface CountOptions {
  count: number;
  bytes: boolean;
  fromStart: boolean;
  follow: boolean;
  names: string[];
}

/** -n N, -c N, -N, -n +N, -f, -F. */
function countOptions(args: readonly string[]): CountOptions {
  const options: CountOptions = { count: 10, bytes: false, fromStart: false, follow: false, names: [] };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, letter, value] = /^-([nc])(.*)$/.exec(arg) ?? [];
    if (letter) {
      const text = value || (rest.shift() ?? "");
      options.bytes = letter === "c";
      options.fromStart = text.startsWith("+");
      options.count = bytesOf(text.replace(/^[-+]/, ""));
    } else if (/^-\d+$/.test(arg)) options.count = Number(arg.slice(1));
    else if (/^-[fFqv]+$/.test(arg)) options.follow ||= /f/i.test(arg);
    else options.names.push(arg);
  }
  if (options.names.length === 0) options.names.push("-");
  return options;
}

async function readBlock(input: Input, size: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < size) {
    const chunk = await input.read();
    if (!chunk) break;
    const taken = chunk.subarray(0, size - length);
    input.unread(chunk.subarray(taken.byteLength));
    chunks.push(taken);
    length += taken.byteLength;
  }
  return Buffer.concat(chunks);
}

/** `1M`, `64k`, `2MB`. */
function bytesOf(text: string): number {
  const [, digits = "0", unit = ""] = /^(\d+)([kKmMgGbcw]?)B?$/.exec(text) ?? [];
  const factor = { k: 1024, m: 1024 ** 2, g: 1024 ** 3, b: 512, w: 2, c: 1 }[unit.toLowerCase()] ?? 1;
  return Number(digits) * factor;
}

function readable(bytes: number): string {
  const units = ["", "KB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return power === 0 ? `${Math.round(bytes)}B` : `${(bytes / 1024 ** power).toFixed(1)}${units[power]}`;
}
