import type { Family, Labels, Sample } from "../../metrics/exposition.ts";
import { milliValue, wholeValue } from "../../schema/quantity.ts";
import { MACHINE } from "../../runtime/machine.ts";
import { SANDBOX_MEMORY, type ContainerStats, type PodStats } from "../stats.ts";
import type { NodeFigures } from "./node-figures.ts";

const KIB = 1024;
const PERIOD = 100_000;

/** A control group that cAdvisor watches: a container, a pod's sandbox, a whole pod, or the machine. */
interface Group {
  labels: Labels;
  memoryBytes: number;
  cpuSeconds: number;
  startedAt: number;
  processes: number;
  /** Millicores and bytes; 0 where there is none. */
  cpuLimit: number;
  cpuRequest: number;
  memoryLimit: number;
  /** Bytes and packets through eth0; the sandbox has them. */
  traffic?: PodStats["traffic"];
  isContainer: boolean;
}

type Figure = (group: Group) => number | readonly Sample[] | undefined;

const containersOnly =
  (figure: (group: Group) => number | readonly Sample[]): Figure =>
  (group) =>
    group.isContainer ? figure(group) : undefined;

const network =
  (part: "receivedBytes" | "receivedPackets" | "sentBytes" | "sentPackets" | undefined): Figure =>
  ({ traffic }) =>
    traffic && [{ labels: { interface: "eth0" }, value: part ? traffic[part] : 0 }];

/** What a container writes of its own is little: logs, and a file now and then. */
const onDisk =
  (figure: (group: Group) => number): Figure =>
  (group) =>
    group.isContainer ? [{ labels: { device: "/dev/vda1" }, value: figure(group) }] : undefined;

const limited =
  (figure: (group: Group) => number): Figure =>
  (group) =>
    group.cpuLimit > 0 ? figure(group) : undefined;

const workingSet = ({ memoryBytes }: Group) => memoryBytes;
const cache = ({ memoryBytes }: Group) => Math.floor(memoryBytes * 0.08);
const rss = ({ memoryBytes }: Group) => Math.floor(memoryBytes * 0.9);
const usage = (group: Group) => workingSet(group) + cache(group);

