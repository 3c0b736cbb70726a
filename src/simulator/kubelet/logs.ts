import { StatusError } from "../api/status-error.ts";
import type { LogOptions } from "../api/kubelet-access.ts";
import type { ContainerRecord, Run } from "./container-record.ts";
import type { Pod } from "./pod.ts";
import type { LogLine } from "./runtime.ts";

/** Writes a container's log as the options say; with `follow`, on until the run ends or the signal aborts. */
export async function writeLog(
  pod: Pod,
  record: ContainerRecord,
  { follow, previous, timestamps, tailLines, sinceSeconds, sinceTime, limitBytes }: LogOptions,
  now: number,
  write: (chunk: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const run = runOf(pod, record, previous);
  const since = sinceTime ?? (sinceSeconds === undefined ? -Infinity : now - sinceSeconds * 1000);
  let left = limitBytes ?? Infinity;
  const emit = ({ at, text }: LogLine) => {
    if (at < since || left <= 0) return;
    const bytes = Buffer.from(`${timestamps ? `${nanoTimestamp(at)} ` : ""}${text}\n`);
    const part = bytes.subarray(0, left);
    left -= part.length;
    write(part.toString());
  };
  const lines = run.log?.lines() ?? [];
  for (const line of tailLines === undefined ? lines : lines.slice(Math.max(0, lines.length - tailLines))) emit(line);
  if (!follow || previous || run.exit || left <= 0) return;
  const stop = run.log?.follow(emit);
  const gone = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([run.ended, gone]);
  stop?.();
}

/** The run whose log is meant. Throws BadRequest with the kubelet's words when there is none (kubelet_pods.go validateContainerLogStatus). */
function runOf({ metadata, spec }: Pod, record: ContainerRecord, previous: boolean): Run {
  const { container, run, waiting } = record;
  const where = `container ${JSON.stringify(container.name)} in pod ${JSON.stringify(metadata.name)}`;
  if (previous) {
    const last = waiting && run?.exit ? run : record.previous;
    if (!last) throw StatusError.badRequest(`previous terminated ${where} not found`);
    return last;
  }
  if (run) return run;
  const reason = waiting?.reason ?? (spec?.initContainers?.length ? "PodInitializing" : "ContainerCreating");
  const why = ["ErrImagePull", "ImagePullBackOff"].includes(reason) ? PULL_WORDS[reason] : reason;
  throw StatusError.badRequest(`${where} is waiting to start: ${why}`);
}

const PULL_WORDS: Readonly<Record<string, string>> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: "trying and failing to pull image",
};

/** RFC 3339 with nanoseconds. */
const nanoTimestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 23)}000000Z`;
