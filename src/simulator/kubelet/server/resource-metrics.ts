import type { Family, Sample } from "../../metrics/exposition.ts";
import { SANDBOX_MEMORY, type PodStats } from "../stats.ts";
import type { NodeFigures } from "./node-figures.ts";

/** `/metrics/resource`: what metrics-server reads (pkg/kubelet/metrics/collectors/resource_metrics.go). */
export function resourceFamilies({ clock, machine, pods }: NodeFigures): Family[] {
  const at = clock.now();
  const stats = pods();
  const family = (name: string, type: Family["type"], help: string, samples: readonly Sample[], stable = true): Family => ({
    name,
    type,
    help: `[${stable ? "STABLE" : "ALPHA"}] ${help}`,
    samples,
  });
  const podLabels = ({ pod }: PodStats) => ({ namespace: pod.metadata.namespace ?? "", pod: pod.metadata.name });
  const each = (figure: (container: PodStats["containers"][0]) => number, timed = true): Sample[] =>
    stats.flatMap((one) =>
      one.containers.map((container) => ({
        labels: { container: container.name, ...podLabels(one) },
        value: figure(container),
        ...(timed && { at }),
      })),
    );
  const all = (figure: (one: PodStats) => number): Sample[] =>
    stats.map((one) => ({ labels: podLabels(one), value: figure(one), at }));
  const cpu = "Cumulative cpu time consumed by the";
  return [
    family(
      "container_cpu_usage_seconds_total",
      "counter",
      `${cpu} container in core-seconds`,
      each(({ cpuSeconds }) => cpuSeconds),
    ),
    family(
      "container_memory_working_set_bytes",
      "gauge",
      "Current working set of the container in bytes",
      each(({ memoryBytes }) => memoryBytes),
    ),
    family(
      "container_start_time_seconds",
      "gauge",
      "Start time of the container since unix epoch in seconds",
      each(({ startedAt }) => startedAt / 1000, false),
    ),
    family(
      "container_swap_limit_bytes",
      "gauge",
      "Current amount of the container swap limit in bytes. Reported only on non-windows systems",
      each(() => 0),
      false,
    ),
    family(
      "container_swap_usage_bytes",
      "gauge",
      "Current amount of the container swap usage in bytes. Reported only on non-windows systems",
      each(() => 0),
      false,
    ),
    family("node_cpu_usage_seconds_total", "counter", `${cpu} node in core-seconds`, [{ value: machine.cpuSeconds(), at }]),
    family("node_memory_working_set_bytes", "gauge", "Current working set of the node in bytes", [
      { value: machine.memoryBytes(), at },
    ]),
    family(
      "node_swap_usage_bytes",
      "gauge",
      "Current swap usage of the node in bytes. Reported only on non-windows systems",
      [{ value: 0, at }],
      false,
    ),
    family("pod_cpu_usage_seconds_total", "counter", `${cpu} pod in core-seconds`, all(cpuOf)),
    family("pod_memory_working_set_bytes", "gauge", "Current working set of the pod in bytes", all(memoryOf)),
    family(
      "pod_swap_usage_bytes",
      "gauge",
      "Current amount of the pod swap usage in bytes. Reported only on non-windows systems",
      all(() => 0),
      false,
    ),
    family("resource_scrape_error", "gauge", "1 if there was an error while getting container metrics, 0 otherwise", [
      { value: 0 },
    ]),
  ];
}

export const cpuOf = ({ containers }: PodStats): number => containers.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
export const memoryOf = ({ containers }: PodStats): number =>
  containers.reduce((sum, { memoryBytes }) => sum + memoryBytes, SANDBOX_MEMORY);
