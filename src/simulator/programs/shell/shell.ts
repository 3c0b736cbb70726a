import type { Program, ProgramContext } from "../program.ts";
import { signalStatus } from "../signals.ts";
import { Interrupted, ShellExit } from "./control.ts";
import { readLine, type Descriptor } from "./descriptors.ts";
import { Interpreter } from "./interpreter.ts";
import { ShellState, type Dialect } from "./state.ts";
import { loadParser, SyntaxFault } from "./syntax.ts";

/** `sh`, `ash`, `dash` or `bash`: a script as text, in a file, or line by line from stdin; at a terminal with a prompt. */
export const shell = (dialect: Dialect): Program =>
  Object.assign((context: ProgramContext) => run(context, dialect), { defaultSignals: true as const });

interface Invocation {
  /** -c */
  text?: string;
  file?: string;
  name: string;
  positional: string[];
  options: Set<string>;
}

async function run(context: ProgramContext, dialect: Dialect): Promise<number> {
  const invocation = parseArguments(context.argv);
  if ("error" in invocation) {
    context.stderr(`${context.argv[0]}: ${invocation.error}\n`);
    return 2;
  }
  const parse = await loadParser();
  const state = new ShellState({ ...invocation, dialect, workingDir: context.workingDir, pid: context.processes.pid });
  for (const [name, value] of Object.entries(context.env)) state.variables.set(name, { value, exported: true, readOnly: false });
  state.set("PWD", context.workingDir);
  const { stdin, stdout, stderr } = context.processes.inherited;
  const open = new Map<number, Descriptor>([
    [0, { input: stdin }],
    [1, { sink: stdout }],
    [2, { sink: stderr }],
  ]);
  const interactive =
    invocation.options.has("i") || (context.tty !== undefined && invocation.text === undefined && !invocation.file);
  const interpreter = new Interpreter(context, state, { parse, open, interactive });

  return interpreter.runToEnd(async () => {
    if (invocation.text !== undefined) return interpreter.runLast(invocation.text);
    if (invocation.file) return runFile(interpreter, invocation.file);
    return runLines(interpreter);
  });
}

function parseArguments([name = "sh", ...args]: readonly string[]): Invocation | { error: string } {
  const options = new Set<string>();
  let command = false;
  while (args[0] && /^[-+]./.test(args[0]) && args[0] !== "--") {
    const option = args.shift()!;
    if (option === "-o") options.add(args.shift() ?? "");
    else if (option.startsWith("--")) continue;
    else {
      for (const letter of option.slice(1)) {
        if (letter === "c") command = true;
        else if (/[euxfnvaCilsmh]/.test(letter)) options.add(letter);
        else return { error: `illegal option -${letter}` };
      }
    }
  }
  if (args[0] === "--") args.shift();
  if (command) {
    const [text, zero = name, ...positional] = args;
    return text === undefined ? { error: "-c requires an argument" } : { text, name: zero, positional, options };
  }
  if (options.has("s") || args.length === 0) return { name, positional: args, options };
  const [file, ...positional] = args as [string, ...string[]];
  return { file, name: file, positional, options };
}

async function runFile(shell: Interpreter, file: string): Promise<void> {
  const { files } = shell.context;
  const path = file.startsWith("/") ? file : `${shell.state.workingDir}/${file}`;
  if ((await files.stat(path))?.kind !== "file") {
    shell.state.name = shell.context.argv[0]!;
    await shell.complain(`can't open '${file}': No such file or directory`);
    throw new ShellExit(2);
  }
  await shell.runText(String(await files.read(path)));
}

/** Reads commands as they come, so that what they read themselves is theirs. */
async function runLines(shell: Interpreter): Promise<void> {
  const input = shell.open.get(0)?.input;
  if (!input) return;
  let pending = "";
  let reading = false;
  const prompt = () => (shell.interactive ? shell.write(2, pending ? "> " : promptText(shell)) : Promise.resolve());
  shell.signals.onInterrupt = () => {
    if (!reading) return;
    pending = "";
    shell.state.status = signalStatus("SIGINT");
    // Who pressed the key may be gone; the shell learns that when it reads on.
    shell
      .write(2, "\n")
      .then(prompt)
      .catch(() => {});
  };
  for (;;) {
    await prompt();
    reading = true;
    const line = await readLine(input, shell.context.signal);
    reading = false;
    shell.signals.interrupted = false;
    if (!line) break;
    pending += `${line.text}\n`;
    try {
      const script = shell.parse(pending);
      pending = "";
      await shell.statements(script.statements);
    } catch (error) {
      if (error instanceof SyntaxFault && error.incomplete) continue;
      pending = "";
      if (error instanceof Interrupted) {
        shell.state.status = signalStatus("SIGINT");
        await shell.write(2, "\n");
      } else if (shell.interactive) shell.state.status = await shell.report(error);
      else throw error;
    }
  }
  if (pending) await shell.runText(pending);
  if (shell.interactive && shell.context.tty) await shell.write(2, shell.state.dialect === "bash" ? "exit\n" : "\n");
}

function promptText({ state, context }: Interpreter): string {
  const home = state.get("HOME");
  const where = home && home !== "/" && state.workingDir === home ? "~" : state.workingDir;
  return { ash: `${where} # `, dash: "# ", bash: `root@${context.hostname}:${where}# ` }[state.dialect];
}
