import { parseGoFlags } from "../go.ts";
import { allKinds, defaultKinds } from "./kinds/index.ts";
import type { AllowList, Kind } from "./kinds/kind.ts";

/** A command line that kube-state-metrics refuses. */
export class OptionFault extends Error {}

export interface Options {
  kinds: readonly Kind[];
  /** False: some were named. */
  byDefault: boolean;
  /** Empty: all. */
  namespaces: readonly string[];
  port: number;
  telemetryPort: number;
  labels: AllowList;
  annotations: AllowList;
  /** Whether a family is told. */
  wants(family: string): boolean;
  denylist: string;
}

const KNOWN = new Set(
  "annotations apiserver auth-filter auto-gomemlimit auto-gomemlimit-ratio config continue-without-config custom-resource-state-config custom-resource-state-config-file custom-resource-state-only enable-gzip-encoding help host kubeconfig metric-allowlist metric-annotations-allowlist metric-denylist metric-labels-allowlist metric-opt-in-list namespaces namespaces-denylist node object-limit pod pod-namespace port resources server-idle-timeout server-read-header-timeout server-read-timeout server-write-timeout shard telemetry-host telemetry-port tls-config total-shards track-unscheduled-pods use-apiserver-cache v version".split(
    " ",
  ),
);

/** Reads the flags. Throws an OptionFault. */
export function parseOptions(args: readonly string[]): Options {
  const switches = [
    "auth-filter",
    "auto-gomemlimit",
    "custom-resource-state-only",
    "enable-gzip-encoding",
    "help",
    "track-unscheduled-pods",
    "use-apiserver-cache",
  ];
  const { flags } = parseGoFlags(args, { switches, short: { v: "v", h: "help" } });
  const unknown = Object.keys(flags).find((name) => !KNOWN.has(name));
  if (unknown !== undefined) throw new OptionFault(`unknown flag: --${unknown}`);
  const names = list(flags["resources"]);
  const missing = names.find((name) => !allKinds.some(({ resource }) => resource === name));
  if (missing !== undefined) throw new OptionFault(`resource ${missing} does not exist`);
  const [allow, deny] = [list(flags["metric-allowlist"]), list(flags["metric-denylist"])].map(patterns) as [RegExp[], RegExp[]];
  return {
    kinds: names.length > 0 ? allKinds.filter(({ resource }) => names.includes(resource)) : defaultKinds,
    byDefault: names.length === 0,
    namespaces: list(flags["namespaces"]),
    port: Number(flags["port"] ?? 8080),
    telemetryPort: Number(flags["telemetry-port"] ?? 8081),
    labels: allowList(flags["metric-labels-allowlist"]),
    annotations: allowList(flags["metric-annotations-allowlist"]),
    wants: (family) => (allow.length > 0 ? allow.some((one) => one.test(family)) : !deny.some((one) => one.test(family))),
    denylist: list(flags["metric-denylist"]).join(", "),
  };
}

const list = (text = ""): string[] => text.split(",").flatMap((part) => part.trim() || []);

const patterns = (texts: readonly string[]): RegExp[] => texts.map((text) => new RegExp(text));

/** `pods=[app,tier],nodes=[*]` */
function allowList(text = ""): AllowList {
  return Object.fromEntries([...text.matchAll(/([\w*]+)=\[([^\]]*)\]/g)].map(([, resource, names]) => [resource!, list(names)]));
}
