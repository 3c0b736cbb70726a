import type { Clock } from "../clock.ts";
import type { Host } from "../network/network.ts";
import type { Input, Processes, Program, ProgramContext, Signal, Sink, SpawnOptions, Terminal } from "../programs/program.ts";
import type { Random } from "../random.ts";
import type { MountedFiles } from "./files/container-files.ts";
import { ProcessClock } from "./process-clock.ts";
import { ProcessHost } from "./process-host.ts";

const SIGNAL_NUMBERS: Record<Signal, number> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGPIPE: 13, SIGTERM: 15 };

/** What all processes of a container have in common. */
export interface Surroundings {
  files: MountedFiles;
  host: Host;
  hostname: string;
  clock: Clock;
  random: Random;
  account: ProgramContext["account"];
  processes: {
    list(): readonly Process[];
    spawn(argv: readonly string[], options: SpawnOptions & { ppid: number }): Process;
  };
}

export interface ProcessOptions {
  pid: number;
  ppid: number;
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  workingDir: string;
  stdin: Input;
  stdout: Sink;
  stderr: Sink;
  tty?: Terminal;
}

/** One run of a program. What it opened ends with it; what it still does afterwards is heard by nobody. */
export class Process {
  readonly pid: number;
  readonly ppid: number;
  readonly argv: readonly string[];
  readonly startedAt: number;
  readonly exited: Promise<number>;
  readonly tty: Terminal | undefined;
  readonly #told = new AbortController();
  readonly #over = new AbortController();
  readonly #clock: ProcessClock;
  readonly #host: ProcessHost;
  readonly #byDefault: boolean;
  #handle: ((signal: Signal) => void) | undefined;
  #exit!: (code: number) => void;

  constructor(program: Program, options: ProcessOptions, around: Surroundings) {
    this.pid = options.pid;
    this.ppid = options.ppid;
    this.argv = options.argv;
    this.tty = options.tty;
    this.startedAt = around.clock.now();
    this.exited = new Promise((resolve) => (this.#exit = resolve));
    this.#byDefault = program.defaultSignals ?? false;
    this.#clock = new ProcessClock(around.clock);
    this.#host = new ProcessHost(around.host, (path) => (around.files.stats(path) ? around.files.contents(path).toString() : ""));
    const context = this.#context(options, around);
    // The caller gets the process before it does anything.
    void Promise.resolve()
      .then(() => program(context))
      .catch((error: unknown) => {
        context.stderr(`${error instanceof Error ? error.message : String(error)}\n`);
        return 1;
      })
      .then((code) => this.end(code));
  }

  kill(signal: Signal): void {
    if (this.#over.signal.aborted) return;
    const code = 128 + SIGNAL_NUMBERS[signal];
    if (signal === "SIGKILL") this.end(code);
    else if (this.#handle) this.#handle(signal);
    else if (!this.#byDefault) this.#told.abort(signal);
    else if (this.pid !== 1) this.end(code);
  }

  end(code: number): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    this.#told.abort("SIGKILL");
    this.#clock.end();
    this.#host.close();
    this.#exit(code & 255);
  }

  #context(options: ProcessOptions, around: Surroundings): ProgramContext {
    const over = this.#over.signal;
    const { stdin } = options;
    let pending: Promise<void> = Promise.resolve();
    const writer = (sink: Sink) => (text: string | Uint8Array) => {
      if (over.aborted) return;
      const written = sink(typeof text === "string" ? Buffer.from(text) : text);
      if (written)
        pending = Promise.all([pending, written]).then(undefined, () => this.end(128 + SIGNAL_NUMBERS.SIGPIPE)) as Promise<void>;
    };
    const read = async (): Promise<Uint8Array | undefined> => {
      const chunk = await stdin.read(over);
      return over.aborted ? new Promise(() => {}) : chunk;
    };
    return {
      argv: options.argv,
      env: options.env,
      workingDir: options.workingDir,
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
      processes: this.#processes(around),
      account: (use) => {
        if (!over.aborted) around.account(use);
      },
    };
  }

  #processes({ processes }: Surroundings): Processes {
    return {
      pid: this.pid,
      list: () => processes.list(),
      kill: (pid, signal) => {
        const target = processes.list().find((one) => one.pid === pid);
        target?.kill(signal);
        return target !== undefined;
      },
      onSignal: (handle) => (this.#handle = handle),
      spawn: (argv, options) => processes.spawn(argv, { ...options, ppid: this.pid }),
    };
  }
}
