import { builtins, type Builtin } from "./builtins.ts";
import { FunctionReturn, ShellExit, ShellFault } from "./control.ts";
import { redirect } from "./descriptors.ts";
import type { Interpreter } from "./interpreter.ts";
import type { Variable } from "./state.ts";
import type { Compound, SimpleCommandNode } from "./syntax.ts";
import { expandWords } from "./words.ts";

/** An error in one of these ends a script (POSIX' special built-in utilities). */
const SPECIAL = new Set([".", ":", "eval", "exec", "export", "readonly", "return", "set", "shift", "unset"]);

/** Assignments, a function, a builtin, or a program. Leaves its status in the shell's state. */
export async function runSimple(written: SimpleCommandNode, shell: Interpreter, last: boolean): Promise<void> {
  const { state } = shell;
  const command = withAlias(written, shell);
  state.line = command.line ?? state.line;
  shell.substituted = undefined;
  const words = command.name ? [command.name, ...command.args] : command.args;
  const [name, ...args] = await expandWords(words, shell);
  const assignments = new Map<string, string>();
  for (const { name: variable, value, append } of command.assignments) {
    assignments.set(variable, (append ? (state.get(variable) ?? "") : "") + (await shell.text(value)));
  }
  if (state.options.has("x")) await trace(shell, assignments, name === undefined ? [] : [name, ...args]);
  if (name === undefined) {
    state.status = 0;
    await shell.redirected(command.redirections, async () => {});
    for (const [key, value] of assignments) state.set(key, value);
    state.status = shell.substituted ?? state.status;
    return;
  }
  if (name === "exec") return become(command, args, assignments, shell);
  await shell.redirected(command.redirections, async () => {
    const defined = state.functions.get(name);
    if (defined) return withVariables(assignments, shell, () => callFunction(defined, args, shell));
    const builtin = builtins.get(name);
    if (builtin) return withVariables(assignments, shell, () => callBuiltin(name, builtin, args, shell));
    state.status = await shell.runProgram([name, ...args], Object.fromEntries(assignments), last);
  });
}

/** The command with the words of an alias in place of its name. */
function withAlias(command: SimpleCommandNode, shell: Interpreter): SimpleCommandNode {
  const [part] = command.name?.parts ?? [];
  const text = part?.type === "Literal" && command.name!.parts.length === 1 ? shell.state.aliases.get(part.value) : undefined;
  const expansion = text && shell.parse(text).statements[0]?.pipelines[0]?.commands[0];
  if (!expansion || expansion.type !== "SimpleCommand") return command;
  return { ...command, name: expansion.name, args: [...expansion.args, ...command.args] };
}

async function callFunction(definition: Compound<"FunctionDef">, args: readonly string[], shell: Interpreter): Promise<void> {
  const { state } = shell;
  const { positional } = state;
  const scope = new Map<string, Variable | undefined>();
  state.locals.push(scope);
  state.positional = args;
  try {
    await shell.command(definition.body);
  } catch (error) {
    if (!(error instanceof FunctionReturn)) throw error;
    state.status = error.status;
  } finally {
    state.positional = positional;
    state.locals.pop();
    restore(scope, shell);
  }
}

async function callBuiltin(name: string, builtin: Builtin, args: readonly string[], shell: Interpreter): Promise<void> {
  try {
    shell.state.status = await builtin(shell, args);
  } catch (error) {
    if (!(error instanceof ShellFault)) throw error;
    // ash says where, of an error that a builtin gives its name to.
    const { dialect, line } = shell.state;
    if (dialect === "ash" && !shell.interactive)
      error.message = error.message.replace(`${name}: `, `${name}: line ${line - 1}: `);
    if (SPECIAL.has(name)) throw error;
    shell.state.status = await shell.report(error);
  }
}

/** `exec`: becomes a program, or keeps redirections. */
async function become(
  command: SimpleCommandNode,
  args: readonly string[],
  assignments: ReadonlyMap<string, string>,
  shell: Interpreter,
): Promise<void> {
  shell.open = await redirect(command.redirections, shell.open, shell, shell.context.files);
  shell.state.status = 0;
  if (args.length === 0) return;
  throw new ShellExit(await shell.runProgram(args, Object.fromEntries(assignments), true));
}

/** `NAME=value command`: the variables are set for the command alone. */
async function withVariables(
  assignments: ReadonlyMap<string, string>,
  shell: Interpreter,
  run: () => Promise<void>,
): Promise<void> {
  const { variables } = shell.state;
  const before = new Map([...assignments.keys()].map((name) => [name, variables.get(name)]));
  for (const [name, value] of assignments) variables.set(name, { value, exported: true, readOnly: false });
  try {
    await run();
  } finally {
    restore(before, shell);
  }
}

function restore(before: ReadonlyMap<string, Variable | undefined>, { state }: Interpreter): void {
  for (const [name, variable] of before) {
    if (variable) state.variables.set(name, variable);
    else state.variables.delete(name);
  }
}

async function trace(shell: Interpreter, assignments: ReadonlyMap<string, string>, argv: readonly string[]): Promise<void> {
  const quote = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
  const words = [...[...assignments].map(([name, value]) => `${name}=${quote(value)}`), ...argv.map(quote)];
  await shell.write(2, `+ ${words.join(" ")}\n`);
}
