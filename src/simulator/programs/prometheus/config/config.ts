import type { Labels } from "../labels.ts";
import { labelsOf } from "../labels.ts";
import { relabelRule, type RelabelRule } from "../relabel.ts";
import { decode } from "./decode.ts";
import { CONFIG } from "./shapes.ts";
import { ConfigFault, parseYaml } from "./yaml-tree.ts";

export const ROLES = ["pod", "service", "endpoints", "endpointslice", "node", "ingress"] as const;
export type Role = (typeof ROLES)[number];

/** How to speak to a server. */
export interface HTTPClientConfig {
  authorization?: { type: string; credentials?: string; credentials_file?: string };
  basic_auth?: { username?: string; username_file?: string; password?: string; password_file?: string };
  tls_config?: { ca?: string; ca_file?: string; server_name?: string; insecure_skip_verify?: boolean };
  follow_redirects: boolean;
}

export interface StaticGroup {
  targets: readonly string[];
  labels: Readonly<Record<string, string>>;
}

export interface KubernetesDiscovery extends HTTPClientConfig {
  api_server?: string;
  role: Role;
  namespaces: { own_namespace: boolean; names: readonly string[] };
  selectors: readonly { role: Role; label?: string; field?: string }[];
  /** Labels of a pod's or endpoint's node as well. */
  withNodes: boolean;
}

/** Durations are milliseconds. */
export interface ScrapeConfig extends HTTPClientConfig {
  job_name: string;
  scrape_interval: number;
  scrape_timeout: number;
  metrics_path: string;
  scheme: string;
  params: Readonly<Record<string, readonly string[]>>;
  honor_labels: boolean;
  honor_timestamps: boolean;
  fallback_scrape_protocol?: string;
  relabel: readonly RelabelRule[];
  metricRelabel: readonly RelabelRule[];
  statics: readonly StaticGroup[];
  kubernetes: readonly KubernetesDiscovery[];
}

export interface PrometheusConfig {
  scrape_interval: number;
  scrape_timeout: number;
  evaluation_interval: number;
  external_labels: Labels;
  rule_files: readonly string[];
  scrapes: readonly ScrapeConfig[];
  /** The decoded document, by its own names. */
  written: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a configuration. Throws a ConfigFault in Prometheus' words (config/config.go). */
export function readConfig(text: string): PrometheusConfig {
  const written = decode(parseYaml(text), CONFIG);
  const global = (written["global"] ?? {}) as Fields;
  const scrape_interval = (global["scrape_interval"] as number | undefined) || 60_000;
  const scrape_timeout = (global["scrape_timeout"] as number | undefined) || Math.min(10_000, scrape_interval);
  if (scrape_timeout > scrape_interval) throw new ConfigFault("global scrape timeout greater than scrape interval");
  const names = new Set<string>();
  const scrapes = items(written["scrape_configs"]).map((fields) => {
    if (!fields) throw new ConfigFault("empty or null scrape config section");
    const scrape = scrapeConfig(fields, { scrape_interval, scrape_timeout });
    if (names.has(scrape.job_name))
      throw new ConfigFault(`found multiple scrape configs with job name ${JSON.stringify(scrape.job_name)}`);
    names.add(scrape.job_name);
    return scrape;
  });
  const alerting = (written["alerting"] ?? {}) as Fields;
  const alertTargets = items(alerting["alertmanagers"]).flatMap((one) =>
    items(one?.["static_configs"]).flatMap((group) => (group?.["targets"] as string[] | undefined) ?? []),
  );
  if (alertTargets.length > 0)
    throw new ConfigFault("the practice cluster's Prometheus does not do alerts: no Alertmanager can be named");
  return {
    scrape_interval,
    scrape_timeout,
    evaluation_interval: (global["evaluation_interval"] as number | undefined) || 60_000,
    external_labels: labelsOf(Object.entries((global["external_labels"] ?? {}) as Record<string, string>)),
    rule_files: (written["rule_files"] as string[] | undefined) ?? [],
    scrapes,
    written,
  };
}

const items = (value: unknown): (Fields | null)[] => (value as (Fields | null)[] | undefined | null) ?? [];

function scrapeConfig(fields: Fields, global: { scrape_interval: number; scrape_timeout: number }): ScrapeConfig {
  const job_name = (fields["job_name"] as string | undefined) ?? "";
  if (job_name === "") throw new ConfigFault("job_name is empty");
  const scrape_interval = (fields["scrape_interval"] as number | undefined) || global.scrape_interval;
  const timeout = fields["scrape_timeout"] as number | undefined;
  if (timeout && timeout > scrape_interval)
    throw new ConfigFault(
      `scrape timeout greater than scrape interval for scrape config with job name ${JSON.stringify(job_name)}`,
    );
  const rules = (name: string) =>
    items(fields[name]).map((rule) => {
      if (!rule)
        throw new ConfigFault(
          `empty or null ${name === "relabel_configs" ? "target" : "metric"} relabeling rule in scrape config`,
        );
      return within(() => relabelRule(rule));
    });
  const statics = items(fields["static_configs"]).map((group) => ({
    targets: (group?.["targets"] as string[] | undefined) ?? [],
    labels: (group?.["labels"] ?? {}) as Record<string, string>,
  }));
  for (const target of statics.flatMap(({ targets }) => targets)) {
    if (target.includes("/")) throw new ConfigFault(`${JSON.stringify(target)} is not a valid hostname`);
  }
  return {
    job_name,
    scrape_interval,
    scrape_timeout: timeout || Math.min(global.scrape_timeout, scrape_interval),
    metrics_path: (fields["metrics_path"] as string | undefined) ?? "/metrics",
    scheme: (fields["scheme"] as string | undefined) ?? "http",
    params: (fields["params"] ?? {}) as Record<string, string[]>,
    honor_labels: (fields["honor_labels"] as boolean | undefined) ?? false,
    honor_timestamps: (fields["honor_timestamps"] as boolean | undefined) ?? true,
    ...(fields["fallback_scrape_protocol"] ? { fallback_scrape_protocol: fields["fallback_scrape_protocol"] as string } : {}),
    relabel: rules("relabel_configs"),
    metricRelabel: rules("metric_relabel_configs"),
    statics,
    kubernetes: items(fields["kubernetes_sd_configs"]).map((one) => kubernetesDiscovery(one ?? {})),
    ...httpClientConfig(fields),
  };
}

/** What a fault means while the file is read. */
function within<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ConfigFault((error as Error).message);
  }
}

