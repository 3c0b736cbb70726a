import { BytePipe, noInput } from "../byte-pipe.ts";
import type { Child, ProgramContext, SpawnOptions } from "../program.ts";
import { signalStatus } from "../signals.ts";
import { expandArithmetic } from "./arithmetic.ts";
import { runCompound } from "./compound.ts";
import { FunctionReturn, Interrupted, LoopExit, ShellExit, ShellFault } from "./control.ts";
import { redirect, type Descriptor, type Descriptors } from "./descriptors.ts";
import type { Evaluation, Fragment } from "./evaluation.ts";
import { expandPath } from "./patterns.ts";
import { SignalInbox } from "./signal-inbox.ts";
import { runSimple } from "./simple-command.ts";
import { ReadOnlyFault, ShellState } from "./state.ts";
import {
  SyntaxFault,
  type Arithmetic,
  type CommandNode,
  type PipelineNode,
  type ScriptNode,
  type SimpleCommandNode,
  type StatementNode,
  type WordNode,
  type WordPart,
} from "./syntax.ts";
import { expandParts, expandPattern, expandText } from "./words.ts";

/** After so many commands a shell lets others run; after so many more it has used its share of a CPU for a while. */
const BREATH = { commands: 50, share: 250, pause: 20 };

/**
 * Runs scripts as a process: commands are its children, pipes connect them while they run, output appears when it is written,
 * and signals find traps. just-bash reads the scripts, but its own interpreter gives a command its input as a whole and keeps
 * its output until the end, and knows neither signals nor jobs.
 */
export class Interpreter implements Evaluation {
  readonly context: ProgramContext;
  readonly state: ShellState;
  readonly parse: (text: string) => ScriptNode;
  readonly interactive: boolean;
  readonly signals: SignalInbox;
  open: Descriptors;
  #conditions = 0;
  #commands = 0;
  #breathed: number;
  #hasWaited = false;
  /** Status of the last command substitution, which an assignment alone hands on. */
  substituted: number | undefined;

  constructor(
    context: ProgramContext,
    state: ShellState,
    options: { parse: (text: string) => ScriptNode; open: Descriptors; interactive?: boolean },
  ) {
    this.context = context;
    this.#breathed = context.clock.now();
    this.state = state;
    this.parse = options.parse;
    this.open = options.open;
    this.interactive = options.interactive ?? false;
    this.signals = new SignalInbox(state.traps, this.interactive);
    context.processes.onSignal((signal) => this.signals.hear(signal));
  }

  /** Runs a script and the EXIT trap after it; resolves to the exit status. */
  async runToEnd(run: () => Promise<void>): Promise<number> {
    try {
      await run();
    } catch (error) {
      if (error instanceof ShellExit || error instanceof FunctionReturn) this.state.status = error.status;
      else if (!(error instanceof LoopExit) && !(error instanceof Interrupted)) this.state.status = await this.report(error);
    }
    const last = this.state.traps.get("EXIT");
    if (!last) return this.state.status;
    this.state.traps.delete("EXIT");
    const { status } = this.state;
    return this.runToEnd(async () => {
      await this.runText(last);
      this.state.status = status;
    });
  }

  async runText(text: string): Promise<void> {
    await this.statements(this.parse(text).statements);
  }

  async statements(list: readonly StatementNode[]): Promise<void> {
    for (const statement of list) await this.#statement(statement);
  }

  /** Says what went wrong; resolves to the status it leaves. Whoever is no fault of the script is thrown on. */
  async report(error: unknown): Promise<number> {
    if (error instanceof SyntaxFault) return this.complain(error.message).then(() => 2);
    if (error instanceof ReadOnlyFault) return this.complain(error.message).then(() => 2);
    if (error instanceof ShellFault) return this.complain(error.message).then(() => error.status);
    throw error;
  }

  /** A message on stderr, behind the shell's name as its dialect puts it. */
  async complain(message: string): Promise<void> {
    const { dialect, name, line } = this.state;
    const where = this.interactive ? "" : { ash: "", dash: ` ${line}:`, bash: ` line ${line}:` }[dialect];
    await this.write(2, `${name}:${where} ${message}\n`);
  }

  /** Writes to a descriptor; a pipe that nobody reads ends the shell. */
  async write(fd: number, text: string | Uint8Array): Promise<void> {
    const sink = this.open.get(fd)?.sink;
    if (!sink) throw new ShellFault("write error: Bad file descriptor", 1);
    try {
      await sink(typeof text === "string" ? Buffer.from(text) : text);
    } catch (error) {
      if ((error as { code?: string }).code !== "EPIPE") throw new ShellFault(`write error: ${(error as Error).message}`, 1);
      throw new ShellExit(signalStatus("SIGPIPE"));
    }
  }

  // What expansions need.

