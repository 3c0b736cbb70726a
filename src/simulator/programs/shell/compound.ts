import { evaluateCondition } from "./conditions.ts";
import { LoopExit } from "./control.ts";
import type { Interpreter } from "./interpreter.ts";
import { matches } from "./patterns.ts";
import type { CommandNode, Compound, SimpleCommandNode, StatementNode } from "./syntax.ts";
import { expandWords } from "./words.ts";

/** Groups, branches and loops. Leaves its status in the shell's state. */
export async function runCompound(
  command: Exclude<CommandNode, SimpleCommandNode | Compound<"FunctionDef">>,
  shell: Interpreter,
): Promise<void> {
  const { state } = shell;
  switch (command.type) {
    case "Group":
      return shell.statements(command.body);
    case "Subshell":
      state.status = await shell.subshell(command.body);
      return;
    case "If":
      for (const { condition, body } of command.clauses) {
        if (await shell.holds(condition)) return shell.statements(body);
      }
      state.status = 0;
      return shell.statements(command.elseBody ?? []);
    case "While":
      return loop(shell, () => shell.holds(command.condition), command.body);
    case "Until":
      return loop(shell, async () => !(await shell.holds(command.condition)), command.body);
    case "For":
      return forEach(command, shell);
    case "CStyleFor": {
      const value = async (node: typeof command.init) => (node ? shell.number(node.expression) : 1);
      await value(command.init);
      const update = async () => void (await value(command.update));
      return loop(shell, async () => (await value(command.condition)) !== 0, command.body, update);
    }
    case "Case":
      return choose(command, shell);
    case "ArithmeticCommand":
      state.status = (await shell.number(command.expression.expression)) ? 0 : 1;
      return;
    case "ConditionalCommand":
      state.status = (await evaluateCondition(command.expression, shell)) ? 0 : 1;
  }
}

async function forEach({ words, variable, body }: Compound<"For">, shell: Interpreter): Promise<void> {
  const values = words ? await expandWords(words, shell) : [...shell.state.positional];
  const next = async () => {
    const value = values.shift();
    if (value !== undefined) shell.state.set(variable, value);
    return value !== undefined;
  };
  return loop(shell, next, body);
}

async function choose(command: Compound<"Case">, shell: Interpreter): Promise<void> {
  const text = await shell.text(command.word);
  shell.state.status = 0;
  let falls = false;
  for (const { patterns, body, terminator } of command.items) {
    for (const pattern of patterns) falls ||= matches(text, await shell.pattern(pattern));
    if (!falls) continue;
    await shell.statements(body);
    if (terminator === ";;") return;
    falls = terminator === ";&";
  }
}

async function loop(
  shell: Interpreter,
  next: () => Promise<boolean>,
  body: readonly StatementNode[],
  update?: () => Promise<void>,
): Promise<void> {
  let status = 0;
  while (await next()) {
    shell.state.loops++;
    try {
      await shell.statements(body);
    } catch (error) {
      if (!(error instanceof LoopExit) || --error.levels > 0) throw error;
      if (error.kind === "break") break;
    } finally {
      shell.state.loops--;
    }
    status = shell.state.status;
    await update?.();
  }
  shell.state.status = status;
}