/** What cAdvisor tells of each group (github.com/google/cadvisor metrics/prometheus.go). */
const FAMILIES: readonly (readonly [name: string, type: Family["type"], help: string, figure: Figure])[] = [
  [
    "container_cpu_usage_seconds_total",
    "counter",
    "Cumulative cpu time consumed in seconds.",
    ({ cpuSeconds }) => [{ labels: { cpu: "total" }, value: micro(cpuSeconds) }],
  ],
  [
    "container_cpu_user_seconds_total",
    "counter",
    "Cumulative user cpu time consumed in seconds.",
    ({ cpuSeconds }) => micro(cpuSeconds * 0.66),
  ],
  [
    "container_cpu_system_seconds_total",
    "counter",
    "Cumulative system cpu time consumed in seconds.",
    ({ cpuSeconds }) => micro(cpuSeconds * 0.34),
  ],
  ["container_cpu_load_average_10s", "gauge", "Value of container cpu load average over the last 10 seconds.", () => 0],
  ["container_cpu_load_d_average_10s", "gauge", "Value of container cpu load.d average over the last 10 seconds.", () => 0],
  [
    "container_cpu_cfs_periods_total",
    "counter",
    "Number of elapsed enforcement period intervals.",
    limited(({ cpuSeconds }) => Math.floor(cpuSeconds * 12)),
  ],
  ["container_cpu_cfs_throttled_periods_total", "counter", "Number of throttled period intervals.", limited(() => 0)],
  [
    "container_cpu_cfs_throttled_seconds_total",
    "counter",
    "Total time duration the container has been throttled.",
    limited(() => 0),
  ],
  [
    "container_file_descriptors",
    "gauge",
    "Number of open file descriptors for the container.",
    containersOnly(({ processes }) => processes * 9),
  ],
  [
    "container_fs_inodes_free",
    "gauge",
    "Number of available Inodes",
    ({ labels }) => (labels["id"] === "/" ? [{ labels: { device: "/dev/vda1" }, value: 3_641_902 }] : undefined),
  ],
  [
    "container_fs_inodes_total",
    "gauge",
    "Number of Inodes",
    ({ labels }) => (labels["id"] === "/" ? [{ labels: { device: "/dev/vda1" }, value: 3_907_584 }] : undefined),
  ],
  [
    "container_fs_limit_bytes",
    "gauge",
    "Number of bytes that can be consumed by the container on this filesystem.",
    onDisk(() => MACHINE.disk * KIB),
  ],
  [
    "container_fs_usage_bytes",
    "gauge",
    "Number of bytes that are consumed by the container on this filesystem.",
    onDisk(() => 24_576),
  ],
  [
    "container_fs_reads_bytes_total",
    "counter",
    "Cumulative count of bytes read",
    onDisk(({ memoryBytes }) => Math.floor(memoryBytes / 4 / 4096) * 4096),
  ],
  [
    "container_fs_reads_total",
    "counter",
    "Cumulative count of reads completed",
    onDisk(({ memoryBytes }) => Math.floor(memoryBytes / 4 / 24_000)),
  ],
  [
    "container_fs_writes_bytes_total",
    "counter",
    "Cumulative count of bytes written",
    onDisk(({ cpuSeconds }) => Math.floor(cpuSeconds * 2) * 4096),
  ],
  [
    "container_fs_writes_total",
    "counter",
    "Cumulative count of writes completed",
    onDisk(({ cpuSeconds }) => Math.floor(cpuSeconds * 2)),
  ],
  ["container_memory_cache", "gauge", "Number of bytes of page cache memory.", cache],
  ["container_memory_failcnt", "counter", "Number of memory usage hits limits", () => 0],
  [
    "container_memory_failures_total",
    "counter",
    "Cumulative count of memory allocation failures.",
    (group) =>
      ["pgfault", "pgmajfault"].flatMap((type) =>
        ["container", "hierarchy"].map((scope) => ({
          labels: { failure_type: type, scope },
          value: type === "pgfault" ? Math.floor(usage(group) / 2600) : 0,
        })),
      ),
  ],
  ["container_memory_kernel_usage", "gauge", "Size of kernel memory allocated in bytes.", ({ processes }) => processes * 98_304],
  ["container_memory_mapped_file", "gauge", "Size of memory mapped files in bytes.", (group) => Math.floor(cache(group) / 2)],
  [
    "container_memory_max_usage_bytes",
    "gauge",
    "Maximum memory usage recorded in bytes",
    (group) => Math.floor(usage(group) * 1.04),
  ],
  ["container_memory_rss", "gauge", "Size of RSS in bytes.", rss],
  ["container_memory_swap", "gauge", "Container swap usage in bytes.", () => 0],
  ["container_memory_total_active_file_bytes", "gauge", "Current total active file in bytes.", () => 0],
  ["container_memory_total_inactive_file_bytes", "gauge", "Current total inactive file in bytes.", cache],
  [
    "container_memory_usage_bytes",
    "gauge",
    "Current memory usage in bytes, including all memory regardless of when it was accessed",
    usage,
  ],
  ["container_memory_working_set_bytes", "gauge", "Current working set in bytes.", workingSet],
  ["container_network_receive_bytes_total", "counter", "Cumulative count of bytes received", network("receivedBytes")],
  [
    "container_network_receive_errors_total",
    "counter",
    "Cumulative count of errors encountered while receiving",
    network(undefined),
  ],
  [
    "container_network_receive_packets_dropped_total",
    "counter",
    "Cumulative count of packets dropped while receiving",
    network(undefined),
  ],
  ["container_network_receive_packets_total", "counter", "Cumulative count of packets received", network("receivedPackets")],
  ["container_network_transmit_bytes_total", "counter", "Cumulative count of bytes transmitted", network("sentBytes")],
  [
    "container_network_transmit_errors_total",
    "counter",
    "Cumulative count of errors encountered while transmitting",
    network(undefined),
  ],
  [
    "container_network_transmit_packets_dropped_total",
    "counter",
    "Cumulative count of packets dropped while transmitting",
    network(undefined),
  ],
  ["container_network_transmit_packets_total", "counter", "Cumulative count of packets transmitted", network("sentPackets")],
  ["container_oom_events_total", "counter", "Count of out of memory events observed for the container", () => 0],
  ["container_processes", "gauge", "Number of processes running inside the container.", ({ processes }) => processes],
  ["container_sockets", "gauge", "Number of open sockets for the container.", containersOnly(() => 2)],
  ["container_spec_cpu_period", "gauge", "CPU period of the container.", () => PERIOD],
  ["container_spec_cpu_quota", "gauge", "CPU quota of the container.", limited(({ cpuLimit }) => (cpuLimit * PERIOD) / 1000)],
  [
    "container_spec_cpu_shares",
    "gauge",
    "CPU share of the container.",
    ({ cpuRequest }) => Math.max(2, Math.floor((cpuRequest * 1024) / 1000)),
  ],
  ["container_spec_memory_limit_bytes", "gauge", "Memory limit for the container.", ({ memoryLimit }) => memoryLimit],
  ["container_spec_memory_reservation_limit_bytes", "gauge", "Memory reservation limit for the container.", () => 0],
  ["container_spec_memory_swap_limit_bytes", "gauge", "Memory swap limit for the container.", () => 0],
  [
    "container_start_time_seconds",
    "gauge",
    "Start time of the container since unix epoch in seconds.",
    ({ startedAt }) => Math.floor(startedAt / 1000),
  ],
  [
    "container_tasks_state",
    "gauge",
    "Number of tasks in given state",
    () => ["iowaiting", "running", "sleeping", "stopped", "uninterruptible"].map((state) => ({ labels: { state }, value: 0 })),
  ],
  ["container_threads", "gauge", "Number of threads running inside the container", ({ processes }) => processes * 5],
  [
    "container_threads_max",
    "gauge",
    "Maximum number of threads allowed inside the container, infinity if value is zero",
    () => 28_471,
  ],
];

