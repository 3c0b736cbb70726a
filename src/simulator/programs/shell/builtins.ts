import { FunctionReturn, LoopExit, ShellExit, ShellFault } from "./control.ts";
import { test } from "./conditions.ts";
import type { Interpreter } from "./interpreter.ts";
import { jobBuiltins } from "./job-builtins.ts";
import { printf, unescape } from "./printf.ts";
import { readBuiltin } from "./read-builtin.ts";
import { findCommand } from "./find-command.ts";
import { variableBuiltins } from "./variable-builtins.ts";

/** A command of the shell itself; resolves to its status. */
export type Builtin = (shell: Interpreter, args: readonly string[]) => Promise<number>;

const status = (args: readonly string[], shell: Interpreter, name: string): number => {
  const [text] = args;
  if (text === undefined) return shell.state.status;
  if (!/^\d+$/.test(text)) throw new ShellFault(`${name}: Illegal number: ${text}`);
  return Number(text) & 255;
};

export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>(
  Object.entries<Builtin>({
    ":": async () => 0,
    true: async () => 0,
    false: async () => 1,
    async echo(shell, args) {
      await shell.write(1, echoText(args, shell.state.dialect === "dash"));
      return 0;
    },
    async printf(shell, [format, ...args]) {
      if (format === undefined) throw new ShellFault("printf: usage: printf FORMAT [ARG]...", 2);
      await shell.write(1, printf(format, args));
      return 0;
    },
    test: (shell, args) => test(args, shell),
    async "["(shell, args) {
      if (args.at(-1) !== "]") throw new ShellFault("missing ]");
      return test(args.slice(0, -1), shell);
    },
    async pwd(shell) {
      await shell.write(1, `${shell.state.workingDir}\n`);
      return 0;
    },
    cd,
    async eval(shell, args) {
      shell.state.status = 0;
      await shell.runText(args.join(" "));
      return shell.state.status;
    },
    ".": source,
    source,
    async exit(shell, args) {
      if (shell.interactive && shell.state.dialect === "bash") await shell.write(2, "exit\n");
      throw new ShellExit(status(args, shell, "exit"));
    },
    async return(shell, args) {
      throw new FunctionReturn(status(args, shell, "return"));
    },
    async break({ state }, [levels = "1"]) {
      if (state.loops) throw new LoopExit("break", Number(levels));
      return 0;
    },
    async continue({ state }, [levels = "1"]) {
      if (state.loops) throw new LoopExit("continue", Number(levels));
      return 0;
    },
    hash: async () => 0,
    async shift(shell, [count = "1"]) {
      const { state } = shell;
      if (Number(count) > state.positional.length) return 1;
      state.positional = state.positional.slice(Number(count));
      return 0;
    },
    async umask(shell, args) {
      if (args.length === 0) await shell.write(1, "0022\n");
      return 0;
    },
    async ulimit(shell) {
      await shell.write(1, "unlimited\n");
      return 0;
    },
    read: readBuiltin,
    async command(shell, args) {
      if (args[0] === "-v" || args[0] === "-V") return describe(shell, args.slice(1), args[0] === "-V");
      const rest = args[0] === "-p" ? args.slice(1) : args;
      if (rest.length === 0) return 0;
      const builtin = builtins.get(rest[0]!);
      return builtin ? builtin(shell, rest.slice(1)) : shell.runProgram(rest);
    },
    type: (shell, args) => describe(shell, args, true),
    ...variableBuiltins,
    ...jobBuiltins,
  }),
);

/** What echo prints; dash's echo always takes backslashes. */
function echoText(args: readonly string[], escapes: boolean): string {
  let rest = [...args];
  let newline = true;
  let interpret = escapes;
  while (rest[0] && (escapes ? rest[0] === "-n" : /^-[neE]+$/.test(rest[0]))) {
    if (rest[0].includes("n")) newline = false;
    if (rest[0].includes("e")) interpret = true;
    if (rest[0].includes("E")) interpret = false;
    rest = rest.slice(1);
  }
  const text = rest.join(" ");
  if (!interpret) return text + (newline ? "\n" : "");
  const { text: shown, stop } = unescape(text);
  return shown + (newline && !stop ? "\n" : "");
}

async function cd(shell: Interpreter, args: readonly string[]): Promise<number> {
  const { state, context } = shell;
  const asked = args.find((arg) => !/^-[LP]$/.test(arg)) ?? state.get("HOME") ?? "/";
  const target = asked === "-" ? (state.get("OLDPWD") ?? state.workingDir) : asked;
  const path = normalize(target.startsWith("/") ? target : `${state.workingDir}/${target}`);
  const stat = await context.files.stat(path);
  if (stat?.kind !== "folder") {
    const why = stat ? "Not a directory" : "No such file or directory";
    throw new ShellFault(
      state.dialect === "bash" ? `cd: ${target}: ${why}` : `cd: can't cd to ${target}: ${why}`,
      state.dialect === "bash" ? 1 : 2,
    );
  }
  state.set("OLDPWD", state.workingDir);
  state.workingDir = path;
  state.set("PWD", path);
  if (asked === "-") await shell.write(1, `${path}\n`);
  return 0;
}

/** Resolves `.` and `..` in an absolute path by its letters, as a shell's own `cd` does. */
function normalize(path: string): string {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

async function source(shell: Interpreter, [name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined) throw new ShellFault(".: filename argument required");
  const path = name.includes("/") ? name : `./${name}`;
  const { files } = shell.context;
  const absolute = path.startsWith("/") ? path : `${shell.state.workingDir}/${path}`;
  if ((await files.stat(absolute))?.kind !== "file") throw new ShellFault(`.: can't open '${name}': No such file or directory`);
  const { positional } = shell.state;
  if (args.length) shell.state.positional = args;
  try {
    shell.state.status = 0;
    await shell.runText(String(await files.read(absolute)));
  } catch (error) {
    if (!(error instanceof FunctionReturn)) throw error;
    shell.state.status = error.status;
  } finally {
    shell.state.positional = positional;
  }
  return shell.state.status;
}

async function describe(shell: Interpreter, names: readonly string[], inWords: boolean): Promise<number> {
  let result = 0;
  for (const name of names) {
    const kind = shell.state.functions.has(name)
      ? "function"
      : builtins.has(name) || name === "exec"
        ? "shell builtin"
        : undefined;
    const path = kind
      ? name
      : await findCommand(name, shell.state.get("PATH") ?? "", shell.state.workingDir, shell.context.files);
    if (path === undefined) {
      result = 127;
      if (inWords) await shell.write(1, `${name}: not found\n`);
    } else await shell.write(1, inWords ? `${name} is ${kind ? `a ${kind}` : path}\n` : `${path}\n`);
  }
  return result;
}
