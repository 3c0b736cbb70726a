import { DEFAULT_COLLECTORS, OTHER_COLLECTORS } from "./collectors.ts";

/** A command line that node_exporter refuses; the message is what stands behind `node_exporter: error: `. */
export class FlagFault extends Error {}

export interface Options {
  collectors: readonly string[];
  address: string;
  metricsPath: string;
  exporterMetrics: boolean;
  format: "logfmt" | "json";
  level: string;
  version: boolean;
  help: boolean;
  /** Patterns that are logged when the collector that reads them starts. */
  patterns: Readonly<Record<string, string>>;
}

/** Flags that take a value, behind `--collector.` where they have no other beginning. */
const VALUES = new Set(
  `arp.device-include arp.device-exclude cpu.info.flags-include cpu.info.bugs-include diskstats.device-exclude diskstats.device-include
diskstats.ignored-devices ethtool.device-include ethtool.device-exclude ethtool.metrics-include filesystem.mount-points-exclude
filesystem.mount-points-include filesystem.fs-types-exclude filesystem.fs-types-include filesystem.ignored-mount-points
filesystem.ignored-fs-types filesystem.mount-timeout hwmon.chip-include hwmon.chip-exclude hwmon.sensor-include hwmon.sensor-exclude
interrupts.name-include interrupts.name-exclude ipvs.backend-labels netclass.ignored-devices netdev.device-include netdev.device-exclude
netdev.device-blacklist netdev.device-whitelist netstat.fields ntp.server ntp.server-port ntp.protocol-version ntp.ip-ttl ntp.max-distance
ntp.local-offset-tolerance pcidevice.idsfile perf.cpus perf.tracepoint perf.hardware-profilers perf.software-profilers
perf.cache-profilers powersupply.ignored-supplies qdisc.fixtures qdisc.device-include qdisc.device-exclude runit.servicedir
slabinfo.slabs-include slabinfo.slabs-exclude supervisord.url sysctl.include sysctl.include-info systemd.unit-include
systemd.unit-exclude tapestats.ignored-devices textfile.directory vmstat.fields wifi.fixtures`
    .split(/\s+/)
    .map((name) => `collector.${name}`)
    .concat(
      "path.procfs path.sysfs path.rootfs path.udev.data web.telemetry-path web.max-requests runtime.gomaxprocs web.listen-address web.config.file log.level log.format".split(
        " ",
      ),
    ),
);

const SWITCHES = new Set([
  ...[...DEFAULT_COLLECTORS, ...OTHER_COLLECTORS].map((name) => `collector.${name}`),
  ..."arp.netlink bcache.priority cpu.guest cpu.info interrupts.include-zeros netclass.ignore-invalid-speed netclass.netlink netclass_rtnl.with-stats netdev.address-info netdev.enable-detailed-metrics netdev.netlink netdev.label-ifalias ntp.server-is-local pcidevice.names perf.disable-hardware-profilers perf.disable-software-profilers perf.disable-cache-profilers rapl.enable-zone-label stat.softirq systemd.enable-task-metrics systemd.enable-restarts-metrics systemd.enable-start-time-metrics disable-defaults"
    .split(" ")
    .map((name) => `collector.${name}`),
  "web.disable-exporter-metrics",
  "web.systemd-socket",
  "version",
  "help",
]);

const PATTERNS = {
  "collector.diskstats.device-exclude": String.raw`^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$`,
  "collector.filesystem.mount-points-exclude":
    "^/(dev|proc|run|sys|mnt|media|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)",
  "collector.filesystem.fs-types-exclude":
    "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|erofs|sysfs|tracefs)$",
};

/** Reads the flags as kingpin does: `--name value`, `--name=value`, `--no-switch`. Throws a FlagFault. */
export function parseFlags(args: readonly string[]): Options {
  const values: Record<string, string> = {};
  const switches = new Map<string, boolean>();
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, written, given] = /^--([^=]+)(?:=(.*))?$/s.exec(arg === "-h" ? "--help" : arg) ?? [];
    if (written === undefined) throw new FlagFault(`unexpected ${arg}, try --help`);
    const name = SWITCHES.has(written) ? written : written.replace(/^no-/, "");
    if (SWITCHES.has(name)) switches.set(name, name === written && given !== "false");
    else if (!VALUES.has(written)) throw new FlagFault(`unknown long flag '--${written}', try --help`);
    else {
      const value = given ?? rest.shift();
      if (value === undefined) throw new FlagFault(`expected argument for flag '--${written}', try --help`);
      values[written] = value;
    }
  }
  const level = values["log.level"] ?? "info";
  const format = values["log.format"] ?? "logfmt";
  if (!["debug", "info", "warn", "error"].includes(level)) throw new FlagFault(`unrecognized log level ${level}, try --help`);
  if (format !== "logfmt" && format !== "json") throw new FlagFault(`unrecognized log format ${format}, try --help`);
  const byDefault = switches.get("collector.disable-defaults") ? [] : DEFAULT_COLLECTORS;
  return {
    collectors: [...DEFAULT_COLLECTORS, ...OTHER_COLLECTORS]
      .filter((name) => switches.get(`collector.${name}`) ?? byDefault.includes(name))
      .toSorted(),
    address: values["web.listen-address"] ?? ":9100",
    metricsPath: values["web.telemetry-path"] ?? "/metrics",
    exporterMetrics: !switches.get("web.disable-exporter-metrics"),
    format,
    level,
    version: switches.get("version") ?? false,
    help: switches.get("help") ?? false,
    patterns: Object.fromEntries(Object.entries(PATTERNS).map(([name, pattern]) => [name, values[name] ?? pattern])),
  };
}
