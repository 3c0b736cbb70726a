import type { Sample } from "../../metrics/exposition.ts";
import { MACHINE } from "../../runtime/machine.ts";
import type { MachineFigures } from "../program.ts";

/** What the figures are worked out from. */
export interface NodeFacts {
  machine: MachineFigures;
  /** `uname -n`: the node's name, or the pod's where it has a network of its own. */
  hostname: string;
  /** Milliseconds since the epoch. */
  now: number;
}

type Figure = (facts: NodeFacts) => number | readonly Sample[];

const PAGE = 4096;
const KIB = 1024;
const TOTAL = MACHINE.memory * KIB;
const SLAB = 260_046_848;
const DISK = MACHINE.disk * KIB;
const DISK_USED = 9_663_676_416;

/** How the time in which a CPU is not idle is divided. */
const BUSY_MODES: Readonly<Record<string, number>> = {
  iowait: 0.02,
  irq: 0,
  nice: 0.01,
  softirq: 0.03,
  steal: 0,
  system: 0.3,
  user: 0.64,
};

/** What a node's own traffic is without its pods: heartbeats, watches; bytes a second. */
const HEARTBEATS = { received: 820, sent: 1_140, loopback: 310 };

const uptime = ({ machine, now }: NodeFacts): number => (now - machine.bootedAt) / 1000;
const pages = (bytes: number): number => Math.floor(bytes / PAGE) * PAGE;
const hundredths = (value: number): number => Math.round(value * 100) / 100;
const per =
  (rate: number, start = 0): Figure =>
  (facts) =>
    Math.floor(start + rate * uptime(facts));
const perCPU =
  (rate: number): Figure =>
  ({ machine }) =>
    Math.floor(machine.cpuSeconds() * rate);

