import type { Traffic } from "../network/network.ts";
import { isRunning, timeOf, type ContainerRecord } from "./container-record.ts";
import type { Pod } from "./pod.ts";
import type { Sandbox } from "./runtime.ts";

/** What one container uses. Times in ms. */
export interface ContainerStats {
  name: string;
  /** 64 digits. */
  id: string;
  image: string;
  startedAt: number;
  memoryBytes: number;
  cpuSeconds: number;
  processes: number;
  limits: Readonly<Record<string, string>>;
  requests: Readonly<Record<string, string>>;
}

/** What one pod uses: its containers, and its sandbox. */
export interface PodStats {
  pod: Pod;
  startedAt: number;
  sandboxID: string;
  /** Absent of pods on the node's own network. */
  traffic?: Traffic;
  containers: readonly ContainerStats[];
}

/** Memory of the process that holds a sandbox open. */
export const SANDBOX_MEMORY = 253_952;

/** A pod's use; undefined while it has no sandbox. */
export function statsOf(pod: Pod, records: readonly ContainerRecord[], sandbox: Sandbox | undefined): PodStats | undefined {
  if (!sandbox) return undefined;
  const containers = records.flatMap((record): ContainerStats[] => {
    const { run, container } = record;
    if (!isRunning(record) || !run?.process) return [];
    const { limits = {}, requests = {} } = (container as { resources?: { limits?: object; requests?: object } }).resources ?? {};
    return [
      {
        name: container.name,
        id: run.process.id,
        image: run.image,
        startedAt: run.startedAt,
        ...run.process.usage(),
        processes: run.process.processes().length,
        limits: limits as Record<string, string>,
        requests: requests as Record<string, string>,
      },
    ];
  });
  return {
    pod,
    startedAt: timeOf(pod.status?.startTime),
    sandboxID: sandbox.id,
    ...(!pod.spec?.hostNetwork && { traffic: sandbox.host.traffic }),
    containers,
  };
}
