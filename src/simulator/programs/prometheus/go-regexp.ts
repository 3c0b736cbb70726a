/** A pattern that is none; `message` is what Go's regexp package says. */
class RegExpFault extends Error {}

/** Go's anchored patterns of matchers and relabeling, `^(?s:…)$`, as a RegExp. Throws a RegExpFault. */
export function anchoredRegExp(pattern: string): RegExp {
  const source = translate(pattern);
  try {
    return new RegExp(`^(?:${source})$`, "su");
  } catch {
    throw fault("invalid or unsupported Perl syntax", pattern);
  }
}

const fault = (what: string, where: string) => new RegExpFault(`error parsing regexp: ${what}: \`${where}\``);

const CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7f",
  blank: "\\t ",
  cntrl: "\\x00-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/** RE2's syntax in that of the `u` flag, which takes no escape it does not know, and no flag for a part. */
function translate(pattern: string): string {
  // Whether letters of both cases match, by group.
  const groups = [{ fold: false }];
  let source = "";
  let at = 0;
  while (at < pattern.length) {
    const rest = pattern.slice(at);
    const group = groups.at(-1)!;
    const [opening, on = "", off = "", colon] = /^\(\?([isU]*)(?:-([isU]+))?(:|\))/.exec(rest) ?? [];
    if (opening) {
      const fold = on.includes("i") || (group.fold && !off.includes("i"));
      if (colon === ":") groups.push({ fold });
      else group.fold = fold;
      source += colon === ":" ? "(?:" : "";
      at += opening.length;
      continue;
    }
    const [token, text] = nextToken(rest, pattern, source === "");
    if (text.startsWith("(")) groups.push({ fold: group.fold });
    if (token === ")" && (groups.pop(), groups.length === 0)) throw fault("unexpected )", pattern);
    source += group.fold && !text.startsWith("(") ? foldCase(text) : text;
    at += token.length;
  }
  if (groups.length > 1) throw fault("missing closing )", pattern);
  return source;
}

/** A piece that matches its letters in both cases. */
function foldCase(text: string): string {
  if (/^[A-Za-z]$/.test(text)) return `[${text.toLowerCase()}${text.toUpperCase()}]`;
  if (!text.startsWith("[")) return text;
  const [, head, inner] = /^(\[\^?)(.*)\]$/s.exec(text)!;
  const inCase = (change: (letter: string) => string) =>
    inner!.replace(/\\.|[A-Za-z]/gs, (part) => (part.length > 1 ? part : change(part)));
  return `${head}${inner}${inCase((letter) => letter.toLowerCase())}${inCase((letter) => letter.toUpperCase())}]`;
}

/** The next piece of a pattern, and what stands for it. */
function nextToken(rest: string, pattern: string, first: boolean): [token: string, text: string] {
  const char = String.fromCodePoint(rest.codePointAt(0)!);
  if (char === "(") {
    const [named, name] = /^\(\?P?<([A-Za-z_]\w*)>/.exec(rest) ?? [];
    if (named) return [named, `(?<${name}>`];
    if (rest.startsWith("(?")) throw fault("invalid or unsupported Perl syntax", rest.slice(0, 3));
    return ["(", "("];
  }
  if (char === "[") return bracket(rest);
  if (char === "\\") return escape(rest, pattern);
  if (first && /^[*+?]/.test(rest)) throw fault("missing argument to repetition operator", char);
  const twice = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??[*+](?!\?)/.exec(rest);
  if (twice) throw fault("invalid nested repetition operator", twice[0]);
  if (char === "{") return /^\{\d+(?:,\d*)?\}/.test(rest) ? [char, char] : [char, "\\{"];
  if (char === "}") return [char, /\{\d+(?:,\d*)?$/.test(pattern.slice(0, pattern.length - rest.length)) ? "}" : "\\}"];
  return char === "]" ? [char, "\\]"] : [char, char];
}

function bracket(rest: string): [token: string, text: string] {
  const [head] = /^\[\^?\]?/.exec(rest)!;
  let text = head.endsWith("]") ? `${head.slice(0, -1)}\\]` : head;
  let at = head.length;
  while (rest[at] !== "]") {
    if (at >= rest.length) throw fault("missing closing ]", rest);
    const tail = rest.slice(at);
    const [named, not, name] = /^\[:(\^?)(\w+):\]/.exec(tail) ?? [];
    if (named) {
      const set = CLASSES[name!];
      if (set === undefined || not) throw fault("invalid character class range", named);
      text += set;
      at += named.length;
    } else if (tail[0] === "\\") {
      const [token, escaped] = escape(tail, rest);
      text += escaped;
      at += token.length;
    } else {
      const char = String.fromCodePoint(tail.codePointAt(0)!);
      text += /[[(){}/|]/.test(char) ? `\\${char}` : char;
      at += char.length;
    }
  }
  return [rest.slice(0, at + 1), `${text}]`];
}

function escape(rest: string, pattern: string): [token: string, text: string] {
  if (rest.length === 1) throw fault("trailing backslash at end of expression", "");
  const [quoted, literal] = /^\\Q(.*?)(?:\\E|$)/s.exec(rest) ?? [];
  if (quoted !== undefined) return [quoted, literal!.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")];
  const [unicode, negative, name] = /^\\([pP])\{?(\^?\w+)\}?/.exec(rest) ?? [];
  if (unicode !== undefined) {
    const property = name!.length <= 2 ? name! : `Script=${name}`;
    return [unicode, `\\${negative}{${property}}`];
  }
  const [hex, digits] = /^\\x(?:\{([0-9A-Fa-f]+)\}|[0-9A-Fa-f]{2})/.exec(rest) ?? [];
  if (hex !== undefined) return [hex, digits === undefined ? hex : `\\u{${digits}}`];
  const char = rest[1]!;
  if (/[dDsSwWbBtnrfv]/.test(char)) return [rest.slice(0, 2), `\\${char}`];
  if (char === "A" || char === "z") return [rest.slice(0, 2), char === "A" ? "^" : "$"];
  if (char === "a") return [rest.slice(0, 2), "\\x07"];
  if (/[A-Za-z0-9]/.test(char))
    throw fault("invalid escape sequence", pattern.slice(pattern.indexOf(rest.slice(0, 2))).slice(0, 2));
  return [rest.slice(0, 2), /[\\^$.*+?()[\]{}|/-]/.test(char) ? (char === "-" ? "\\x2d" : `\\${char}`) : char];
}

/** Go's Regexp.Expand: `$1`, `${1}`, `$name`, `${name}`, `$$`. */
export const expandTemplate = (template: string, match: RegExpExecArray): string =>
  template.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, plain?: string, braced?: string) => {
    if (whole === "$$") return "$";
    const name = (plain ?? braced)!;
    return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? "";
  });
