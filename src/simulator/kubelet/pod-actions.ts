import type { ContainerRecord } from "./container-record.ts";
import { isRunning } from "./container-record.ts";
import type { Pod } from "./pod.ts";

export interface PodActions {
  /** Containers to end first, and the words of their Killing event. */
  stop: { record: ContainerRecord; why: string; grace?: number }[];
  /** Containers to start, in this order. */
  start: ContainerRecord[];
  /** Nothing runs that should, and nothing is to be started any more. */
  done: boolean;
}

/** What has to happen to a pod's containers next (kuberuntime_manager.go computePodActions). Pure. */
export function podActions(pod: Pod, records: readonly ContainerRecord[]): PodActions {
  const policy = pod.spec?.restartPolicy ?? "Always";
  const regular = records.filter(({ kind }) => kind === "regular");
  const stop = records.flatMap((record) => stopReason(record, policy) ?? []);
  const stopping = (record: ContainerRecord) => stop.some((one) => one.record === record);
  const start: ContainerRecord[] = records.filter(({ kind, run }) => kind === "ephemeral" && !run);

  const begun = regular.some(({ run }) => run);
  for (const record of records.filter(({ kind }) => kind === "init" || kind === "sidecar")) {
    const { kind, run } = record;
    const up = isRunning(record) && !stopping(record);
    if (kind === "sidecar") {
      if (!up) start.push(record);
      if (!begun && !(up && run?.started)) return { stop, start, done: false };
      continue;
    }
    if (begun || run?.exit?.exitCode === 0) continue;
    if (run?.exit && policy === "Never") return { stop, start: [], done: true };
    if (!up) start.push(record);
    return { stop, start, done: false };
  }

  const wanted = regular
    .filter((record) => !isRunning(record) || stopping(record))
    .filter((record) => shouldStart(record, policy));
  const done = regular.every((record) => record.run?.exit) && wanted.length === 0;
  return done ? { stop, start: [], done } : { stop, start: [...start, ...wanted], done };
}

const shouldStart = ({ run }: ContainerRecord, policy: string): boolean =>
  !run || policy === "Always" || (policy === "OnFailure" && run.exit?.exitCode !== 0);

function stopReason(record: ContainerRecord, policy: string): PodActions["stop"][number] | undefined {
  const { container, kind, run } = record;
  if (!isRunning(record) || !run) return undefined;
  const comesBack = policy !== "Never" || kind === "sidecar" ? ", will be restarted" : "";
  const { failedProbe: probe } = run;
  if (probe) {
    const why = `Container ${container.name} failed ${probe.type} probe${comesBack}`;
    return { record, why, ...(probe.grace !== undefined && { grace: probe.grace }) };
  }
  return run.specImage === container.image
    ? undefined
    : { record, why: `Container ${container.name} definition changed${comesBack}` };
}
