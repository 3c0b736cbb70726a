/** One directive of an nginx configuration: `listen 80;`, `location / { … }`. */
export interface Directive {
  name: string;
  args: readonly string[];
  block?: readonly Directive[];
  file: string;
  line: number;
}

/** What nginx says of a configuration it does not start with. */
export class ConfigFault extends Error {}

interface Token {
  text: string;
  quoted: boolean;
  line: number;
}

/** Reads a configuration file. `include` gives the texts that an include directive names. */
export function parseConfig(
  text: string,
  file: string,
  include: (pattern: string) => readonly (readonly [file: string, text: string])[],
): Directive[] {
  const tokens = tokenize(text, file);
  const [directives, end] = readBlock(tokens, 0, file, include, false);
  if (end < tokens.length) throw new ConfigFault(`unexpected "}" in ${file}:${tokens[end]!.line}`);
  return directives;
}

function readBlock(
  tokens: readonly Token[],
  start: number,
  file: string,
  include: Parameters<typeof parseConfig>[2],
  inner: boolean,
): [Directive[], number] {
  const directives: Directive[] = [];
  let at = start;
  while (at < tokens.length) {
    const first = tokens[at]!;
    const mark = first.quoted ? "" : first.text;
    if (mark === "}") {
      if (inner) return [directives, at + 1];
      return [directives, at];
    }
    if (mark === ";" || mark === "{") throw new ConfigFault(`unexpected "${mark}" in ${file}:${first.line}`);
    const args: string[] = [];
    for (at++; at < tokens.length && (tokens[at]!.quoted || !/^[;{}]$/.test(tokens[at]!.text)); at++) args.push(tokens[at]!.text);
    const end = tokens[at];
    if (!end) throw new ConfigFault(`unexpected end of file, expecting ";" or "}" in ${file}:${tokens.at(-1)!.line}`);
    if (end.text === "}") throw new ConfigFault(`unexpected "}" in ${file}:${end.line}`);
    at++;
    const directive = { name: first.text, args, file, line: first.line };
    if (end.text === "{") {
      const [block, next] = readBlock(tokens, at, file, include, true);
      directives.push({ ...directive, block });
      at = next;
    } else if (directive.name === "include") {
      for (const [name, text] of include(args[0] ?? "")) directives.push(...parseConfig(text, name, include));
    } else directives.push(directive);
  }
  if (inner) throw new ConfigFault(`unexpected end of file, expecting "}" in ${file}:${tokens.at(-1)?.line ?? 1}`);
  return [directives, at];
}

function tokenize(text: string, file: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  const pattern =
    /\n|[ \t\r]+|#[^\n]*|"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|[;{}]|(?:\\.|\$\{[^}]*\}|[^\s;{}"'#])(?:\\.|\$\{[^}]*\}|[^\s;{}])*/gy;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [whole, double, single] = match;
    if (/^[^\s#]/.test(whole)) {
      const quoted = double ?? single;
      tokens.push({ text: (quoted ?? whole).replace(/\\(["'\\; ])/g, "$1"), quoted: quoted !== undefined, line });
    }
    line += whole.split("\n").length - 1;
    if (pattern.lastIndex >= text.length) return tokens;
  }
  if (text.trim()) throw new ConfigFault(`unexpected end of file, expecting ";" or "}" in ${file}:${line}`);
  return tokens;
}
