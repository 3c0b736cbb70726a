import type { Container } from "./pod.ts";
import type { ContainerLog, Mount } from "./runtime.ts";

const LONGEST = 4096;
const FALLBACK = { bytes: 2048, lines: 80 };
const FILE = "termination-log";

/** Where a container may leave word of why it ends. */
export interface TerminationLog {
  mount: Mount;
  /** What it left, or, if the pod wants that, the end of its log (kuberuntime_container.go). */
  message(exitCode: number, log: ContainerLog): string;
}

export function terminationLog({ terminationMessagePath, terminationMessagePolicy }: Container): TerminationLog {
  const files = new Map([[FILE, Buffer.alloc(0)]]);
  return {
    mount: {
      mountPath: terminationMessagePath ?? "/dev/termination-log",
      readOnly: false,
      volume: { files, writable: true },
      subPath: FILE,
    },
    message(exitCode, log) {
      const left = files.get(FILE)?.toString().slice(0, LONGEST) ?? "";
      if (left || exitCode === 0 || terminationMessagePolicy !== "FallbackToLogsOnError") return left;
      const end = log
        .lines()
        .slice(-FALLBACK.lines)
        .map(({ text }) => `${text}\n`)
        .join("");
      return Buffer.from(end).subarray(-FALLBACK.bytes).toString();
    },
  };
}
