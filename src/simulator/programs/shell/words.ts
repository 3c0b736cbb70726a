import { expandArithmetic } from "./arithmetic.ts";
import { expandParameter } from "./parameters.ts";
import { hasWildcard, patternOf, textOf, type Piece } from "./patterns.ts";
import { ShellFault } from "./control.ts";
import type { Evaluation, Fragment } from "./evaluation.ts";
import type { Part, WordNode, WordPart } from "./syntax.ts";

/** The arguments that words make: expanded, split into fields, wildcards replaced by paths. */
export async function expandWords(words: readonly WordNode[], shell: Evaluation): Promise<string[]> {
  const args: string[] = [];
  for (const word of words) {
    const ifs = shell.state.get("IFS") ?? " \t\n";
    for (const field of splitFields(await expandParts(word.parts, shell, false), ifs)) {
      const paths = hasWildcard(field) && !shell.state.options.has("f") ? await shell.paths(patternOf(field)) : [];
      args.push(...(paths.length ? paths : [textOf(field)]));
    }
  }
  return args;
}

export async function expandText(word: WordNode | null, shell: Evaluation): Promise<string> {
  return textOf(joined(await expandParts(word?.parts ?? [], shell, false)));
}

export async function expandPattern(word: WordNode | null, shell: Evaluation): Promise<string> {
  return patternOf(joined(await expandParts(word?.parts ?? [], shell, false)));
}

export async function expandParts(parts: readonly WordPart[], shell: Evaluation, quoted: boolean): Promise<Fragment[]> {
  const fragments: Fragment[] = [];
  for (const part of parts) fragments.push(...(await expandPart(part, shell, quoted)));
  return fragments;
}

const given = (text: string, quoted: boolean): Fragment[] =>
  quoted ? [{ kind: "text", text, quoted }] : [{ kind: "expanded", text }];

async function expandPart(part: WordPart, shell: Evaluation, quoted: boolean): Promise<Fragment[]> {
  switch (part.type) {
    case "Literal":
      return [{ kind: "text", text: part.value, quoted }];
    case "Glob":
      return [{ kind: "text", text: part.pattern, quoted }];
    case "SingleQuoted":
    case "Escaped":
      return [{ kind: "text", text: part.value, quoted: true }];
    case "DoubleQuoted": {
      const inner = await expandParts(part.parts, shell, true);
      const onlyParameters = part.parts.length === 1 && part.parts[0]!.type === "ParameterExpansion";
      return inner.length || onlyParameters ? inner : [{ kind: "text", text: "", quoted: true }];
    }
    case "ParameterExpansion":
      return expandParameter(part, shell, quoted);
    case "CommandSubstitution":
      return given((await shell.substitute(part.body)).replace(/\n+$/, ""), quoted);
    case "ArithmeticExpansion":
      return given(String(await expandArithmetic(part.expression.expression, shell)), quoted);
    case "TildeExpansion":
      return [
        {
          kind: "text",
          text: part.user === "root" ? "/root" : part.user ? `~${part.user}` : (shell.state.get("HOME") ?? "~"),
          quoted: true,
        },
      ];
    case "BraceExpansion":
      return expandBraces(part, shell);
    case "ProcessSubstitution":
      throw new ShellFault('syntax error: unexpected "("');
  }
}

/** ash and dash leave braces as they are; bash makes a word of each item. */
async function expandBraces(part: Part<"BraceExpansion">, shell: Evaluation): Promise<Fragment[]> {
  const items = await Promise.all(
    part.items.map(async (item) => (item.type === "Word" ? [await expandText(item.word, shell)] : rangeItems(item))),
  );
  if (shell.state.dialect === "bash") {
    return items
      .flat()
      .flatMap((text, index): Fragment[] => [
        ...(index ? [{ kind: "gap" } as const] : []),
        { kind: "text", text, quoted: false },
      ]);
  }
  const [first] = part.items;
  const text =
    first?.type === "Range" ? [first.startStr ?? first.start, first.endStr ?? first.end].join("..") : items.flat().join(",");
  return [{ kind: "text", text: `{${text}}`, quoted: true }];
}

function rangeItems({ start, end, step = 1 }: { start: string | number; end: string | number; step?: number }): string[] {
  const letters = typeof start === "string";
  const [from, to] = [start, end].map((one) => (typeof one === "string" ? one.charCodeAt(0) : one)) as [number, number];
  const by = Math.max(1, Math.abs(step)) * Math.sign(to - from || 1);
  const count = Math.floor(Math.abs(to - from) / Math.abs(by)) + 1;
  return Array.from({ length: count }, (_, index) => from + index * by).map((one) =>
    letters ? String.fromCharCode(one) : String(one),
  );
}

/** No splitting: the parameters of $@ stand side by side. */
const joined = (fragments: readonly Fragment[]): Piece[] =>
  fragments.map((fragment) => {
    if (fragment.kind === "gap") return { text: " ", quoted: true };
    return { text: fragment.text, quoted: fragment.kind === "text" && fragment.quoted };
  });

/** Splits what expansions gave at the characters of IFS; written text holds together. */
function splitFields(fragments: readonly Fragment[], ifs: string): Piece[][] {
  const fields: Piece[][] = [];
  let field: Piece[] | undefined;
  const add = (piece: Piece) => (field ??= []).push(piece);
  const close = () => {
    if (field) fields.push(field);
    field = undefined;
  };
  for (const fragment of fragments) {
    if (fragment.kind === "gap") close();
    else if (fragment.kind === "text") add({ text: fragment.text, quoted: fragment.quoted });
    else {
      for (const token of separate(fragment.text, ifs)) {
        if (token.kind === "text") add({ text: token.text, quoted: false });
        else {
          if (token.hard) field ??= [];
          close();
        }
      }
    }
  }
  close();
  return fields;
}

/** Runs of blanks are one separator; another character of IFS separates, even nothing from nothing. */
function* separate(text: string, ifs: string): Generator<{ kind: "text"; text: string } | { kind: "separator"; hard: boolean }> {
  let rest = "";
  let index = 0;
  const isBlank = (char: string) => ifs.includes(char) && /\s/.test(char);
  while (index < text.length) {
    if (!ifs.includes(text[index]!)) {
      rest += text[index++];
      continue;
    }
    if (rest) yield { kind: "text", text: rest };
    rest = "";
    while (index < text.length && isBlank(text[index]!)) index++;
    const hard = index < text.length && ifs.includes(text[index]!);
    if (hard) index++;
    while (hard && index < text.length && isBlank(text[index]!)) index++;
    yield { kind: "separator", hard };
  }
  if (rest) yield { kind: "text", text: rest };
}
