import type { ShellState } from "./state.ts";
import type { Arithmetic, ScriptNode, WordNode, WordPart } from "./syntax.ts";

/**
 * What a word's parts become before fields are made of them: text that was written or quoted, text that an expansion gave and
 * that is still to be split, and the gaps between the parameters of "$@".
 */
export type Fragment = { kind: "text"; text: string; quoted: boolean } | { kind: "expanded"; text: string } | { kind: "gap" };

/** What the expansions of words need of the shell, and of each other. */
export interface Evaluation {
  readonly state: ShellState;
  parse(text: string): ScriptNode;
  /** What a script prints, run in a subshell. */
  substitute(script: ScriptNode): Promise<string>;
  /** The paths that a pattern matches. */
  paths(pattern: string): Promise<string[]>;
  fragments(parts: readonly WordPart[], quoted: boolean): Promise<Fragment[]>;
  /** A word as one text: the value of an assignment, the target of a redirection, what `case` looks at. */
  text(word: WordNode | null): Promise<string>;
  /** A word as a pattern to match with. */
  pattern(word: WordNode | null): Promise<string>;
  number(node: Arithmetic): Promise<number>;
}
