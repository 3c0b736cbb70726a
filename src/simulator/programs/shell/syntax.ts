import type { CommandNode, PipelineNode, ScriptNode, SimpleCommandNode, StatementNode, WordNode } from "just-bash";

export type { CommandNode, PipelineNode, ScriptNode, SimpleCommandNode, StatementNode, WordNode };

export type WordPart = WordNode["parts"][number];
export type Part<Type extends WordPart["type"]> = Extract<WordPart, { type: Type }>;
export type Compound<Type extends CommandNode["type"]> = Extract<CommandNode, { type: Type }>;
export type Redirection = SimpleCommandNode["redirections"][number];
export type Arithmetic = Part<"ArithmeticExpansion">["expression"]["expression"];
export type Condition = Compound<"ConditionalCommand">["expression"];
export type ParameterOperation = NonNullable<Part<"ParameterExpansion">["operation"]>;

/** A script that is none. `incomplete` when more text could make it one. */
export class SyntaxFault extends Error {
  readonly incomplete: boolean;

  constructor(message: string, incomplete: boolean) {
    super(message);
    this.incomplete = incomplete;
  }
}

/** Reads a script. just-bash brings the grammar, and is loaded when the first shell runs. */
export async function loadParser(): Promise<(text: string) => ScriptNode> {
  const { parse } = await import("just-bash");
  return (text) => {
    try {
      const script = parse(text);
      if (endsOpen(text)) throw new SyntaxFault("syntax error: unexpected end of file", true);
      return script;
    } catch (error) {
      throw error instanceof SyntaxFault ? error : fault(error as Error & { token?: { type: string; value: string } });
    }
  };
}

/** just-bash lets a script end where a command or a line should go on. */
const endsOpen = (text: string): boolean => /(\||&&)[ \t\n]*$/.test(text) || /(^|[^\\])(\\\\)*\\\n?$/.test(text);

function fault({ message, token }: Error & { token?: { type: string; value: string } }): SyntaxFault {
  if (/looking for matching [`'"]/.test(message)) return new SyntaxFault("syntax error: unterminated quoted string", true);
  if (token?.type === "EOF" || /unexpected EOF/.test(message)) {
    const expected = /(?:unexpected token `|Expected )(\w+)/.exec(message)?.[1];
    const keyword = expected && ({ RBRACE: "}", RPAREN: ")" }[expected] ?? expected.toLowerCase());
    return new SyntaxFault(`syntax error: unexpected end of file${keyword ? ` (expecting "${keyword}")` : ""}`, true);
  }
  const word = token?.type === "NEWLINE" ? "newline" : (token?.value ?? /`(.*)'$/.exec(message)?.[1] ?? "");
  return new SyntaxFault(`syntax error: unexpected "${word}"`, false);
}
