import type { ProgramContext } from "../program.ts";
import { readLine } from "../shell/descriptors.ts";
import { command, fileProblem, pathOf } from "./command.ts";
import { escapeText, regularExpression } from "./regular-expression.ts";
import { open } from "./streams.ts";

interface Options {
  flags: ReadonlySet<string>;
  test: RegExp;
  most: number;
  before: number;
  after: number;
}

/** grep, which prints a line when it has read it. `style` is what egrep and fgrep stand for. */
export const grep = (style = "") =>
  command(async (context, args) => {
    const rest = [...args];
    const flags = new Set(style);
    const patterns: string[] = [];
    const operands: string[] = [];
    const numbers = { m: Number.POSITIVE_INFINITY, A: 0, B: 0, C: 0 };
    for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
      if (arg === "--") {
        operands.push(...rest.splice(0));
      } else if (arg.startsWith("--")) {
        if (arg === "--color" || arg.startsWith("--color=")) continue;
        context.stderr(`grep: unrecognized option '${arg.slice(2)}'\n`);
        return 2;
      } else if (!/^-./.test(arg)) operands.push(arg);
      else {
        for (let at = 1; at < arg.length; at++) {
          const letter = arg[at]!;
          if (!"efmABC".includes(letter)) {
            flags.add(letter);
            continue;
          }
          const value = arg.slice(at + 1) || (rest.shift() ?? "");
          if (letter === "e") patterns.push(...value.split("\n"));
          else if (letter === "f")
            patterns.push(
              ...String(await context.files.read(pathOf(value, context)))
                .replace(/\n$/, "")
                .split("\n"),
            );
          else numbers[letter as "m" | "A" | "B" | "C"] = Number(value);
          break;
        }
      }
    }
    if (patterns.length === 0) {
      const pattern = operands.shift();
      if (pattern === undefined) {
        context.stderr("Usage: grep [-HhnlLoqvsrRiwFEz] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...\n");
        return 2;
      }
      patterns.push(...pattern.split("\n"));
    }
    const options = {
      flags,
      test: expression(patterns, flags),
      most: numbers.m,
      before: numbers.B || numbers.C,
      after: numbers.A || numbers.C,
    };
    return searchAll(context, operands, options);
  });

function expression(patterns: readonly string[], flags: ReadonlySet<string>): RegExp {
  const sources = patterns.map((pattern) => (flags.has("F") ? escapeText(pattern) : regularExpression(pattern, flags.has("E"))));
  let source = sources.map((one) => `(?:${one})`).join("|");
  if (flags.has("w")) source = `(?<!\\w)(?:${source})(?!\\w)`;
  if (flags.has("x")) source = `^(?:${source})$`;
  return new RegExp(source, flags.has("i") ? "gi" : "g");
}

async function searchAll(context: ProgramContext, operands: readonly string[], options: Options): Promise<number> {
  const { flags } = options;
  const recursive = flags.has("r") || flags.has("R");
  const names: string[] = [];
  for (const name of operands.length ? operands : [recursive ? "." : "-"]) {
    if (recursive && name !== "-") names.push(...(await filesBelow(context, name)));
    else names.push(name);
  }
  const titled = flags.has("H") || (!flags.has("h") && (names.length > 1 || recursive));
  let found = false;
  let failed = false;
  for (const name of names) {
    try {
      if ((await search(context, name, options, titled)) > 0) found = true;
      if (found && flags.has("q")) return 0;
    } catch (error) {
      failed = true;
      if (!flags.has("s")) context.stderr(`grep: ${name}: ${fileProblem(error)}\n`);
    }
  }
  return failed ? 2 : found ? 0 : 1;
}

/** Searches one file; resolves to the number of lines found. */
async function search(
  context: ProgramContext,
  name: string,
  { flags, test, most, before, after }: Options,
  titled: boolean,
): Promise<number> {
  const input = await open(name, context);
  const title = name === "-" ? "(standard input)" : name;
  const quiet = ["q", "c", "l", "L"].some((flag) => flags.has(flag));
  const print = (text: string, number: number, mark: string) => {
    if (!quiet) context.stdout(`${titled ? `${title}${mark}` : ""}${flags.has("n") ? `${number}${mark}` : ""}${text}\n`);
  };
  const held: string[] = [];
  let [count, number, trailing, lastPrinted] = [0, 0, 0, 0];
  while (count < most || trailing > 0) {
    const line = await readLine(input);
    if (!line) break;
    number++;
    const all = line.text.match(test);
    if (count < most && (all !== null) !== flags.has("v")) {
      count++;
      if ((before || after) && lastPrinted && number - held.length > lastPrinted + 1 && !quiet) context.stdout("--\n");
      for (const [index, text] of held.entries()) print(text, number - held.length + index, "-");
      held.length = 0;
      if (flags.has("o") && all) for (const part of all.filter(Boolean)) print(part, number, ":");
      else print(line.text, number, ":");
      [trailing, lastPrinted] = [after, number];
      if (flags.has("q") || flags.has("l")) break;
    } else if (trailing > 0) {
      trailing--;
      print(line.text, number, "-");
      lastPrinted = number;
    } else if (before > 0) {
      held.push(line.text);
      if (held.length > before) held.shift();
    }
    await context.drained();
  }
  if (flags.has("c")) context.stdout(`${titled ? `${title}:` : ""}${count}\n`);
  if ((flags.has("l") && count > 0) || (flags.has("L") && count === 0)) context.stdout(`${title}\n`);
  return count;
}

async function filesBelow(context: ProgramContext, name: string): Promise<string[]> {
  const path = pathOf(name, context);
  if ((await context.files.stat(path))?.kind !== "folder") return [name];
  const files: string[] = [];
  for (const entry of await context.files.list(path)) files.push(...(await filesBelow(context, `${name}/${entry}`)));
  return files;
}