/** What each CPU has of the work: nearly the same, and always the same on one node. */
function cpuShares(nodeName: string): number[] {
  let hash = 2_166_136_261;
  for (const letter of nodeName) hash = Math.imul(hash ^ letter.charCodeAt(0), 16_777_619) >>> 0;
  const weights = Array.from({ length: MACHINE.cpus }, (_, index) => 1 + ((hash >>> (index * 6)) % 64) / 400);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

const cpuSeconds: Figure = (facts) => {
  const busy = facts.machine.cpuSeconds();
  return cpuShares(facts.machine.nodeName).flatMap((share, index) => {
    const own = Math.min(busy * share, uptime(facts));
    const modes: Record<string, number> = { idle: uptime(facts) - own };
    for (const [mode, part] of Object.entries(BUSY_MODES)) modes[mode] = own * part;
    return Object.entries(modes).map(([mode, value]) => ({ labels: { cpu: String(index), mode }, value: hundredths(value) }));
  });
};

const guestSeconds: Figure = () =>
  Array.from({ length: MACHINE.cpus }, (_, index) => String(index)).flatMap((cpu) =>
    ["nice", "user"].map((mode) => ({ labels: { cpu, mode }, value: 0 })),
  );

const anonymous = ({ machine }: NodeFacts): number => pages(machine.memoryBytes() * 0.94);
const buffers = (facts: NodeFacts): number => pages(88_080_384 + Math.min(uptime(facts), 86_400) * 120);
/** The page cache grows for hours after a start. */
const cached = (facts: NodeFacts): number => pages(TOTAL * (0.14 + 0.08 * (1 - Math.exp(-uptime(facts) / 7200))));
const free = (facts: NodeFacts): number =>
  pages(Math.max(TOTAL * 0.015, TOTAL - facts.machine.memoryBytes() - buffers(facts) - cached(facts) - SLAB));
const available = (facts: NodeFacts): number => pages(free(facts) + 0.86 * cached(facts) + buffers(facts));

const received = (facts: NodeFacts): number =>
  Math.floor(facts.machine.traffic().receivedBytes + HEARTBEATS.received * uptime(facts));
const sent = (facts: NodeFacts): number => Math.floor(facts.machine.traffic().sentBytes + HEARTBEATS.sent * uptime(facts));
const packets = (count: number, facts: NodeFacts): number => Math.floor(count + 4.2 * uptime(facts));
const loopback = (facts: NodeFacts): number => Math.floor(HEARTBEATS.loopback * uptime(facts));

const devices =
  (lo: (facts: NodeFacts) => number, eth0: (facts: NodeFacts) => number): Figure =>
  (facts) => [
    { labels: { device: "eth0" }, value: eth0(facts) },
    { labels: { device: "lo" }, value: lo(facts) },
  ];

const written = (facts: NodeFacts): number =>
  Math.floor(41_943_040 + uptime(facts) * 24_576 + facts.machine.cpuSeconds() * 8_192);
const read = (facts: NodeFacts): number => Math.floor(734_003_200 + facts.machine.processes().started * 262_144);
const disk =
  (figure: (facts: NodeFacts) => number): Figure =>
  (facts) => [{ labels: { device: "vda" }, value: figure(facts) }];

const MOUNTS = ["/", "/var"];
const mounts =
  (figure: (facts: NodeFacts) => number): Figure =>
  (facts) =>
    MOUNTS.map((mountpoint) => ({
      labels: { device: "/dev/vda1", device_error: "", fstype: "ext4", mountpoint },
      value: figure(facts),
    }));
const diskFree = (facts: NodeFacts): number => pages(DISK - DISK_USED - uptime(facts) * 512);

const OS = {
  build_id: "",
  id: "debian",
  id_like: "",
  image_id: "",
  image_version: "",
  name: "Debian GNU/Linux",
  pretty_name: MACHINE.osImage,
  variant: "",
  variant_id: "",
  version: "12 (bookworm)",
  version_codename: "bookworm",
  version_id: "12",
};

const one =
  (labels: Record<string, string>, value = 1): Figure =>
  () => [{ labels, value }];

/** Figures that differ from node to node, or grow. */
export const FIGURES: Readonly<Record<string, Figure>> = {
  node_arp_entries: ({ machine }) => [{ labels: { device: "eth0" }, value: 2 + (machine.nodeName.length % 4) }],
  node_boot_time_seconds: ({ machine }) => Math.floor(machine.bootedAt / 1000),
  node_context_switches_total: (facts) => Math.floor(uptime(facts) * 1_900 + facts.machine.cpuSeconds() * 4_100),
  node_cpu_seconds_total: cpuSeconds,
  node_cpu_guest_seconds_total: guestSeconds,
  node_disk_info: one({
    device: "vda",
    major: "254",
    minor: "0",
    model: "",
    path: "",
    revision: "",
    rotational: "0",
    serial: "",
    wwn: "",
  }),
  node_disk_read_bytes_total: disk((facts) => pages(read(facts))),
  node_disk_reads_completed_total: disk((facts) => Math.floor(read(facts) / 24_000)),
  node_disk_reads_merged_total: disk((facts) => Math.floor(read(facts) / 150_000)),
  node_disk_read_time_seconds_total: disk((facts) => hundredths(read(facts) / 9e7)),
  node_disk_written_bytes_total: disk((facts) => pages(written(facts))),
  node_disk_writes_completed_total: disk((facts) => Math.floor(written(facts) / 12_000)),
  node_disk_writes_merged_total: disk((facts) => Math.floor(written(facts) / 16_000)),
  node_disk_write_time_seconds_total: disk((facts) => hundredths(written(facts) / 4e7)),
  node_disk_io_time_seconds_total: disk((facts) => hundredths(read(facts) / 2e8 + written(facts) / 9e7)),
  node_disk_io_time_weighted_seconds_total: disk((facts) => hundredths(read(facts) / 9e7 + written(facts) / 4e7)),
  node_filefd_allocated: ({ machine }) => 900 + machine.processes().running * 12,
  node_filesystem_avail_bytes: mounts((facts) => pages(diskFree(facts) - DISK * 0.05)),
  node_filesystem_free_bytes: mounts(diskFree),
  node_filesystem_size_bytes: mounts(() => DISK),
  node_filesystem_files_free: mounts((facts) => 3_641_902 - facts.machine.processes().started * 3),
  node_filesystem_mount_info: () =>
    MOUNTS.map((mountpoint) => ({ labels: { device: "/dev/vda1", major: "254", minor: "1", mountpoint }, value: 1 })),
  node_forks_total: (facts) => Math.floor(facts.machine.processes().started + uptime(facts) * 1.3),
  node_intr_total: (facts) => Math.floor(uptime(facts) * 1_050 + facts.machine.cpuSeconds() * 900),
  node_load1: ({ machine }) => hundredths(machine.loadAverages()[0]),
  node_load5: ({ machine }) => hundredths(machine.loadAverages()[1]),
  node_load15: ({ machine }) => hundredths(machine.loadAverages()[2]),
  node_memory_Active_anon_bytes: (facts) => pages(anonymous(facts) * 0.02),
  node_memory_Active_file_bytes: (facts) => pages(cached(facts) * 0.38),
  node_memory_Active_bytes: (facts) => pages(anonymous(facts) * 0.02) + pages(cached(facts) * 0.38),
  node_memory_Inactive_anon_bytes: (facts) => pages(anonymous(facts) * 0.98),
  node_memory_Inactive_file_bytes: (facts) => pages(cached(facts) * 0.6),
  node_memory_Inactive_bytes: (facts) => pages(anonymous(facts) * 0.98) + pages(cached(facts) * 0.6),
  node_memory_AnonPages_bytes: anonymous,
  node_memory_Buffers_bytes: buffers,
  node_memory_Cached_bytes: cached,
  node_memory_CommitLimit_bytes: () => pages(TOTAL / 2),
  node_memory_Committed_AS_bytes: ({ machine }) => pages(machine.memoryBytes() * 3.1),
  node_memory_KernelStack_bytes: ({ machine }) => machine.processes().running * 65_536,
  node_memory_MemAvailable_bytes: available,
  node_memory_MemFree_bytes: free,
  node_memory_MemTotal_bytes: () => TOTAL,
  node_memory_PageTables_bytes: ({ machine }) => pages(machine.memoryBytes() * 0.012),
  node_memory_Slab_bytes: () => SLAB,
  node_netstat_IpExt_InOctets: (facts) => received(facts) + loopback(facts),
  node_netstat_IpExt_OutOctets: (facts) => sent(facts) + loopback(facts),
  node_netstat_Tcp_ActiveOpens: per(0.4, 120),
  node_netstat_Tcp_PassiveOpens: per(0.35, 90),
  node_netstat_Tcp_InSegs: (facts) => packets(facts.machine.traffic().receivedPackets, facts),
  node_netstat_Tcp_OutSegs: (facts) => packets(facts.machine.traffic().sentPackets, facts),
  node_netstat_Udp_InDatagrams: per(0.2, 40),
  node_netstat_Udp_OutDatagrams: per(0.2, 44),
  node_network_info: () => [
    { labels: address("eth0", "up", "full"), value: 1 },
    { labels: { ...address("lo", "unknown", ""), address: "00:00:00:00:00:00", broadcast: "00:00:00:00:00:00" }, value: 1 },
  ],
  node_network_receive_bytes_total: devices(loopback, received),
  node_network_receive_packets_total: devices(
    (facts) => Math.floor(loopback(facts) / 400),
    (facts) => packets(facts.machine.traffic().receivedPackets, facts),
  ),
  node_network_transmit_bytes_total: devices(loopback, sent),
  node_network_transmit_packets_total: devices(
    (facts) => Math.floor(loopback(facts) / 400),
    (facts) => packets(facts.machine.traffic().sentPackets, facts),
  ),
  node_os_info: one(OS),
  node_os_version: one({ id: "debian", id_like: "", name: "Debian GNU/Linux" }, 12),
  node_pressure_cpu_waiting_seconds_total: ({ machine }) => Math.round(machine.cpuSeconds() * 21_000) / 1e6,
  node_pressure_io_waiting_seconds_total: (facts) => Math.round(written(facts) / 40) / 1e6,
  node_pressure_io_stalled_seconds_total: (facts) => Math.round(written(facts) / 70) / 1e6,
  node_procs_running: ({ machine }) => 1 + Math.round(machine.loadAverages()[0]),
  node_softnet_processed_total: (facts) =>
    cpuShares(facts.machine.nodeName).map((share, index) => ({
      labels: { cpu: String(index) },
      value: Math.floor(packets(facts.machine.traffic().receivedPackets, facts) * share),
    })),
  node_time_seconds: ({ now }) => now / 1000,
  node_time_clocksource_available_info: () =>
    ["tsc", "acpi_pm"].map((clocksource) => ({ labels: { clocksource, device: "0" }, value: 1 })),
  node_time_clocksource_current_info: one({ clocksource: "tsc", device: "0" }),
  node_time_zone_offset_seconds: one({ time_zone: "UTC" }, 0),
  node_udp_queues: () => ["v4", "v6"].flatMap((ip) => ["rx", "tx"].map((queue) => ({ labels: { ip, queue }, value: 0 }))),
  node_uname_info: ({ hostname }) => [
    {
      labels: {
        domainname: "(none)",
        machine: "x86_64",
        nodename: hostname,
        release: MACHINE.kernel,
        sysname: "Linux",
        version: "#1 SMP PREEMPT_DYNAMIC",
      },
      value: 1,
    },
  ],
  node_vmstat_pgfault: perCPU(31_000),
  node_vmstat_pgpgin: (facts) => Math.floor(read(facts) / KIB),
  node_vmstat_pgpgout: (facts) => Math.floor(written(facts) / KIB),
};

const address = (device: string, operstate: string, duplex: string) => ({
  address: "02:42:ac:12:00:02",
  adminstate: "up",
  broadcast: "ff:ff:ff:ff:ff:ff",
  device,
  duplex,
  ifalias: "",
  operstate,
});
