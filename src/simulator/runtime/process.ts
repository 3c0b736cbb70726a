import type { Clock } from "../clock.ts";
import type { Host } from "../network/network.ts";
import type { MachineFigures, Processes, Program, ProgramContext, Sink, SpawnOptions, Terminal } from "../programs/program.ts";
import { signalStatus, type Signal } from "../programs/signals.ts";
import type { Random } from "../random.ts";
import type { Executable } from "./executable.ts";
import type { MountedFiles } from "./files/container-files.ts";
import { ProcessClock } from "./process-clock.ts";
import { ProcessHost } from "./process-host.ts";

/** What all processes of a container have in common. */
export interface Surroundings {
  user: { uid: number; gid: number };
  files: MountedFiles;
  host: Host;
  hostname: string;
  clock: Clock;
  random: Random;
  machine: MachineFigures;
  usage: ProgramContext["usage"];
  account: ProgramContext["account"];
  processes: {
    list(): readonly Process[];
    spawn(argv: readonly string[], options: ChildOptions): Process;
    start(program: Program, argv: readonly string[], options: ChildOptions): Process;
    find(argv: readonly string[], options: SpawnOptions): Executable;
  };
}

export type ChildOptions = SpawnOptions & { ppid: number };

/** One run of a program. What it opened ends with it; what it still does afterwards is heard by nobody. */
export class Process {
  readonly pid: number;
  readonly ppid: number;
  readonly startedAt: number;
  readonly exited: Promise<number>;
  readonly tty: Terminal | undefined;
  argv: readonly string[];
  readonly #around: Surroundings;
  readonly #told = new AbortController();
  readonly #over = new AbortController();
  readonly #clock: ProcessClock;
  readonly #host: ProcessHost;
  #byDefault = false;
  #handle: ((signal: Signal) => boolean) | undefined;
  #exit!: (code: number) => void;

  constructor(program: Program, argv: readonly string[], options: ChildOptions & { pid: number }, around: Surroundings) {
    this.pid = options.pid;
    this.ppid = options.ppid;
    this.argv = argv;
    this.tty = options.tty;
    this.startedAt = around.clock.now();
    this.exited = new Promise((resolve) => (this.#exit = resolve));
    this.#around = around;
    this.#clock = new ProcessClock(around.clock);
    this.#host = new ProcessHost(around.host, (path) => (around.files.stats(path) ? around.files.contents(path).toString() : ""));
    this.#run(program, argv, options);
  }

  kill(signal: Signal): void {
    if (this.#over.signal.aborted) return;
    if (signal === "SIGKILL") this.end(signalStatus(signal));
    else if (this.#handle?.(signal)) return;
    else if (!this.#byDefault) this.#told.abort(signal);
    else if (this.pid !== 1) this.end(signalStatus(signal));
  }

  end(code: number): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    this.#told.abort("SIGKILL");
    this.#clock.end();
    this.#host.close();
    this.#exit(code & 255);
  }

  #run(program: Program, argv: readonly string[], options: SpawnOptions): void {
    this.argv = argv;
    this.#handle = undefined;
    this.#byDefault = program.defaultSignals ?? false;
    const context = this.#context(argv, options);
    // The caller gets the process before it does anything.
    void Promise.resolve()
      .then(() => program(context))
      .catch((error: unknown) => {
        context.stderr(`${error instanceof Error ? error.message : String(error)}\n`);
        return 1;
      })
      .then((code) => this.end(code));
  }

  #context(argv: readonly string[], options: SpawnOptions): ProgramContext {
    const around = this.#around;
    const over = this.#over.signal;
    const { stdin } = options;
    let pending: Promise<void> = Promise.resolve();
    const writer = (sink: Sink) => (text: string | Uint8Array) => {
      if (over.aborted) return;
      const written = sink(typeof text === "string" ? Buffer.from(text) : text);
      if (written)
        pending = Promise.all([pending, written]).then(undefined, () => this.end(signalStatus("SIGPIPE"))) as Promise<void>;
    };
    const read = async (): Promise<Uint8Array | undefined> => {
      const chunk = await stdin.read(over);
      return over.aborted ? new Promise(() => {}) : chunk;
    };
    return {
      argv,
      env: options.env,
      workingDir: options.workingDir,
      user: around.user,
      files: around.files,
      host: this.#host,
      hostname: around.hostname,
      clock: this.#clock,
      random: around.random,
      stdin: {
        read,
        unread: (chunk) => stdin.unread(chunk),
        async *[Symbol.asyncIterator]() {
          for (let chunk = await read(); chunk; chunk = await read()) yield chunk;
        },
      },
      stdout: writer(options.stdout),
      stderr: writer(options.stderr),
      drained: async () => {
        await pending;
        if (over.aborted) await new Promise(() => {});
      },
      signal: this.#told.signal,
      ...(options.tty && { tty: options.tty }),
      processes: this.#processes(options),
      machine: around.machine,
      usage: around.usage,
      account: (use) => {
        if (!over.aborted) around.account(use);
      },
    };
  }

  #processes(options: SpawnOptions): Processes {
    const { processes } = this.#around;
    const { stdin, stdout, stderr, tty } = options;
    return {
      pid: this.pid,
      inherited: { stdin, stdout, stderr, ...(tty && { tty }) },
      list: () => processes.list(),
      kill: (pid, signal) => {
        const target = processes.list().find((one) => one.pid === pid);
        target?.kill(signal);
        return target !== undefined;
      },
      onSignal: (handle) => (this.#handle = handle),
      spawn: (argv, child) => processes.spawn(argv, { ...child, ppid: this.pid }),
      fork: (program, child) => {
        const part = Object.assign((context: ProgramContext) => program(context), { defaultSignals: true as const });
        return processes.start(part, this.argv, { ...child, ppid: this.pid });
      },
      replace: (argv, next) => {
        const { program, argv: all } = processes.find(argv, next);
        this.#run(program, all, next);
        return new Promise(() => {});
      },
    };
  }
}
