import { timestamp } from "../../api/object.ts";
import type { Traffic } from "../../network/network.ts";
import { MACHINE } from "../../runtime/machine.ts";
import type { NodeFigures } from "./node-figures.ts";
import { cpuOf, memoryOf } from "./resource-metrics.ts";

/** A rate is taken over at least so long, ms. */
const WINDOW = 10_000;
const DISK = MACHINE.disk * 1024;
const INODES = 3_907_584;

/** Remembers earlier readings, so that a use can be told as a rate. */
export class CpuRates {
  readonly #readings = new Map<string, { at: number; cpuSeconds: number; nanoCores: number }>();

  /** Billionths of a CPU that `key` has used of late. */
  nanoCores(key: string, cpuSeconds: number, now: number, startedAt: number): number {
    const last = this.#readings.get(key) ?? { at: startedAt, cpuSeconds: 0, nanoCores: 0 };
    if (now - last.at < WINDOW) return last.nanoCores;
    const nanoCores = Math.max(0, Math.round(((cpuSeconds - last.cpuSeconds) / (now - last.at)) * 1e12));
    this.#readings.set(key, { at: now, cpuSeconds, nanoCores });
    return nanoCores;
  }
}

/** `/stats/summary` (k8s.io/kubelet/pkg/apis/stats/v1alpha1). */
export function statsSummary({ clock, machine, nodeName, pods }: NodeFigures, rates: CpuRates): unknown {
  const now = clock.now();
  const time = timestamp(now);
  const cpu = (key: string, cpuSeconds: number, startedAt: number) => ({
    time,
    usageNanoCores: rates.nanoCores(key, cpuSeconds, now, startedAt),
    usageCoreNanoSeconds: Math.round(cpuSeconds * 1e9),
  });
  const memory = (bytes: number, limit?: number) => ({
    time,
    ...(limit !== undefined && { availableBytes: limit - bytes }),
    usageBytes: Math.floor(bytes * 1.08),
    workingSetBytes: bytes,
    rssBytes: Math.floor(bytes * 0.9),
    pageFaults: Math.floor(bytes / 2600),
    majorPageFaults: 0,
  });
  const used = 9_663_676_416;
  const disk = (usedBytes: number, inodesUsed: number) => ({
    time,
    availableBytes: Math.floor((DISK - used) * 0.95),
    capacityBytes: DISK,
    usedBytes,
    inodesFree: INODES - 265_682,
    inodes: INODES,
    inodesUsed,
  });
  const network = ({ receivedBytes, sentBytes }: Traffic) => {
    const eth0 = { name: "eth0", rxBytes: receivedBytes, rxErrors: 0, txBytes: sentBytes, txErrors: 0 };
    return { time, ...eth0, interfaces: [eth0] };
  };
  return {
    node: {
      nodeName,
      startTime: timestamp(machine.bootedAt),
      cpu: cpu("/", machine.cpuSeconds(), machine.bootedAt),
      memory: memory(machine.memoryBytes(), MACHINE.memory * 1024),
      network: network(machine.traffic()),
      fs: disk(used, 265_682),
      runtime: { imageFs: disk(2_147_483_648, 48_210), containerFs: disk(2_147_483_648, 48_210) },
      rlimit: { time, maxpid: 32_768, curproc: machine.processes().running },
    },
    pods: pods().map((stats) => {
      const { name, namespace = "", uid } = stats.pod.metadata;
      return {
        podRef: { name, namespace, uid },
        startTime: timestamp(stats.startedAt),
        containers: stats.containers.map((container) => ({
          name: container.name,
          startTime: timestamp(container.startedAt),
          cpu: cpu(container.id, container.cpuSeconds, container.startedAt),
          memory: memory(container.memoryBytes),
          rootfs: disk(24_576, 12),
          logs: disk(8_192, 1),
        })),
        cpu: cpu(uid, cpuOf(stats), stats.startedAt),
        memory: memory(memoryOf(stats)),
        ...(stats.traffic && { network: network(stats.traffic) }),
        "ephemeral-storage": disk(32_768, 14),
        process_stats: { process_count: stats.containers.reduce((sum, { processes }) => sum + processes, 1) },
      };
    }),
  };
}