function httpClientConfig(fields: Fields): HTTPClientConfig {
  const { authorization, basic_auth, tls_config, follow_redirects } = fields as unknown as Partial<HTTPClientConfig>;
  const [token, tokenFile] = [fields["bearer_token"], fields["bearer_token_file"]] as (string | undefined)[];
  if (token && tokenFile) throw new ConfigFault("at most one of bearer_token & bearer_token_file must be configured");
  if (authorization && (token || tokenFile))
    throw new ConfigFault("authorization is not compatible with bearer_token & bearer_token_file");
  if (basic_auth && (authorization || token || tokenFile))
    throw new ConfigFault("at most one of basic_auth, oauth2 & authorization must be configured");
  const type = authorization?.type || "Bearer";
  if (type.toLowerCase() === "basic")
    throw new ConfigFault(`authorization type cannot be set to "basic", use "basic_auth" instead`);
  if (authorization?.credentials && authorization.credentials_file)
    throw new ConfigFault("at most one of authorization credentials & credentials_file must be configured");
  const own = authorization
    ? { ...authorization, type }
    : token || tokenFile
      ? { type, ...(token ? { credentials: token } : { credentials_file: tokenFile! }) }
      : undefined;
  return {
    ...(own && { authorization: own }),
    ...(basic_auth && { basic_auth }),
    ...(tls_config && { tls_config }),
    follow_redirects: follow_redirects ?? true,
  };
}

const SELECTOR_ROLES: Readonly<Record<Role, readonly Role[]>> = {
  pod: ["pod"],
  service: ["service"],
  endpoints: ["endpoints", "pod", "service"],
  endpointslice: ["endpointslice", "pod", "service"],
  node: ["node"],
  ingress: ["ingress"],
};

function kubernetesDiscovery(fields: Fields): KubernetesDiscovery {
  const role = fields["role"] as Role | undefined;
  if (!role) throw new ConfigFault(`role missing (one of: ${ROLES.join(", ")})`);
  if (!ROLES.includes(role)) throw new ConfigFault(`unknown Kubernetes SD role ${JSON.stringify(role)}`);
  const client = httpClientConfig(fields);
  const apiServer = fields["api_server"] as string | undefined;
  if (!apiServer && (client.authorization || client.basic_auth || client.tls_config))
    throw new ConfigFault("to use custom HTTP client configuration please provide the 'api_server' URL explicitly");
  const namespaces = (fields["namespaces"] ?? {}) as Fields;
  const selectors = items(fields["selectors"]).map((one) => (one ?? {}) as unknown as KubernetesDiscovery["selectors"][number]);
  for (const selector of selectors) {
    if (!SELECTOR_ROLES[role].includes(selector.role))
      throw new ConfigFault(`${role} role supports only ${SELECTOR_ROLES[role].join(", ")} selectors`);
  }
  return {
    ...(apiServer && { api_server: apiServer }),
    role,
    namespaces: {
      own_namespace: (namespaces["own_namespace"] as boolean | undefined) ?? false,
      names: (namespaces["names"] as string[] | undefined) ?? [],
    },
    selectors,
    withNodes: ((fields["attach_metadata"] ?? {}) as Fields)["node"] === true,
    ...client,
  };
}
