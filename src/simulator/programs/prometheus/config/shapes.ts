import type { Kind, Shape } from "./decode.ts";

const list = (kind: Kind, go: string): Kind => ({ list: kind, go: `[]${go}` });
const strings = list("string", "string");
const unmodelled = (what: string): Kind => ({ unmodelled: what });

const relabel: Shape = {
  go: "relabel.plain",
  fields: {
    source_labels: list("string", "model.LabelName"),
    separator: "string",
    target_label: "string",
    regex: "string",
    modulus: "int",
    replacement: "string",
    action: "string",
  },
};

const httpClient: Readonly<Record<string, Kind>> = {
  authorization: { go: "config.Authorization", fields: { type: "string", credentials: "string", credentials_file: "string" } },
  basic_auth: {
    go: "config.plain",
    fields: { username: "string", username_file: "string", password: "string", password_file: "string" },
  },
  bearer_token: "string",
  bearer_token_file: "string",
  tls_config: {
    go: "config.plain",
    fields: {
      ca: "string",
      ca_file: "string",
      cert: unmodelled("client certificates"),
      cert_file: unmodelled("client certificates"),
      key: unmodelled("client certificates"),
      key_file: unmodelled("client certificates"),
      server_name: "string",
      insecure_skip_verify: "bool",
      min_version: "string",
      max_version: "string",
    },
  },
  follow_redirects: "bool",
  enable_http2: "bool",
  oauth2: unmodelled("OAuth 2"),
  proxy_url: unmodelled("proxies"),
  no_proxy: unmodelled("proxies"),
  proxy_from_environment: unmodelled("proxies"),
  proxy_connect_header: unmodelled("proxies"),
  http_headers: unmodelled("headers of its own"),
};

const kubernetes: Shape = {
  go: "kubernetes.plain",
  fields: {
    api_server: "string",
    role: "string",
    kubeconfig_file: unmodelled("discovery by a kubeconfig file"),
    namespaces: { go: "kubernetes.plain", fields: { own_namespace: "bool", names: strings } },
    selectors: list(
      { go: "kubernetes.SelectorConfig", fields: { role: "string", label: "string", field: "string" } },
      "kubernetes.SelectorConfig",
    ),
    attach_metadata: { go: "kubernetes.AttachMetadataConfig", fields: { node: "bool" } },
    ...httpClient,
  },
};

const staticGroup: Shape = {
  go: 'struct { Targets []string "yaml:\\"targets\\""; Labels model.LabelSet "yaml:\\"labels\\"" }',
  fields: { targets: strings, labels: { map: "string", go: "model.LabelSet" } },
};

const OTHER_DISCOVERIES =
  "aws_sd azure_sd consul_sd digitalocean_sd dns_sd docker_sd dockerswarm_sd ec2_sd eureka_sd file_sd gce_sd hetzner_sd http_sd ionos_sd kuma_sd lightsail_sd linode_sd marathon_sd nerve_sd nomad_sd openstack_sd ovhcloud_sd puppetdb_sd scaleway_sd serverset_sd stackit_sd triton_sd uyuni_sd vultr_sd";

const discoveries = Object.fromEntries(
  OTHER_DISCOVERIES.split(" ").map((name) => [
    `${name}_configs`,
    unmodelled(`${name}_configs, only kubernetes_sd_configs and static_configs`),
  ]),
);

const LIMITS =
  "sample_limit bucket_limit target_limit label_limit label_name_length_limit label_value_length_limit keep_dropped_targets";

const scrape: Shape = {
  go: "config.ScrapeConfig",
  fields: {
    job_name: "string",
    honor_labels: "bool",
    honor_timestamps: "bool",
    track_timestamps_staleness: "bool",
    params: { map: strings, go: "url.Values" },
    scrape_interval: "duration",
    scrape_timeout: "duration",
    scrape_protocols: list("string", "config.ScrapeProtocol"),
    fallback_scrape_protocol: "string",
    always_scrape_classic_histograms: "bool",
    convert_classic_histograms_to_nhcb: "bool",
    metrics_path: "string",
    scheme: "string",
    enable_compression: "bool",
    body_size_limit: unmodelled("body_size_limit"),
    native_histogram_bucket_limit: unmodelled("native histograms"),
    native_histogram_min_bucket_factor: unmodelled("native histograms"),
    metric_name_validation_scheme: "string",
    metric_name_escaping_scheme: "string",
    scrape_failure_log_file: unmodelled("scrape_failure_log_file"),
    ...Object.fromEntries(LIMITS.split(" ").map((name) => [name, unmodelled(name)])),
    ...httpClient,
    relabel_configs: list(relabel, "*relabel.Config"),
    metric_relabel_configs: list(relabel, "*relabel.Config"),
    static_configs: list(staticGroup, "*targetgroup.Group"),
    kubernetes_sd_configs: list(kubernetes, "*kubernetes.SDConfig"),
    ...discoveries,
  },
};

const alertmanager: Shape = {
  go: "config.plain",
  fields: {
    scheme: "string",
    path_prefix: "string",
    timeout: "duration",
    api_version: "string",
    static_configs: list(staticGroup, "*targetgroup.Group"),
    kubernetes_sd_configs: unmodelled("alerts"),
  },
};

/** The configuration file (config/config.go and what it includes). */
export const CONFIG: Shape = {
  go: "config.plain",
  fields: {
    global: {
      go: "config.plain",
      fields: {
        scrape_interval: "duration",
        scrape_timeout: "duration",
        scrape_protocols: list("string", "config.ScrapeProtocol"),
        evaluation_interval: "duration",
        rule_query_offset: "duration",
        query_log_file: unmodelled("query_log_file"),
        scrape_failure_log_file: unmodelled("scrape_failure_log_file"),
        external_labels: { map: "string", go: "labels.Labels" },
        body_size_limit: unmodelled("body_size_limit"),
        metric_name_validation_scheme: "string",
        metric_name_escaping_scheme: "string",
        always_scrape_classic_histograms: "bool",
        convert_classic_histograms_to_nhcb: "bool",
        ...Object.fromEntries(LIMITS.split(" ").map((name) => [name, unmodelled(name)])),
      },
    },
    runtime: { go: "config.RuntimeConfig", fields: { gogc: "int" } },
    rule_files: strings,
    scrape_config_files: unmodelled("scrape_config_files"),
    scrape_configs: list(scrape, "*config.ScrapeConfig"),
    alerting: {
      go: "config.plain",
      fields: {
        alert_relabel_configs: list(relabel, "*relabel.Config"),
        alertmanagers: list(alertmanager, "*config.AlertmanagerConfig"),
      },
    },
    storage: unmodelled("storage settings"),
    tracing: unmodelled("tracing"),
    remote_write: unmodelled("remote_write"),
    remote_read: unmodelled("remote_read"),
    otlp: unmodelled("OTLP"),
  },
};
