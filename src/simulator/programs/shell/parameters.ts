import { ShellFault } from "./control.ts";
import type { Evaluation, Fragment } from "./evaluation.ts";
import { patternSource } from "./patterns.ts";
import type { ShellState } from "./state.ts";
import type { ParameterOperation, Part, WordNode } from "./syntax.ts";

/** `$name`, `${name…}`. */
export async function expandParameter(part: Part<"ParameterExpansion">, shell: Evaluation, quoted: boolean): Promise<Fragment[]> {
  const { parameter, operation } = part;
  const { state } = shell;
  const all = parameter === "@" || parameter === "*";
  if (all && !operation) return allParameters(state, parameter === "@", quoted);
  const value = all ? (state.positional.length ? state.positional.join(" ") : undefined) : parameterValue(parameter, state);
  const given = (text: string): Fragment[] => [quoted ? { kind: "text", text, quoted } : { kind: "expanded", text }];
  const missing = (checkEmpty: boolean) => value === undefined || (checkEmpty && value === "");
  const instead = (word: WordNode) => shell.fragments(word.parts, quoted);

  switch (operation?.type) {
    case "DefaultValue":
      return missing(operation.checkEmpty) ? instead(operation.word) : given(value!);
    case "UseAlternative":
      return missing(operation.checkEmpty) ? given("") : instead(operation.word);
    case "AssignDefault": {
      if (!missing(operation.checkEmpty)) return given(value!);
      const text = await shell.text(operation.word);
      state.set(parameter, text);
      return given(text);
    }
    case "ErrorIfUnset": {
      if (!missing(operation.checkEmpty)) return given(value!);
      const why = operation.word ? await shell.text(operation.word) : "parameter not set";
      throw new ShellFault(`${parameter}: ${why || "parameter not set"}`);
    }
    case "Length":
      if (all) return given(String(state.positional.length));
  }
  if (value === undefined && state.options.has("u") && !all) throw new ShellFault(`${parameter}: parameter not set`);
  return given(operation ? await operate(value ?? "", operation, shell) : (value ?? ""));
}

/** The value of a variable or of one of the shell's own parameters; undefined when it has none. */
export function parameterValue(name: string, state: ShellState): string | undefined {
  if (/^[1-9]\d*$/.test(name)) return state.positional[Number(name) - 1];
  switch (name) {
    case "0":
      return state.name;
    case "#":
      return String(state.positional.length);
    case "?":
      return String(state.status);
    case "$":
      return String(state.pid);
    case "!":
      return state.lastJob === undefined ? "" : String(state.lastJob);
    case "-":
      return [...state.options].filter((option) => option.length === 1).join("");
    case "PPID":
      return "0";
    case "LINENO":
      return String(state.line);
    default:
      return state.get(name);
  }
}

/** `$@` is a word for each parameter, and so is `$*` unless it is quoted. */
function allParameters(state: ShellState, separate: boolean, quoted: boolean): Fragment[] {
  const { positional } = state;
  if (quoted && !separate) {
    const separator = (state.get("IFS") ?? " ").slice(0, 1);
    return [{ kind: "text", text: positional.join(separator), quoted }];
  }
  return positional.flatMap((text, index): Fragment[] => [
    ...(index ? [{ kind: "gap" } as const] : []),
    quoted ? { kind: "text", text, quoted } : { kind: "expanded", text },
  ]);
}

async function operate(value: string, operation: ParameterOperation, shell: Evaluation): Promise<string> {
  switch (operation.type) {
    case "Length":
      return String(Array.from(value).length);
    case "PatternRemoval": {
      const pattern = await shell.pattern(operation.pattern);
      return operation.side === "prefix"
        ? value.replace(new RegExp(`^(?:${patternSource(pattern, { lazy: !operation.greedy })})`, "u"), "")
        : removeSuffix(value, pattern, operation.greedy);
    }
    case "PatternReplacement": {
      const source = patternSource(await shell.pattern(operation.pattern));
      const replacement = await shell.text(operation.replacement);
      const anchored = operation.anchor === "start" ? `^(?:${source})` : operation.anchor === "end" ? `(?:${source})$` : source;
      return value.replace(new RegExp(anchored, operation.all ? "gu" : "u"), () => replacement);
    }
    case "Substring": {
      const offset = await shell.number(operation.offset.expression);
      const start = offset < 0 ? Math.max(0, value.length + offset) : offset;
      const length = operation.length && (await shell.number(operation.length.expression));
      return value.slice(start, length === null ? undefined : length < 0 ? length : start + length);
    }
    case "CaseModification": {
      if (shell.state.dialect !== "bash") throw new ShellFault("syntax error: bad substitution");
      const change = (text: string) => (operation.direction === "upper" ? text.toUpperCase() : text.toLowerCase());
      return operation.all ? change(value) : change(value.slice(0, 1)) + value.slice(1);
    }
    default:
      throw new ShellFault("syntax error: bad substitution");
  }
}

/** The shortest or longest end that the pattern matches. */
function removeSuffix(value: string, pattern: string, greedy: boolean): string {
  const whole = new RegExp(`^(?:${patternSource(pattern)})$`, "u");
  const starts = Array.from({ length: value.length + 1 }, (_, index) => (greedy ? index : value.length - index));
  const start = starts.find((index) => whole.test(value.slice(index)));
  return start === undefined ? value : value.slice(0, start);
}
