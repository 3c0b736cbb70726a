import type { Clock } from "../clock.ts";
import { StartError, type ContainerSpec, type ProcessIO, type RunningContainer } from "../kubelet/runtime.ts";
import type { Host } from "../network/network.ts";
import type { MachineFigures, Program, Sink, SpawnOptions } from "../programs/program.ts";
import type { Signal } from "../programs/signals.ts";
import type { Random } from "../random.ts";
import { BytePipe, noInput } from "../programs/byte-pipe.ts";
import { ContainerOutput } from "./container-log.ts";
import { findExecutable, wrongFormat, type Executable } from "./executable.ts";
import type { MountedFiles } from "./files/container-files.ts";
import { LineDiscipline } from "./terminal.ts";
import { Process, type ChildOptions, type Surroundings } from "./process.ts";

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** What a program that does nothing costs: memory of a small static binary, and CPU seconds per second. */
const IDLE = { memoryBytes: 600 * 1024, cpu: 0.0004 };

const ROOT = { uid: 0, gid: 0 };

type Exit = Awaited<RunningContainer["exited"]>;

export class Container implements RunningContainer {
  readonly id: string;
  readonly log: ContainerOutput;
  readonly exited: Promise<Exit>;
  readonly #spec: ContainerSpec;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #around: Surroundings;
  readonly env: Readonly<Record<string, string>>;
  readonly #workingDir: string;
  readonly #processes = new Map<number, Process>();
  readonly #stdin: BytePipe | undefined;
  readonly #terminal: LineDiscipline | undefined;
  readonly #watchers = new Set<ProcessIO>();
  readonly #startedAt: number;
  #exit!: (exit: Exit) => void;
  #nextPid = 1;
  #used = { cpuSeconds: 0, memoryBytes: 0 };
  #outOfMemory = false;

