import { PassThrough, Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Deps, Io } from "../../src/cli/deps.ts";
import { systemClock } from "../../src/system/clock.ts";
import { systemExec } from "../../src/system/exec.ts";
import { statePaths } from "../../src/system/paths.ts";

/** Streams that remember what was printed. */
export interface MemoryIo extends Io {
  out(): string;
  err(): string;
  /** Keys that somebody presses at a terminal. */
  type(keys: string): void;
}

export function memoryIo({ isTTY = false, columns = 80 } = {}): MemoryIo {
  const out = memoryStream({ isTTY, columns });
  const err = memoryStream({ isTTY, columns });
  const keys = isTTY
    ? Object.assign(new PassThrough(), { isTTY, setRawMode: () => keys })
    : Object.assign(Readable.from([]), { isTTY });
  return {
    stdout: out,
    stderr: err,
    stdin: keys,
    out: () => out.text(),
    err: () => err.text(),
    type: (text) => void (keys as PassThrough).write(text),
  };
}

function memoryStream(terminal: { isTTY: boolean; columns: number }) {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString("utf8"));
      done();
    },
  });
  return Object.assign(stream, terminal, { text: () => chunks.join("") });
}

const inProject = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Effects for `main`: real files in `folder`, the lessons as they are written, the simulator as it was built last. */
export function memoryDeps(
  folder: string,
  { io = memoryIo(), ...more }: Partial<Deps> & { io?: MemoryIo } = {},
): Deps & { io: MemoryIo } {
  const env = { HOME: folder, PATH: process.env["PATH"], K8S_BOOTCAMP_HOME: `${folder}/state`, ...more.env };
  return {
    io,
    platform: "linux",
    arch: "x64",
    cwd: folder,
    clock: systemClock,
    exec: systemExec,
    paths: statePaths(env),
    installation: {
      version: "1.2.3",
      course: inProject("lessons"),
      lessons: inProject("lessons"),
      simulator: inProject("dist/simulator/simulator.js"),
      bin: inProject("bin/k8s-bootcamp.js"),
    },
    self: "k8s-bootcamp",
    signal: new AbortController().signal,
    inForeground: (work) => work(),
    ...more,
    env,
  };
}
