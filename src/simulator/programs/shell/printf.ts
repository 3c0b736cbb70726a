import { ShellFault } from "./control.ts";

const ESCAPES: Record<string, string> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

/** Backslash sequences as echo -e and printf know them; `\c` ends the output there. */
export function unescape(text: string): { text: string; stop: boolean } {
  let out = "";
  for (let index = 0; index < text.length; index++) {
    if (text[index] !== "\\" || index === text.length - 1) {
      out += text[index];
      continue;
    }
    const rest = text.slice(index + 1);
    const code = /^(?:0?([0-7]{1,3})|x([\da-fA-F]{1,2}))/.exec(rest);
    if (rest[0] === "c") return { text: out, stop: true };
    if (code) {
      out += String.fromCharCode(code[1] ? Number.parseInt(code[1], 8) & 255 : Number.parseInt(code[2]!, 16));
      index += code[0].length;
      continue;
    }
    out += ESCAPES[rest[0]!] ?? `\\${rest[0]}`;
    index++;
  }
  return { text: out, stop: false };
}

const DIRECTIVE = /%([-+ 0#]*)(\*|\d*)(?:\.(\*|\d*))?([a-zA-Z%])/g;

/** printf(1): the format is used again until no arguments are left. */
export function printf(format: string, args: readonly string[]): string {
  let out = "";
  const rest = [...args];
  do {
    const before = rest.length;
    const round = once(unescape(format).text, rest);
    out += round.text;
    if (round.stop || before === rest.length) break;
  } while (rest.length > 0);
  return out;
}

function once(format: string, args: string[]): { text: string; stop: boolean } {
  let stop = false;
  const text = format.replace(DIRECTIVE, (_, flags: string, width: string, precision: string | undefined, kind: string) => {
    if (stop) return "";
    if (kind === "%") return "%";
    const size = width === "*" ? Number(args.shift() ?? 0) : Number(width || 0);
    const digits = precision === "*" ? Number(args.shift() ?? 0) : precision === undefined ? undefined : Number(precision);
    const argument = args.shift();
    if (kind === "b") {
      const escaped = unescape(argument ?? "");
      stop = escaped.stop;
      return pad(escaped.text, size, flags);
    }
    return pad(convert(kind, argument, digits, flags), size, kind === "s" || kind === "c" ? flags.replace("0", "") : flags);
  });
  return { text, stop };
}

function convert(kind: string, argument: string | undefined, digits: number | undefined, flags: string): string {
  switch (kind) {
    case "s":
      return digits === undefined ? (argument ?? "") : (argument ?? "").slice(0, digits);
    case "c":
      return (argument ?? "").slice(0, 1);
    case "d":
    case "i":
    case "u":
      return signed(String(Math.trunc(number(argument))).padStart(digits ?? 0, "0"), flags);
    case "x":
    case "X":
    case "o": {
      const text = Math.trunc(number(argument)).toString(kind === "o" ? 8 : 16);
      return (flags.includes("#") ? (kind === "o" ? "0" : `0${kind}`) : "") + (kind === "X" ? text.toUpperCase() : text);
    }
    case "f":
    case "F":
      return signed(number(argument).toFixed(digits ?? 6), flags);
    case "e":
      return signed(
        number(argument)
          .toExponential(digits ?? 6)
          .replace(/e([+-])(\d)$/, "e$10$2"),
        flags,
      );
    case "g":
      return signed(String(Number(number(argument).toPrecision(digits ?? 6))), flags);
    default:
      throw new ShellFault(`%${kind}: invalid format`, 1);
  }
}

function number(text = "0"): number {
  const character = /^['"](.)/.exec(text);
  if (character) return character[1]!.codePointAt(0)!;
  const value = text.trim() === "" ? 0 : Number(/^[-+]?0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : text);
  if (Number.isNaN(value)) throw new ShellFault(`invalid number '${text}'`, 1);
  return value;
}

const signed = (text: string, flags: string) =>
  text.startsWith("-") ? text : flags.includes("+") ? `+${text}` : flags.includes(" ") ? ` ${text}` : text;

function pad(text: string, size: number, flags: string): string {
  if (flags.includes("-")) return text.padEnd(size);
  if (flags.includes("0")) {
    const sign = /^[-+ ]?/.exec(text)![0];
    return sign + text.slice(sign.length).padStart(size - sign.length, "0");
  }
  return text.padStart(size);
}
