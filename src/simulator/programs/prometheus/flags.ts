import { parseDuration } from "./promql/literals.ts";

/** A command line that Prometheus refuses: what it prints, and its exit code. */
export class FlagFault extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Flags with a value, and their defaults, as /api/v1/status/flags shows them (cmd/prometheus/main.go). */
const VALUES: Readonly<Record<string, string>> = {
  "alertmanager.notification-batch-size": "256",
  "alertmanager.notification-queue-capacity": "10000",
  "auto-gomemlimit.ratio": "0.9",
  "config.auto-reload-interval": "30s",
  "config.file": "prometheus.yml",
  "enable-feature": "",
  "log.format": "logfmt",
  "log.level": "info",
  "query.lookback-delta": "5m",
  "query.max-concurrency": "20",
  "query.max-samples": "50000000",
  "query.timeout": "2m",
  "rules.alert.for-grace-period": "10m",
  "rules.alert.for-outage-tolerance": "1h",
  "rules.alert.resend-delay": "1m",
  "rules.max-concurrent-evals": "4",
  "scrape.discovery-reload-interval": "5s",
  "scrape.timestamp-tolerance": "2ms",
  "storage.agent.path": "data-agent/",
  "storage.agent.retention.max-time": "0s",
  "storage.agent.retention.min-time": "0s",
  "storage.remote.flush-deadline": "1m",
  "storage.remote.read-concurrent-limit": "10",
  "storage.remote.read-max-bytes-in-frame": "1048576",
  "storage.remote.read-sample-limit": "50000000",
  "storage.tsdb.head-chunks-write-queue-size": "0",
  "storage.tsdb.max-block-duration": "1d12h",
  "storage.tsdb.min-block-duration": "2h",
  "storage.tsdb.path": "data/",
  "storage.tsdb.retention.size": "0B",
  "storage.tsdb.retention.time": "15d",
  "storage.tsdb.wal-compression-type": "snappy",
  "storage.tsdb.wal-segment-size": "0B",
  "web.config.file": "",
  "web.console.libraries": "console_libraries",
  "web.console.templates": "consoles",
  "web.cors.origin": ".*",
  "web.external-url": "",
  "web.listen-address": "0.0.0.0:9090",
  "web.max-connections": "512",
  "web.max-notifications-subscribers": "16",
  "web.page-title": "Prometheus Time Series Collection and Processing Server",
  "web.read-timeout": "5m",
  "web.route-prefix": "/",
  "web.user-assets": "",
};

const SWITCHES: Readonly<Record<string, string>> = {
  agent: "false",
  "alertmanager.drain-notification-queue-on-shutdown": "true",
  "auto-gomaxprocs": "true",
  "auto-gomemlimit": "true",
  "scrape.adjust-timestamps": "true",
  "storage.agent.no-lockfile": "false",
  "storage.agent.wal-compression": "true",
  "storage.tsdb.allow-overlapping-compaction": "true",
  "storage.tsdb.no-lockfile": "false",
  "storage.tsdb.wal-compression": "true",
  "web.enable-admin-api": "false",
  "web.enable-lifecycle": "false",
  "web.enable-remote-write-receiver": "false",
};

/** Flags a real Prometheus does something with, and this one cannot. */
const UNMODELLED = [
  "agent",
  "enable-feature",
  "web.config.file",
  "web.route-prefix",
  "web.external-url",
  "web.enable-admin-api",
  "web.enable-remote-write-receiver",
];

const DURATIONS = Object.entries(VALUES).flatMap(([name, value]) => (/^\d+[smdh]/.test(value) ? [name] : []));

/** Every flag by name, with the value given or its default. Reads as kingpin does. Throws a FlagFault. */
export function parseFlags(args: readonly string[]): Readonly<Record<string, string>> {
  const flags: Record<string, string> = { ...VALUES, ...SWITCHES };
  const refuse = (message: string, exitCode: number): never => {
    const tail = exitCode === 1 ? `prometheus: error: ${message}\n` : USAGE;
    throw new FlagFault(`Error parsing command line arguments: ${message}\n${tail}`, exitCode);
  };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, written, given] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    if (written === undefined) return refuse(`unexpected ${arg}`, 1);
    const positive = written.replace(/^no-/, "");
    if (positive in SWITCHES) flags[positive] = String(positive === written && given !== "false");
    else if (!(written in VALUES)) refuse(`unknown long flag '--${written}'`, 1);
    else {
      const value = given ?? rest.shift();
      if (value === undefined) refuse(`expected argument for flag '--${written}'`, 1);
      else flags[written] = value;
    }
  }
  if (!/^(debug|info|warn|error)$/.test(flags["log.level"]!)) refuse(`unrecognized log level ${flags["log.level"]}`, 2);
  if (!/^(logfmt|json)$/.test(flags["log.format"]!)) refuse(`unrecognized log format ${flags["log.format"]}`, 2);
  for (const name of DURATIONS) {
    if (parseDuration(flags[name]!) === undefined) refuse(`not a valid duration string: ${JSON.stringify(flags[name])}`, 2);
  }
  const unmodelled = UNMODELLED.find((name) => flags[name] !== (VALUES[name] ?? SWITCHES[name]));
  if (unmodelled) throw new FlagFault(`the practice cluster's Prometheus does not do --${unmodelled}\n`, 2);
  return flags;
}

const USAGE = "usage: prometheus [<flags>]\n\nThe Prometheus monitoring server\n\n";
