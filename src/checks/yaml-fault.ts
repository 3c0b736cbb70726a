import type { YamlSyntaxError } from "../course/yaml-source.ts";
import type { Words } from "./check.ts";

/** What is wrong with a text that should be YAML, in the learner's language. Lines count from 1. */
export interface YamlFault {
  line: number;
  what: Words;
}

/** Why a text is no YAML: the usual slips by name, anything else in the parser's own words. */
export function yamlFault(text: string, { reason, position }: YamlSyntaxError): YamlFault {
  const lines = linesOf(text);
  const tab = lines.findIndex((line) => /^ *\t/.test(line));
  if (tab >= 0) return { line: tab + 1, what: tabWords(tab + 1) };
  for (const slip of slips) {
    // A value that goes on is noticed on the next line only.
    const line = [position.line, position.line - 1].find((one) =>
      slip.fits(lines[one - 1] ?? "", one === position.line ? reason : ""),
    );
    if (line !== undefined) return { line, what: slip.what(line) };
  }
  return { line: position.line, what: asSaid(position.line, reason) };
}

/** Spaces that look like spaces and are none: valid YAML, but never what somebody meant. */
export function strangeIndent(text: string): YamlFault | undefined {
  const index = linesOf(text).findIndex((line) => /^[ \t]*[\u3000\u00A0]/.test(line));
  if (index < 0) return undefined;
  const line = index + 1;
  const what = {
    en: `line ${line} starts with a full-width or no-break space; YAML indents with plain spaces`,
    ja: `${line} 行目が全角スペースなどで始まっています。YAML の字下げには半角スペースを使います`,
  };
  return { line, what };
}

const linesOf = (text: string): string[] => text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);

const tabWords = (line: number): Words => ({
  en: `line ${line} starts with a TAB; YAML indents with spaces`,
  ja: `${line} 行目が TAB で始まっています。YAML の字下げにはスペースを使います`,
});

const asSaid = (line: number, reason: string): Words => ({
  en: `line ${line} is no YAML: ${reason}`,
  ja: `${line} 行目を YAML として読めません: ${reason}`,
});

interface Slip {
  /** `reason` is the parser's, and empty for the line before the one it names. */
  fits(line: string, reason: string): boolean;
  what(line: number): Words;
}

/** In this order: the first that fits is said. */
const slips: readonly Slip[] = [
  {
    fits: (line) => /^[^#"']*：/.test(line),
    what: (line) => ({
      en: `line ${line} has a full-width colon; YAML wants a plain one and a space`,
      ja: `${line} 行目に全角のコロンがあります。半角のコロンとスペースを使います`,
    }),
  },
  {
    fits: (line) => /^\s*(?:- )*[\w./-]+:[^\s/]/.test(line),
    what: (line) => ({
      en: `line ${line} lacks the space after its colon`,
      ja: `${line} 行目で、コロンの後ろのスペースが抜けています`,
    }),
  },
  {
    fits: (_, reason) => reason.includes("duplicated mapping key"),
    what: (line) => ({ en: `line ${line} repeats a key that is there already`, ja: `${line} 行目のキーは、すでに上にあります` }),
  },
  {
    fits: (line) => (line.match(/"/g)?.length ?? 0) % 2 === 1 || /:\s+[[{][^\]}]*$/.test(line),
    what: (line) => ({
      en: `line ${line} opens a quote or a bracket and doesn't close it`,
      ja: `${line} 行目の引用符または括弧が閉じていません`,
    }),
  },
  {
    fits: (_, reason) => reason.includes("indentation"),
    what: (line) => ({
      en: `line ${line} is indented differently from its neighbours`,
      ja: `${line} 行目の字下げが前後の行とそろっていません`,
    }),
  },
  {
    fits: (line) => /^\s*[^\s#-]/.test(line) && !line.includes(":"),
    what: (line) => ({ en: `line ${line} lacks a colon after its key`, ja: `${line} 行目のキーの後ろにコロンがありません` }),
  },
];
