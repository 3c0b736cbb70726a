import { sleep } from "../../clock.ts";
import type { Input, Program, ProgramContext } from "../program.ts";
import { readLine } from "../shell/descriptors.ts";
import { command, fileProblem, pathOf, type Wording } from "./command.ts";
import { bytesOf } from "./sizes.ts";
import { open, wholeInput } from "./streams.ts";

/** How often `tail -f` looks. */
const FOLLOW_EVERY = 1_000;

/** The beginning and the end of files. */
export const headAndTail = (wording: Wording): Record<string, Program> => ({
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
});

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
