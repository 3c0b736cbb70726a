import type { ScrapeConfig } from "../config/config.ts";
import { keepLabels, labelsOf, withLabels, type Labels } from "../labels.ts";
import { durationText, parseDuration } from "../promql/literals.ts";
import { relabel } from "../relabel.ts";

/** Targets found together, and the labels they share. */
export interface TargetGroup {
  source: string;
  labels: Readonly<Record<string, string>>;
  targets: readonly Readonly<Record<string, string>>[];
}

/** What scrape_configs make of a target that was found. */
export interface FoundTarget {
  discoveredLabels: Labels;
  /** After relabeling, without meta labels. None: a rule drops it. */
  labels?: Labels;
}

/** The targets of a group (scrape/target.go, PopulateLabels). Faults are told to `onFault`, and their target is left out. */
export function populate(group: TargetGroup, config: ScrapeConfig, onFault: (message: string) => void): FoundTarget[] {
  return group.targets.flatMap((own, index): FoundTarget[] => {
    const defaults = {
      job: config.job_name,
      __scrape_interval__: durationText(config.scrape_interval),
      __scrape_timeout__: durationText(config.scrape_timeout),
      __metrics_path__: config.metrics_path,
      __scheme__: config.scheme,
      ...Object.fromEntries(Object.entries(config.params).map(([name, values]) => [`__param_${name}`, values[0] ?? ""])),
    };
    const found = { ...group.labels, ...own } as Record<string, string>;
    const missing = Object.entries(defaults).filter(([name]) => !found[name]);
    const discoveredLabels = labelsOf([...Object.entries(found), ...missing]);
    const kept = relabel(discoveredLabels, config.relabel);
    if (!kept) return [{ discoveredLabels }];
    const fault = faultOf(kept);
    if (fault) {
      onFault(`instance ${index} in group ${group.source}: ${fault}`);
      return [];
    }
    const labels = keepLabels(kept, (name) => !name.startsWith("__meta_"));
    return [
      { discoveredLabels, labels: labels["instance"] ? labels : withLabels(labels, [["instance", labels["__address__"]!]]) },
    ];
  });
}

function faultOf(labels: Labels): string | undefined {
  const address = labels["__address__"] ?? "";
  if (address === "") return "no address";
  if (address.includes("/")) return `${JSON.stringify(address)} is not a valid hostname`;
  const [interval = "", timeout = ""] = [labels["__scrape_interval__"], labels["__scrape_timeout__"]];
  for (const [name, text] of [
    ["interval", interval],
    ["timeout", timeout],
  ] as const) {
    const duration = parseDuration(text);
    if (duration === undefined) return `error parsing scrape ${name}: not a valid duration string: ${JSON.stringify(text)}`;
    if (duration === 0) return `scrape ${name} cannot be 0`;
  }
  if (parseDuration(timeout)! > parseDuration(interval)!)
    return `scrape timeout cannot be greater than scrape interval (${JSON.stringify(timeout)} > ${JSON.stringify(interval)})`;
  return undefined;
}

/** Where a target's metrics are, the port written out as it was found. */
export function targetUrl(labels: Labels, params: ScrapeConfig["params"]): string {
  const all = new Map(Object.entries(params).map(([name, values]) => [name, [...values]]));
  for (const [label, value] of Object.entries(labels)) {
    if (!label.startsWith("__param_")) continue;
    const name = label.slice("__param_".length);
    all.set(name, [value, ...(all.get(name)?.slice(1) ?? [])]);
  }
  const query = [...all]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, values]) => values.map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`))
    .join("&");
  return `${labels["__scheme__"]}://${labels["__address__"]}${labels["__metrics_path__"]}${query && `?${query}`}`;
}

/** What a target's series carry. */
export const publicLabels = (labels: Labels): Labels => keepLabels(labels, (name) => !name.startsWith("__"));