  /** Throws a StartError when there is nothing to start. `files` is complete. */
  constructor(
    spec: ContainerSpec,
    options: {
      files: MountedFiles;
      host: Host;
      hostname: string;
      clock: Clock;
      random: Random;
      machine: MachineFigures;
      command: readonly string[];
    },
  ) {
    this.id = options.random.hex(64);
    this.#spec = spec;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#startedAt = options.clock.now();
    this.log = new ContainerOutput(() => options.clock.now());
    this.exited = new Promise((resolve) => (this.#exit = resolve));
    this.#workingDir = spec.workingDir || spec.image.image.workingDir || "/";
    this.env = {
      PATH: DEFAULT_PATH,
      HOSTNAME: options.hostname,
      ...(spec.tty && { TERM: "xterm" }),
      HOME: "/root",
      ...spec.image.image.env,
      ...spec.env,
    };
    this.#used.memoryBytes = spec.image.image.memory ?? IDLE.memoryBytes;
    this.#around = {
      ...options,
      user: spec.user ?? ROOT,
      usage: () => this.usage(),
      account: ({ cpuSeconds = 0, memoryBytes = 0 }) => {
        this.#used.cpuSeconds += cpuSeconds;
        this.useMemory(memoryBytes);
      },
      processes: {
        list: () => this.processes(),
        spawn: (argv, one) => this.#spawn(argv, one),
        start: (program, argv, one) => this.#start(program, argv, one),
        find: (argv, one) => this.#find(argv, one),
      },
    };
    this.#stdin = spec.stdin ? new BytePipe() : undefined;
    if (spec.tty) {
      this.#terminal = new LineDiscipline({
        input: this.#stdin ?? new BytePipe(),
        screen: (chunk) => this.print("stdout", chunk),
        interrupt: (signal) => this.#interrupt(this.#terminal!, signal),
      });
    }
    const print = this.#terminal?.print;
    const main = this.#spawn(options.command, {
      ppid: 0,
      env: this.env,
      workingDir: this.#workingDir,
      stdin: this.#stdin ?? noInput,
      stdout: print ?? ((chunk) => this.print("stdout", chunk)),
      stderr: print ?? ((chunk) => this.print("stderr", chunk)),
      ...(this.#terminal && { tty: this.#terminal }),
    });
    void main.exited.then((exitCode) => this.#over(exitCode));
    this.useMemory(0);
  }

  kill(signal: Signal): void {
    const { stopSignal } = this.#spec.image.image;
    this.#processes.get(1)?.kill(signal === "SIGTERM" && stopSignal ? stopSignal : signal);
  }

  processes(): readonly Process[] {
    return [...this.#processes.values()];
  }

  /** To the log, and to whoever is attached. */
  print(stream: "stdout" | "stderr", chunk: Uint8Array): void {
    this.log.write(stream, chunk);
    for (const watcher of this.#watchers) watcher[stream]?.(chunk);
  }

  async exec(argv: readonly string[], io: ProcessIO): Promise<number> {
    if (!this.#processes.has(1))
      throw new StartError("StartError", "failed to exec in container: container is in CONTAINER_EXITED state");
    const input = new BytePipe();
    const stdout: Sink = (chunk) => io.stdout?.(chunk);
    const terminal =
      io.tty &&
      new LineDiscipline({ input, screen: stdout, interrupt: (signal) => this.#interrupt(terminal as LineDiscipline, signal) });
    let process: Process;
    try {
      process = this.#spawn(argv, {
        ppid: 0,
        env: { ...this.env, ...(terminal && { TERM: "xterm" }) },
        workingDir: this.#workingDir,
        stdin: io.stdin ? input : noInput,
        stdout: terminal ? terminal.print : stdout,
        stderr: terminal ? terminal.print : (chunk) => io.stderr?.(chunk),
        ...(terminal && { tty: terminal }),
      });
    } catch (error) {
      throw error instanceof StartError ? new StartError(error.reason, this.#execFailure(error.message), error.exitCode) : error;
    }
    if (terminal) io.resize?.((size) => terminal.resize(size));
    const feed = terminal
      ? { write: (chunk: Uint8Array) => terminal.type(chunk), end: () => terminal.hangUp() }
      : pipeFeed(input);
    if (io.stdin) void pump(io.stdin, feed);
    io.signal?.addEventListener("abort", () => process.kill("SIGKILL"), { once: true });
    const code = await process.exited;
    input.close();
    return code;
  }

  async attach(io: ProcessIO): Promise<void> {
    this.#watchers.add(io);
    if (this.#terminal) io.resize?.((size) => this.#terminal!.resize(size));
    if (io.stdin && this.#stdin) {
      const pipe = this.#stdin;
      const end = () => this.#spec.stdinOnce && pipe.end();
      const terminal = this.#terminal;
      void pump(io.stdin, { write: (chunk) => (terminal ? terminal.type(chunk) : pipe.write(chunk)), end });
    }
    const left = new Promise<void>((resolve) => io.signal?.addEventListener("abort", () => resolve(), { once: true }));
    await Promise.race([this.exited, left]);
    this.#watchers.delete(io);
  }

  usage(): { memoryBytes: number; cpuSeconds: number } {
    const age = (this.#clock.now() - this.#startedAt) / 1000;
    const idle = this.#spec.image.image.cpu ?? IDLE.cpu;
    return { memoryBytes: this.#used.memoryBytes, cpuSeconds: this.#used.cpuSeconds + age * idle };
  }

  /** Over its memory limit a container ends, all of it, as cgroup v2 has it. */
  useMemory(bytes: number): void {
    this.#used.memoryBytes += bytes;
    if (this.#spec.memoryLimit === undefined || this.#used.memoryBytes <= this.#spec.memoryLimit) return;
    this.#outOfMemory = true;
    this.kill("SIGKILL");
  }

  #over(exitCode: number): void {
    for (const process of this.#processes.values()) process.kill("SIGKILL");
    this.log.end();
    this.#exit({ exitCode, ...(this.#outOfMemory && { reason: "OOMKilled" as const }) });
  }

  #find(argv: readonly string[], { env, workingDir }: SpawnOptions): Executable {
    return findExecutable(this.#around.files, argv, { path: env["PATH"] ?? DEFAULT_PATH, workingDir });
  }

  #spawn(argv: readonly string[], options: ChildOptions): Process {
    const executable = this.#find(argv, options);
    if (executable.program === wrongFormat && options.ppid !== 0)
      throw new StartError("StartError", `exec: "${argv[0]}": exec format error`);
    return this.#start(executable.program, executable.argv, options);
  }

  #start(program: Program, argv: readonly string[], options: ChildOptions): Process {
    const pid = this.#nextPid++;
    const process = new Process(program, argv, { ...options, pid }, this.#around);
    this.#processes.set(pid, process);
    void process.exited.then(() => this.#processes.delete(pid));
    return process;
  }

  #interrupt(terminal: LineDiscipline, signal: Signal): void {
    for (const process of this.#processes.values()) if (process.tty === terminal) process.kill(signal);
  }

  #execFailure(why: string): string {
    const task = `failed to exec in container: failed to start exec "${this.#random.hex(64)}"`;
    return `${task}: OCI runtime exec failed: exec failed: unable to start container process: ${why}`;
  }
}

interface Feed {
  write(chunk: Uint8Array): void | Promise<void>;
  end(): void;
}

const pipeFeed = (pipe: BytePipe): Feed => ({ write: (chunk) => pipe.write(chunk), end: () => pipe.end() });

async function pump(source: AsyncIterable<Uint8Array>, feed: Feed): Promise<void> {
  try {
    for await (const chunk of source) await feed.write(chunk);
  } catch {
    // The reader has gone, or the client: nobody is left who would want to know.
  }
  feed.end();
}