  async substitute(script: ScriptNode): Promise<string> {
    const chunks: Uint8Array[] = [];
    const capture: Descriptor = { sink: (chunk) => void chunks.push(Uint8Array.from(chunk)) };
    const child = this.#fork((shell) => shell.statements(script.statements), new Map(this.open).set(1, capture));
    this.waits();
    this.substituted = await child.exited;
    return Buffer.concat(chunks).toString();
  }

  paths(pattern: string): Promise<string[]> {
    return expandPath(pattern, this.state.workingDir, this.context.files);
  }

  fragments(parts: readonly WordPart[], quoted: boolean): Promise<Fragment[]> {
    return expandParts(parts, this, quoted);
  }

  text(word: WordNode | null): Promise<string> {
    return expandText(word, this);
  }

  pattern(word: WordNode | null): Promise<string> {
    return expandPattern(word, this);
  }

  number(node: Arithmetic): Promise<number> {
    return expandArithmetic(node, this);
  }

  // Statements.

  async #statement(statement: StatementNode): Promise<void> {
    if (statement.deferredError) throw new SyntaxFault(`syntax error: unexpected "${statement.deferredError.token}"`, false);
    await this.#breathe();
    if (statement.background) return this.#startJob(statement);
    for (const [index, pipeline] of statement.pipelines.entries()) {
      const operator = index ? statement.operators[index - 1] : ";";
      if (operator === "&&" && this.state.status !== 0) continue;
      if (operator === "||" && this.state.status === 0) continue;
      const last = index === statement.pipelines.length - 1;
      if (last) await this.#pipeline(pipeline);
      else await this.#asCondition(() => this.#pipeline(pipeline));
      if (!last || pipeline.negated || this.#conditions > 0) continue;
      if (this.state.status !== 0 && this.state.options.has("e")) throw new ShellExit(this.state.status);
    }
  }

