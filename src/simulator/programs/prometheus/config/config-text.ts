import { durationText } from "../promql/literals.ts";
import type { RelabelRule } from "../relabel.ts";
import type { HTTPClientConfig, KubernetesDiscovery, PrometheusConfig, ScrapeConfig } from "./config.ts";

/** A list that is printed in one line. */
class Flow {
  readonly items: readonly string[];

  constructor(items: readonly string[]) {
    this.items = items;
  }
}

const PROTOCOLS = ["OpenMetricsText1.0.0", "OpenMetricsText0.0.1", "PrometheusText1.0.0", "PrometheusText0.0.4"];
const SECRET = "<secret>";

/** A configuration as /api/v1/status/config prints it: all defaults filled in, secrets hidden. */
export function configText(config: PrometheusConfig): string {
  const { written } = config;
  const global = (written["global"] ?? {}) as Record<string, unknown>;
  return print({
    global: {
      scrape_interval: durationText(config.scrape_interval),
      scrape_timeout: durationText(config.scrape_timeout),
      scrape_protocols: global["scrape_protocols"] ?? PROTOCOLS,
      evaluation_interval: durationText(config.evaluation_interval),
      ...(Object.keys(config.external_labels).length > 0 && { external_labels: config.external_labels }),
    },
    runtime: { gogc: (written["runtime"] as { gogc?: number } | undefined)?.gogc ?? 75 },
    ...(config.rule_files.length > 0 && { rule_files: config.rule_files }),
    ...(config.scrapes.length > 0 && { scrape_configs: config.scrapes.map((scrape) => scrapeFields(scrape, global)) }),
    otlp: { translation_strategy: "UnderscoreEscapingWithSuffixes" },
  });
}

function scrapeFields(scrape: ScrapeConfig, global: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    job_name: scrape.job_name,
    ...(scrape.honor_labels && { honor_labels: true }),
    honor_timestamps: scrape.honor_timestamps,
    track_timestamps_staleness: false,
    ...(Object.keys(scrape.params).length > 0 && { params: scrape.params }),
    scrape_interval: durationText(scrape.scrape_interval),
    scrape_timeout: durationText(scrape.scrape_timeout),
    scrape_protocols: global["scrape_protocols"] ?? PROTOCOLS,
    ...(scrape.fallback_scrape_protocol && { fallback_scrape_protocol: scrape.fallback_scrape_protocol }),
    always_scrape_classic_histograms: false,
    convert_classic_histograms_to_nhcb: false,
    metrics_path: scrape.metrics_path,
    scheme: scrape.scheme,
    enable_compression: true,
    metric_name_validation_scheme: "utf8",
    metric_name_escaping_scheme: "allow-utf-8",
    ...clientFields(scrape),
    ...(scrape.relabel.length > 0 && { relabel_configs: scrape.relabel.map(relabelFields) }),
    ...(scrape.metricRelabel.length > 0 && { metric_relabel_configs: scrape.metricRelabel.map(relabelFields) }),
    ...(scrape.statics.length > 0 && {
      static_configs: scrape.statics.map(({ targets, labels }) => ({
        targets,
        ...(Object.keys(labels).length > 0 && { labels }),
      })),
    }),
    ...(scrape.kubernetes.length > 0 && { kubernetes_sd_configs: scrape.kubernetes.map(kubernetesFields) }),
  };
}

function clientFields({ authorization, basic_auth, tls_config, follow_redirects }: HTTPClientConfig): object {
  return {
    ...(basic_auth && { basic_auth: { ...basic_auth, ...(basic_auth.password && { password: SECRET }) } }),
    ...(authorization && {
      authorization: {
        type: authorization.type,
        ...(authorization.credentials && { credentials: SECRET }),
        ...(authorization.credentials_file && { credentials_file: authorization.credentials_file }),
      },
    }),
    ...(tls_config && {
      tls_config: {
        ...(tls_config.ca && { ca: tls_config.ca }),
        ...(tls_config.ca_file && { ca_file: tls_config.ca_file }),
        ...(tls_config.server_name && { server_name: tls_config.server_name }),
        insecure_skip_verify: tls_config.insecure_skip_verify ?? false,
      },
    }),
    follow_redirects,
    enable_http2: true,
  };
}

const relabelFields = (rule: RelabelRule) => ({
  ...(rule.source_labels.length > 0 && { source_labels: new Flow(rule.source_labels) }),
  separator: rule.separator,
  ...(rule.pattern !== "(.*)" || rule.source_labels.length > 0 ? { regex: rule.pattern } : {}),
  ...(rule.modulus > 0 && { modulus: rule.modulus }),
  ...(rule.target_label && { target_label: rule.target_label }),
  replacement: rule.replacement,
  action: rule.action,
});

const kubernetesFields = (one: KubernetesDiscovery) => ({
  ...(one.api_server && { api_server: one.api_server }),
  role: one.role,
  kubeconfig_file: "",
  ...clientFields(one),
  ...((one.namespaces.own_namespace || one.namespaces.names.length > 0) && {
    namespaces: { own_namespace: one.namespaces.own_namespace, names: one.namespaces.names },
  }),
  ...(one.selectors.length > 0 && { selectors: one.selectors }),
  ...(one.withNodes && { attach_metadata: { node: true } }),
});

/** YAML as Go's writer lays it out: lists as deep as their key. */
function print(value: object, indent = ""): string {
  return Object.entries(value)
    .map(([key, field]: [string, unknown]) => {
      if (field instanceof Flow) return `${indent}${key}: [${field.items.map(scalar).join(", ")}]\n`;
      if (Array.isArray(field))
        return `${indent}${key}:${field.length === 0 ? " []" : ""}\n${field.map((item) => printItem(item, indent)).join("")}`;
      if (typeof field === "object" && field !== null) return `${indent}${key}:\n${print(field, `${indent}  `)}`;
      return `${indent}${key}: ${scalar(field)}\n`;
    })
    .join("");
}

const printItem = (item: unknown, indent: string): string =>
  typeof item === "object" && item !== null
    ? `${indent}- ${print(item, `${indent}  `).slice(indent.length + 2)}`
    : `${indent}- ${scalar(item)}\n`;

function scalar(value: unknown): string {
  if (typeof value !== "string") return String(value);
  const ambiguous = /^(|~|null|true|false|yes|no|on|off|y|n|[-+]?[\d.][\d._]*(e[-+]?\d+)?)$/i.test(value);
  if (ambiguous) return JSON.stringify(value);
  const plain = !/^[-?:,[\]{}#&*!|>'"%@`\s]|: |:$| #|[\s]$|[\n\t]/.test(value);
  return plain ? value : /\n/.test(value) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`;
}