/** What does not change has no time. */
const TIMELESS = /^container_(spec_|start_time)/;

/** `/metrics/cadvisor`: the node's containers, their pods, and the machine. What was measured carries the time it was taken at. */
export function cadvisorFamilies(figures: NodeFigures): Family[] {
  const now = figures.clock.now();
  const groups = groupsOf(figures);
  const seen: Family = {
    name: "container_last_seen",
    type: "gauge",
    help: "Last time a container was seen by the exporter",
    samples: groups.map(({ labels }) => ({ labels, value: Math.floor(now / 1000), at: now })),
  };
  return [
    seen,
    ...FAMILIES.map(([name, type, help, figure]): Family => ({
      name,
      type,
      help,
      samples: groups.flatMap((group) => {
        const told = figure(group);
        if (told === undefined) return [];
        const samples: readonly Sample[] = typeof told === "number" ? [{ value: told }] : told;
        return samples.map(({ labels, value }) => ({
          labels: sorted({ ...group.labels, ...labels }),
          value,
          ...(!TIMELESS.test(name) && { at: now }),
        }));
      }),
    })),
    {
      name: "container_scrape_error",
      type: "gauge",
      help: "1 if there was an error while getting container metrics, 0 otherwise",
      samples: [{ value: 0 }],
    },
    ...machineFamilies(figures),
  ];
}

function groupsOf({ machine, pods }: NodeFigures): Group[] {
  const root: Group = {
    labels: labelsOf({ id: "/" }),
    memoryBytes: machine.memoryBytes(),
    cpuSeconds: machine.cpuSeconds(),
    startedAt: machine.bootedAt,
    processes: machine.processes().running,
    cpuLimit: 0,
    cpuRequest: 1000,
    memoryLimit: MACHINE.memory * KIB,
    isContainer: false,
  };
  return [root, ...pods().flatMap(podGroups)];
}

