/** Reads on at `at`: the position after what it has read. Throws a Fault. */
type Read = (text: string, at: number) => number;

const LITERALS: Record<string, string> = { t: "true", f: "false", n: "null" };

/** What is wrong with a JSON text, in the words of Go's encoding/json; undefined for nothing. */
export function jsonProblem(text: string): string | undefined {
  try {
    const end = skipSpace(text, readValue(text, 0));
    return end < text.length ? unexpected(text, end, "after top-level value").message : undefined;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}

class Fault extends Error {}

function unexpected(text: string, at: number, where: string): Fault {
  const code = text.codePointAt(at);
  if (code === undefined) return new Fault("unexpected end of JSON input");
  const character = String.fromCodePoint(code);
  const quoted = character === "'" ? "\\'" : character === '"' ? '"' : JSON.stringify(character).slice(1, -1);
  return new Fault(`invalid character '${quoted}' ${where}`);
}

function skipSpace(text: string, at: number): number {
  while (" \t\r\n".includes(text[at] ?? "x")) at++;
  return at;
}

function readValue(text: string, from: number): number {
  const at = skipSpace(text, from);
  const first = text[at] ?? "";
  if (first === "{") return readList(text, at + 1, "}", readMember, "after object key:value pair");
  if (first === "[") return readList(text, at + 1, "]", readValue, "after array element");
  if (first === '"') return readString(text, at + 1);
  if (/[-\d]/.test(first)) return readNumber(text, at);
  const literal = LITERALS[first];
  if (!literal) throw unexpected(text, at, "looking for beginning of value");
  for (let index = 1; index < literal.length; index++) {
    if (text[at + index] === literal[index]) continue;
    throw unexpected(text, at + index, `in literal ${literal} (expecting '${literal[index]}')`);
  }
  return at + literal.length;
}

function readList(text: string, from: number, close: string, read: Read, where: string): number {
  let at = skipSpace(text, from);
  if (text[at] === close) return at + 1;
  for (;;) {
    at = skipSpace(text, read(text, at));
    if (text[at] === close) return at + 1;
    if (text[at] !== ",") throw unexpected(text, at, where);
    at++;
  }
}

function readMember(text: string, from: number): number {
  const at = skipSpace(text, from);
  if (text[at] !== '"') throw unexpected(text, at, "looking for beginning of object key string");
  const colon = skipSpace(text, readString(text, at + 1));
  if (text[colon] !== ":") throw unexpected(text, colon, "after object key");
  return readValue(text, colon + 1);
}

/** From behind the opening quote. */
function readString(text: string, from: number): number {
  let at = from;
  while (text[at] !== '"') {
    if ((text[at] ?? "") < " ") throw unexpected(text, at, "in string literal");
    at = text[at] === "\\" ? readEscape(text, at + 1) : at + 1;
  }
  return at + 1;
}

function readEscape(text: string, at: number): number {
  if (!/["\\/bfnrtu]/.test(text[at] ?? "")) throw unexpected(text, at, "in string escape code");
  if (text[at] !== "u") return at + 1;
  for (let digit = at + 1; digit <= at + 4; digit++) {
    if (!/[\da-fA-F]/.test(text[digit] ?? "")) throw unexpected(text, digit, "in \\u hexadecimal character escape");
  }
  return at + 5;
}

function readNumber(text: string, from: number): number {
  const first = text[from] === "-" ? from + 1 : from;
  let at = text[first] === "0" ? first + 1 : readDigits(text, first, "in numeric literal");
  if (text[at] === ".") at = readDigits(text, at + 1, "after decimal point in numeric literal");
  if (!/[eE]/.test(text[at] ?? "")) return at;
  at++;
  if (/[-+]/.test(text[at] ?? "")) at++;
  return readDigits(text, at, "in exponent of numeric literal");
}

function readDigits(text: string, from: number, where: string): number {
  let at = from;
  while (/\d/.test(text[at] ?? "")) at++;
  if (at === from) throw unexpected(text, at, where);
  return at;
}
