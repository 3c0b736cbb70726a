import type { Family, Sample } from "../../metrics/exposition.ts";
import { MACHINE } from "../../runtime/machine.ts";
import { FAMILIES } from "./families.ts";
import { FIGURES, type NodeFacts } from "./figures.ts";

/** Enabled unless a flag says otherwise, on Linux. */
export const DEFAULT_COLLECTORS: readonly string[] =
  "arp bcache bcachefs bonding btrfs conntrack cpu cpufreq diskstats dmi edac entropy fibrechannel filefd filesystem hwmon infiniband ipvs kernel_hung loadavg mdadm meminfo netclass netdev netstat nfs nfsd nvme os powersupplyclass pressure rapl schedstat selinux sockstat softnet stat tapestats textfile thermal_zone time timex udp_queues uname vmstat watchdog xfs zfs".split(
    " ",
  );

/** Those a flag may enable. */
export const OTHER_COLLECTORS: readonly string[] =
  "buddyinfo cgroups drbd drm ethtool interrupts ksmd lnstat logind meminfo_numa mountstats network_route ntp pcidevice perf processes qdisc runit slabinfo softirqs supervisord swap sysctl systemd tcpstat wifi xfrm zoneinfo".split(
    " ",
  );

/** What they look for is not on such a machine. */
const WITHOUT_DATA = new Set(
  "bcachefs bonding dmi fibrechannel hwmon infiniband ipvs mdadm nfs nfsd nvme rapl schedstat systemd tapestats zfs".split(" "),
);

/** What the collectors find now, and how each of them fared. */
export function collect(collectors: readonly string[], facts: NodeFacts): Family[] {
  const found = collectors.flatMap((name) => (families().get(name) ?? []).map((family) => filled(family, facts)));
  const each = (figure: (name: string) => number): Sample[] =>
    collectors.map((collector) => ({ labels: { collector }, value: figure(collector) }));
  return [
    ...found,
    {
      name: "node_scrape_collector_duration_seconds",
      type: "gauge",
      help: "node_exporter: Duration of a collector scrape.",
      samples: each(duration),
    },
    {
      name: "node_scrape_collector_success",
      type: "gauge",
      help: "node_exporter: Whether a collector succeeded.",
      samples: each((name) => (WITHOUT_DATA.has(name) || OTHER_COLLECTORS.includes(name) ? 0 : 1)),
    },
  ];
}

type Empty = Omit<Family, "samples"> & { value: string };

let table: Map<string, Empty[]> | undefined;

function families(): Map<string, Empty[]> {
  if (table) return table;
  table = new Map();
  let own: Empty[] = [];
  for (const line of FAMILIES.trim().split("\n")) {
    const collector = /^\[(.+)\]$/.exec(line)?.[1];
    if (collector) table.set(collector, (own = []));
    else {
      const [, name, type, value, help] = /^(\S+) (\S+) (\S+) (.*)$/.exec(line) as unknown as [
        string,
        string,
        Family["type"],
        string,
        string,
      ];
      own.push({ name, type, value, help });
    }
  }
  return table;
}

function filled({ value, ...family }: Empty, facts: NodeFacts): Family {
  if (value !== "*") return { ...family, samples: constant(family.name, value) };
  const figure = FIGURES[family.name]!(facts);
  return { ...family, samples: typeof figure === "number" ? [{ value: figure }] : figure };
}

/** The same for every device, mount or CPU that a family of this name is about. */
function constant(name: string, value: string): Sample[] {
  const [first = "", second = first] = value.split("/");
  if (name.startsWith("node_network_")) {
    return [
      { labels: { device: "eth0" }, value: Number(second) },
      ...(first === "-" ? [] : [{ labels: { device: "lo" }, value: Number(first) }]),
    ];
  }
  if (name.startsWith("node_disk_")) return [{ labels: { device: "vda" }, value: Number(value) }];
  if (name.startsWith("node_filesystem_")) {
    return ["/", "/var"].map((mountpoint) => ({
      labels: { device: "/dev/vda1", device_error: "", fstype: "ext4", mountpoint },
      value: Number(value),
    }));
  }
  if (name.startsWith("node_softnet_"))
    return Array.from({ length: MACHINE.cpus }, (_, index) => ({ labels: { cpu: String(index) }, value: Number(value) }));
  return [{ value: Number(value) }];
}

/** Seconds; the longer the more there is to read. */
const duration = (name: string): number => ((families().get(name)?.length ?? 0) * 41 + name.length * 2) / 1e6;
