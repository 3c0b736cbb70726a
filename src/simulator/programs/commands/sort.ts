import { command, fileProblem, pathOf } from "./command.ts";
import { readBody } from "../../network/http-fetch.ts";

interface Key {
  from: number;
  to: number;
  flags: string;
}

/** sort [-nrufbc] [-k KEY]... [-t SEPARATOR] [-o FILE] [FILE]..., in the order of bytes. */
export const sort = command(async (context, args) => {
  const rest = [...args];
  const flags = new Set<string>();
  const keys: Key[] = [];
  const names: string[] = [];
  let separator: string | undefined;
  let output: string | undefined;
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (!/^-./.test(arg)) {
      names.push(arg);
      continue;
    }
    for (let at = 1; at < arg.length; at++) {
      const letter = arg[at]!;
      if (!"kto".includes(letter)) {
        flags.add(letter);
        continue;
      }
      const value = arg.slice(at + 1) || (rest.shift() ?? "");
      if (letter === "t") separator = value;
      else if (letter === "o") output = value;
      else keys.push(keyOf(value));
      break;
    }
  }
  const texts: string[] = [];
  for (const name of names.length ? names : ["-"]) {
    try {
      texts.push(String(name === "-" ? await readBody(context.stdin) : await context.files.read(pathOf(name, context))));
    } catch (error) {
      context.stderr(`sort: ${name}: ${fileProblem(error)}\n`);
      return 2;
    }
  }
  const lines = texts.flatMap((text) =>
    text
      .replace(/\n$/, "")
      .split("\n")
      .slice(0, text === "" ? 0 : undefined),
  );
  const compare = comparison(keys, separator, flags);
  if (flags.has("c")) {
    const wrong = lines.find((line, index) => index > 0 && compare(lines[index - 1]!, line) > 0);
    if (wrong === undefined) return 0;
    context.stderr(`sort: -:${lines.indexOf(wrong) + 1}: disorder: ${wrong}\n`);
    return 1;
  }
  const sorted = lines.toSorted(
    (a, b) => compare(a, b) || (flags.has("s") || flags.has("u") ? 0 : (flags.has("r") ? -1 : 1) * byBytes(a, b)),
  );
  const kept = flags.has("u") ? sorted.filter((line, index) => index === 0 || compare(sorted[index - 1]!, line) !== 0) : sorted;
  const result = kept.map((line) => `${line}\n`).join("");
  if (output === undefined) context.stdout(result);
  else await context.files.write(pathOf(output, context), result);
  await context.drained();
  return 0;
});

/** `2`, `2,3`, `2.1,2n`: fields from and to, counted from one; characters within fields are left alone. */
function keyOf(text: string): Key {
  const [, from = "1", flags = "", to, more = ""] =
    /^(\d+)(?:\.\d+)?([a-zA-Z]*)(?:,(\d+)(?:\.\d+)?([a-zA-Z]*))?$/.exec(text) ?? [];
  return { from: Number(from), to: to === undefined ? Number.POSITIVE_INFINITY : Number(to), flags: flags + more };
}

function comparison(
  keys: readonly Key[],
  separator: string | undefined,
  flags: ReadonlySet<string>,
): (a: string, b: string) => number {
  const whole: Key = { from: 1, to: Number.POSITIVE_INFINITY, flags: "" };
  return (a, b) => {
    for (const key of keys.length ? keys : [whole]) {
      const on = (letter: string) => key.flags.includes(letter) || (key.flags === "" && flags.has(letter));
      const [left, right] = [a, b].map((line) => (keys.length ? fieldsOf(line, key, separator) : line)) as [string, string];
      const order = on("n")
        ? leading(left) - leading(right)
        : on("h")
          ? sized(left) - sized(right)
          : on("V")
            ? byVersion(left, right)
            : on("f")
              ? byBytes(left.toUpperCase(), right.toUpperCase())
              : byBytes(left, right);
      if (order !== 0) return on("r") ? -order : order;
    }
    return 0;
  };
}

function fieldsOf(line: string, { from, to }: Key, separator: string | undefined): string {
  const fields = separator === undefined ? (line.match(/[ \t]*[^ \t]+/g) ?? []) : line.split(separator);
  const text = fields.slice(from - 1, to).join(separator ?? "");
  return separator === undefined ? text.trimStart() : text;
}

const leading = (text: string) => Number(/^\s*-?\d*\.?\d*/.exec(text)![0]) || 0;

const sized = (text: string) =>
  leading(text) * 1024 ** (["", "K", "M", "G", "T"].indexOf((/^\s*[\d.]+([KMGT]?)/i.exec(text)?.[1] ?? "").toUpperCase()) || 0);

const byVersion = (a: string, b: string) => a.localeCompare(b, "en", { numeric: true });

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
