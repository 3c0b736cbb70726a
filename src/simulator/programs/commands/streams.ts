import { sleep } from "../../clock.ts";
import type { Input, Program, ProgramContext } from "../program.ts";
import { fileInput } from "../shell/descriptors.ts";
import { command, fileProblem, pathOf, type Wording } from "./command.ts";

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

/** Lets others run, and whoever reads catch up, before the next block. */
export async function breathe(context: ProgramContext, blocks: number): Promise<void> {
  await context.drained();
  if (blocks % BREATH.blocks > 0) return;
  context.account({ cpuSeconds: BREATH.pause / 1000 });
  await sleep(context.clock, BREATH.pause);
}

/** All of an input. A device without an end fills memory until the container has none. */
export async function wholeInput(context: ProgramContext, input: Input): Promise<Buffer> {
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