  async #startJob(statement: StatementNode): Promise<void> {
    const run = { ...statement, background: false };
    const open = this.interactive ? this.open : new Map(this.open).set(0, { input: noInput });
    const child = this.#fork((shell) => shell.#lastStatement(run), open);
    const text = (statement.sourceText ?? "").replace(/\s*&\s*$/, "");
    const job = { pid: child.pid, text, exited: child.exited };
    this.state.jobs = [...this.state.jobs, job];
    this.state.lastJob = child.pid;
    this.state.status = 0;
    void child.exited.then((status) => Object.assign(job, { status }));
    if (this.interactive) await this.write(2, `[${this.state.jobs.length}] ${child.pid}\n`);
  }

  async #pipeline(pipeline: PipelineNode): Promise<void> {
    const [first, ...others] = pipeline.commands;
    if (!first) return;
    const run = () => (others.length ? this.#stages(pipeline) : this.command(first));
    if (pipeline.negated) {
      await this.#asCondition(run);
      this.state.status = this.state.status === 0 ? 1 : 0;
    } else await run();
  }

  async #stages({ commands, pipeStderr }: PipelineNode): Promise<void> {
    const pipes = commands.slice(1).map(() => new BytePipe());
    const stages = commands.map((command, index) => {
      const [from, to] = [pipes[index - 1], pipes[index]];
      const open = new Map(this.open);
      if (from) open.set(0, { input: from });
      if (to) open.set(1, { sink: (chunk) => to.write(chunk) });
      if (to && pipeStderr?.[index]) open.set(2, open.get(1)!);
      const child = this.#fork((shell) => shell.command(command, true), open);
      return child.exited.then((status) => {
        to?.end();
        from?.close();
        return status;
      });
    });
    this.waits();
    const statuses = await Promise.all(stages);
    await this.#afterChild();
    const failed = this.state.options.has("pipefail") ? statuses.findLast((status) => status !== 0) : undefined;
    this.state.status = failed ?? statuses.at(-1)!;
  }

  /** `last`: nothing follows in this process, so that a program may take its place. */
  async command(command: CommandNode, last = false): Promise<void> {
    if (command.type === "SimpleCommand") return runSimple(command, this, last);
    if (command.type === "FunctionDef") {
      this.state.functions.set(command.name, command);
      this.state.status = 0;
      return;
    }
    await this.redirected(command.redirections, () => runCompound(command, this));
  }

  /** Whether the statements leave status 0. */
  async holds(condition: readonly StatementNode[]): Promise<boolean> {
    await this.#asCondition(() => this.statements(condition));
    return this.state.status === 0;
  }

  /** What decides something may fail under `set -e`. */
  async #asCondition(run: () => Promise<void>): Promise<void> {
    this.#conditions++;
    try {
      await run();
    } finally {
      this.#conditions--;
    }
  }

  // Programs and files.

  /** Runs an executable as a child, and waits for it. */
  async runProgram(argv: readonly string[], env: Readonly<Record<string, string>> = {}, last = false): Promise<number> {
    try {
      const options = { ...this.#childOptions(this.open), env: { ...this.state.exported(), ...env } };
      if (last && !this.state.traps.has("EXIT")) return await this.context.processes.replace(argv, options);
      const child = this.context.processes.spawn(argv, options);
      this.waits();
      const status = await child.exited;
      await this.#afterChild();
      return status;
    } catch (error) {
      return this.#missing(argv, error);
    }
  }

  /** Something else runs now, or nothing does: this shell leaves the CPU alone. */
  waits(): void {
    this.#hasWaited = true;
  }

  async #missing(argv: readonly string[], error: unknown): Promise<number> {
    const name = argv[0]!;
    const why = (error as Error).message;
    if (!why.startsWith("exec: ")) throw error;
    if (why.endsWith("exec format error")) return this.runProgram(["/bin/sh", ...argv]);
    const [text, status] =
      why.endsWith("permission denied") || why.endsWith("is a directory")
        ? [`${name}: Permission denied`, 126]
        : [
            `${name}: ${this.state.dialect === "bash" ? (name.includes("/") ? "No such file or directory" : "command not found") : "not found"}`,
            127,
          ];
    await this.complain(text);
    return status;
  }

  /** Runs with the descriptors that redirections make. A file that cannot be opened is reported, and nothing is run. */
  async redirected(redirections: SimpleCommandNode["redirections"], run: () => Promise<void>): Promise<void> {
    const before = this.open;
    try {
      this.open = await redirect(redirections, before, this, this.context.files);
    } catch (error) {
      if (!(error instanceof ShellFault) || error.status !== 1) throw error;
      this.state.status = await this.report(error);
      return;
    }
    try {
      await run();
    } finally {
      this.open = before;
    }
  }

  // Processes and signals.

  /** `( … )` */
  async subshell(body: readonly StatementNode[]): Promise<number> {
    this.waits();
    const status = await this.#fork((shell) => shell.statements(body), this.open).exited;
    await this.#afterChild();
    return status;
  }

  /** A process of its own with a copy of the shell's state. */
  #fork(run: (shell: Interpreter) => Promise<void>, open: Descriptors): Child {
    const state = new ShellState(this.state);
    return this.context.processes.fork((context) => {
      const shell = new Interpreter(context, state, { parse: this.parse, open });
      return shell.runToEnd(() => run(shell));
    }, this.#childOptions(open));
  }

  async #lastStatement(statement: StatementNode): Promise<void> {
    const [pipeline] = statement.pipelines;
    const alone = statement.pipelines.length === 1 && pipeline!.commands.length === 1 && !pipeline!.negated;
    return alone ? this.command(pipeline!.commands[0]!, true) : this.statements([statement]);
  }

  /** The whole of `sh -c`: its only command takes the shell's place. */
  async runLast(text: string): Promise<void> {
    const { statements } = this.parse(text);
    const [statement] = statements;
    if (statements.length === 1 && !statement!.background) await this.#lastStatement(statement!);
    else await this.statements(statements);
  }

  #childOptions(open: Descriptors): SpawnOptions {
    const { tty } = this.context;
    const nowhere = () => {};
    return {
      env: this.state.exported(),
      workingDir: this.state.workingDir,
      stdin: open.get(0)?.input ?? noInput,
      stdout: open.get(1)?.sink ?? nowhere,
      stderr: open.get(2)?.sink ?? nowhere,
      ...(tty && { tty }),
    };
  }

  async #afterChild(): Promise<void> {
    if (this.signals.interrupted) throw new Interrupted();
    await this.runTraps();
  }

  /** Runs the traps of the signals that have come. */
  async runTraps(): Promise<void> {
    for (let signal = this.signals.take(); signal; signal = this.signals.take()) {
      const trap = this.state.traps.get(signal);
      if (!trap) continue;
      const { status } = this.state;
      await this.runText(trap);
      this.state.status = status;
    }
  }

  async #breathe(): Promise<void> {
    if (this.context.signal.aborted) await new Promise(() => {});
    if (this.signals.interrupted) throw new Interrupted();
    this.#commands++;
    if (this.#commands % BREATH.commands === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    if (this.#commands % BREATH.share === 0) {
      const { account, clock } = this.context;
      await new Promise<void>((resolve) => clock.setTimeout(resolve, BREATH.pause));
      // A loop that never waits wanted the CPU all the time since its last pause; one that does had it for next to no time.
      const now = clock.now();
      account({ cpuSeconds: (this.#hasWaited ? BREATH.pause : now - this.#breathed) / 1000 });
      this.#hasWaited = false;
      this.#breathed = now;
    }
    await this.runTraps();
  }
}
