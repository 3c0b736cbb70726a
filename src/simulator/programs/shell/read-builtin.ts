import type { Input } from "../program.ts";
import type { Builtin } from "./builtins.ts";
import { ShellFault } from "./control.ts";
import { readLine, type Line } from "./descriptors.ts";

/** read [-r] [-p PROMPT] [-t SECONDS] [-n COUNT] NAME... */
export const readBuiltin: Builtin = async (shell, args) => {
  const options = { raw: false, prompt: "", seconds: 0, count: 0 };
  let rest = [...args];
  while (rest[0]?.startsWith("-") && rest[0].length > 1) {
    const option = rest.shift()!;
    const value = () => option.slice(2) || (rest.shift() ?? "");
    if (option[1] === "r") options.raw = true;
    else if (option[1] === "p") options.prompt = value();
    else if (option[1] === "t") options.seconds = Number(value());
    else if (option[1] === "n") options.count = Number(value());
    else if (option[1] !== "s") throw new ShellFault(`read: illegal option ${option}`);
  }
  const input = shell.open.get(0)?.input;
  if (!input) throw new ShellFault("read: read error: Bad file descriptor", 1);
  if (options.prompt && shell.context.tty) await shell.write(2, options.prompt);

  const timeout = new AbortController();
  const timer = options.seconds ? shell.context.clock.setTimeout(() => timeout.abort(), options.seconds * 1000) : undefined;
  const reader = AbortSignal.any([timeout.signal, shell.context.signal]);
  shell.waits();
  const line = options.count ? await readCount(input, options.count, reader) : await readLogical(input, options.raw, reader);
  timer?.cancel();
  if (shell.context.signal.aborted) await new Promise(() => {});

  const names = rest.length ? rest : ["REPLY"];
  const fields = splitForRead(line?.text ?? "", names.length, shell.state.get("IFS") ?? " \t\n");
  for (const [index, name] of names.entries()) shell.state.set(name, fields[index] ?? "");
  return line?.complete ? 0 : 1;
};

/** A line; without -r a backslash at its end joins it with the next. */
async function readLogical(input: Input, raw: boolean, reader: AbortSignal): Promise<Line | undefined> {
  let text = "";
  for (;;) {
    const line = await readLine(input, reader);
    if (line === undefined) return text ? { text, complete: false } : undefined;
    if (raw) return line;
    if (!/(^|[^\\])(\\\\)*\\$/.test(line.text)) return { ...line, text: (text + line.text).replace(/\\(.)/g, "$1") };
    text += line.text.slice(0, -1);
  }
}

async function readCount(input: Input, count: number, reader: AbortSignal): Promise<Line | undefined> {
  const chunk = await input.read(reader);
  if (!chunk) return undefined;
  const end = chunk.subarray(0, count).indexOf(10);
  const length = end < 0 ? Math.min(count, chunk.byteLength) : end;
  input.unread(chunk.subarray(end < 0 ? length : length + 1));
  return { text: Buffer.from(chunk.subarray(0, length)).toString(), complete: true };
}

/** The last name takes all that is left. */
function splitForRead(text: string, count: number, ifs: string): string[] {
  const blanks = [...ifs].filter((char) => /\s/.test(char)).join("");
  const trim = (value: string) => {
    let [start, end] = [0, value.length];
    while (start < end && blanks.includes(value[start]!)) start++;
    while (end > start && blanks.includes(value[end - 1]!)) end--;
    return value.slice(start, end);
  };
  const fields: string[] = [];
  let rest = trim(text);
  while (fields.length < count - 1 && rest) {
    let end = 0;
    while (end < rest.length && !ifs.includes(rest[end]!)) end++;
    fields.push(rest.slice(0, end));
    const hard = end < rest.length && !blanks.includes(rest[end]!);
    rest = trim(rest.slice(hard ? end + 1 : end));
  }
  return [...fields, rest];
}