function podGroups({ pod, startedAt, sandboxID, traffic, containers }: PodStats): Group[] {
  const { name, namespace = "", uid } = pod.metadata;
  const slice = sliceOf(pod.status?.qosClass ?? "BestEffort", uid);
  const about = { namespace, pod: name };
  const own = containers.map((container): Group => ({
    labels: labelsOf({
      ...about,
      container: container.name,
      id: scope(slice, container.id),
      image: container.image,
      name: container.id,
    }),
    memoryBytes: container.memoryBytes,
    cpuSeconds: container.cpuSeconds,
    startedAt: container.startedAt,
    processes: container.processes,
    ...limitsOf(container),
    isContainer: true,
  }));
  const sandbox: Group = {
    labels: labelsOf({ ...about, id: scope(slice, sandboxID), image: "registry.k8s.io/pause:3.10.1", name: sandboxID }),
    memoryBytes: SANDBOX_MEMORY,
    cpuSeconds: 0.018,
    startedAt,
    processes: 1,
    cpuLimit: 0,
    cpuRequest: 2,
    memoryLimit: 0,
    ...(traffic && { traffic }),
    isContainer: false,
  };
  const sum = (figure: (group: Group) => number) => [...own, sandbox].reduce((total, group) => total + figure(group), 0);
  const whole: Group = {
    labels: labelsOf({ ...about, id: slice }),
    memoryBytes: sum(({ memoryBytes }) => memoryBytes),
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    startedAt,
    processes: sum(({ processes }) => processes),
    cpuLimit: own.every(({ cpuLimit }) => cpuLimit > 0) ? sum(({ cpuLimit }) => cpuLimit) : 0,
    cpuRequest: sum(({ cpuRequest }) => cpuRequest),
    memoryLimit: own.every(({ memoryLimit }) => memoryLimit > 0) ? sum(({ memoryLimit }) => memoryLimit) : 0,
    isContainer: false,
  };
  return [whole, sandbox, ...own];
}

const limitsOf = ({ limits, requests }: ContainerStats) => ({
  cpuLimit: limits["cpu"] === undefined ? 0 : milliValue(limits["cpu"]),
  cpuRequest: requests["cpu"] === undefined ? 2 : milliValue(requests["cpu"]),
  memoryLimit: limits["memory"] === undefined ? 0 : wholeValue(limits["memory"]),
});

/** Every series has all of these labels. */
const labelsOf = (own: Record<string, string>): Labels => ({
  container: "",
  id: "",
  image: "",
  name: "",
  namespace: "",
  pod: "",
  ...own,
});

const sorted = (labels: Labels): Labels => Object.fromEntries(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** The group of a pod, as the systemd driver of a kind node names it. */
function sliceOf(qosClass: string, uid: string): string {
  const root = "/kubelet.slice/kubelet-kubepods.slice";
  const pod = `pod${uid.replaceAll("-", "_")}.slice`;
  if (qosClass === "Guaranteed") return `${root}/kubelet-kubepods-${pod}`;
  const qos = qosClass.toLowerCase();
  return `${root}/kubelet-kubepods-${qos}.slice/kubelet-kubepods-${qos}-${pod}`;
}

const scope = (slice: string, id: string): string => `${slice}/cri-containerd-${id}.scope`;

const micro = (seconds: number): number => Math.round(seconds * 1e6) / 1e6;

function machineFamilies({ node }: NodeFigures): Family[] {
  const info = node()?.status?.nodeInfo;
  const labels = { boot_id: info?.bootID ?? "", machine_id: info?.machineID ?? "", system_uuid: info?.systemUUID ?? "" };
  const gauge = (name: string, help: string, value: number, own: Labels = labels): Family => ({
    name,
    type: "gauge",
    help,
    samples: [{ labels: own, value }],
  });
  const version = {
    cadvisorRevision: "",
    cadvisorVersion: "",
    dockerVersion: "",
    kernelVersion: MACHINE.kernel,
    osVersion: MACHINE.osImage,
  };
  return [
    gauge("machine_cpu_cores", "Number of logical CPU cores.", MACHINE.cpus),
    gauge("machine_cpu_physical_cores", "Number of physical CPU cores.", MACHINE.cpus / 2),
    gauge("machine_cpu_sockets", "Number of CPU sockets.", 1),
    gauge("machine_memory_bytes", "Amount of memory installed on the machine.", MACHINE.memory * KIB),
    gauge("machine_swap_bytes", "Amount of swap memory available on the machine.", 0),
    {
      name: "machine_scrape_error",
      type: "gauge",
      help: "1 if there was an error while getting machine metrics, 0 otherwise.",
      samples: [{ value: 0 }],
    },
    {
      name: "cadvisor_version_info",
      type: "gauge",
      help: "A metric with a constant '1' value labeled by kernel version, OS version, docker version, cadvisor version & cadvisor revision.",
      samples: [{ labels: version, value: 1 }],
    },
  ];
}
