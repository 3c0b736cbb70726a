import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/simulator/programs/prometheus/config/config.ts";
import { configText } from "../../src/simulator/programs/prometheus/config/config-text.ts";
import { labelsOf, type Labels } from "../../src/simulator/programs/prometheus/labels.ts";
import { relabel, relabelRule } from "../../src/simulator/programs/prometheus/relabel.ts";

const job = (lines: string) => `scrape_configs:\n- job_name: x\n${lines}`;

/** Recorded from Prometheus 3.5.3. */
const FAULTS: Readonly<Record<string, readonly [config: string, message: string]>> = {
  "an unknown section": [
    "global:\n  scrape_interval: 15s\nscrape_config:\n- job_name: x\n",
    "yaml: unmarshal errors:\n  line 3: field scrape_config not found in type config.plain",
  ],
  "an unknown field of a job": [
    `global:\n  scrape_interval: 15s\n${job("  static_config:\n  - targets: [a]\n")}`,
    "yaml: unmarshal errors:\n  line 5: field static_config not found in type config.ScrapeConfig",
  ],
  "a tab": ["global:\n\tscrape_interval: 15s\n", "yaml: line 2: found character that cannot start any token"],
  "a missing colon": ["global\n  scrape_interval: 15s\n", "yaml: line 2: mapping values are not allowed in this context"],
  "wrong indentation": [
    "global:\n scrape_interval: 15s\n  evaluation_interval: 15s\n",
    "yaml: line 3: mapping values are not allowed in this context",
  ],
  "a duration without a unit": ["global:\n  scrape_interval: 15\n", 'not a valid duration string: "15"'],
  "a duration with an unknown unit": ["global:\n  scrape_interval: 15x\n", 'unknown unit "x" in duration "15x"'],
  "a text in place of a list": [
    "scrape_configs: foo\n",
    "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `foo` into []*config.ScrapeConfig",
  ],
  "a list in place of a section": [
    "global: [a]\n",
    "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into config.plain",
  ],
  "a text in place of a switch": [
    job("  scheme: 5\n  honor_labels: maybe\n"),
    "yaml: unmarshal errors:\n  line 4: cannot unmarshal !!str `maybe` into bool",
  ],
  "one target that is no list": [
    job("  static_configs:\n  - targets: a:1\n"),
    "yaml: unmarshal errors:\n  line 4: cannot unmarshal !!str `a:1` into []string",
  ],
  "a URL for a target": [job('  static_configs:\n  - targets: ["http://a:1"]\n'), '"http://a:1" is not a valid hostname'],
  "two jobs of one name": ["scrape_configs:\n- job_name: x\n- job_name: x\n", 'found multiple scrape configs with job name "x"'],
  "a job without a name": ["scrape_configs:\n- metrics_path: /x\n", "job_name is empty"],
  "an empty job": ["scrape_configs:\n-\n", "empty or null scrape config section"],
  "an unknown role": [job("  kubernetes_sd_configs:\n  - role: pods\n"), 'unknown Kubernetes SD role "pods"'],
  "no role": [
    job("  kubernetes_sd_configs:\n  - namespaces: {names: [a]}\n"),
    "role missing (one of: pod, service, endpoints, endpointslice, node, ingress)",
  ],
  "an unknown action": [job("  relabel_configs:\n  - action: foo\n"), 'unknown relabel action "foo"'],
  "a pattern that is none": [job('  relabel_configs:\n  - regex: "("\n'), "error parsing regexp: missing closing ): `^(?s:()$`"],
  "a rule without a target": [
    job("  relabel_configs:\n  - source_labels: [a]\n"),
    "relabel configuration for replace action requires 'target_label' value",
  ],
  "a timeout that is too long": [
    job("  scrape_interval: 5s\n  scrape_timeout: 10s\n"),
    'scrape timeout greater than scrape interval for scrape config with job name "x"',
  ],
  "two kinds of credentials": [
    job("  authorization: {credentials: a}\n  bearer_token_file: /x\n"),
    "authorization is not compatible with bearer_token & bearer_token_file",
  ],
};

describe("a faulty configuration is refused in Prometheus' words", () => {
  test.each(Object.entries(FAULTS))("%s", (_, [config, message]) => expect(() => readConfig(config)).toThrow(new Error(message)));

  test("what only a real Prometheus does is refused with words, not passed over", () => {
    expect(() => readConfig(job("  consul_sd_configs: []\n"))).toThrow(
      "the practice cluster's Prometheus does not do consul_sd_configs",
    );
    expect(() => readConfig("remote_write: []\n")).toThrow("does not do remote_write");
    expect(() => readConfig("alerting: {alertmanagers: [{static_configs: [{targets: [a]}]}]}\n")).toThrow("does not do alerts");
  });
});

test("a configuration is shown with all its defaults, and without its secrets", () => {
  const config = readConfig(`global: {scrape_interval: 10s, external_labels: {cluster: kind}}
scrape_configs:
- job_name: nodes
  honor_labels: true
  params: {module: [a, b]}
  basic_auth: {username: u, password: p}
  relabel_configs:
  - source_labels: [__address__, x]
    regex: (.+):.+
    replacement: \${1}:9100
    target_label: __address__
  metric_relabel_configs: [{action: labeldrop, regex: foo}]
  kubernetes_sd_configs: [{role: node}]
`);
  expect(configText(config)).toBe(`global:
  scrape_interval: 10s
  scrape_timeout: 10s
  scrape_protocols:
  - OpenMetricsText1.0.0
  - OpenMetricsText0.0.1
  - PrometheusText1.0.0
  - PrometheusText0.0.4
  evaluation_interval: 1m
  external_labels:
    cluster: kind
runtime:
  gogc: 75
scrape_configs:
- job_name: nodes
  honor_labels: true
  honor_timestamps: true
  track_timestamps_staleness: false
  params:
    module:
    - a
    - b
  scrape_interval: 10s
  scrape_timeout: 10s
  scrape_protocols:
  - OpenMetricsText1.0.0
  - OpenMetricsText0.0.1
  - PrometheusText1.0.0
  - PrometheusText0.0.4
  always_scrape_classic_histograms: false
  convert_classic_histograms_to_nhcb: false
  metrics_path: /metrics
  scheme: http
  enable_compression: true
  metric_name_validation_scheme: utf8
  metric_name_escaping_scheme: allow-utf-8
  basic_auth:
    username: u
    password: <secret>
  follow_redirects: true
  enable_http2: true
  relabel_configs:
  - source_labels: [__address__, x]
    separator: ;
    regex: (.+):.+
    target_label: __address__
    replacement: \${1}:9100
    action: replace
  metric_relabel_configs:
  - separator: ;
    regex: foo
    replacement: $1
    action: labeldrop
  kubernetes_sd_configs:
  - role: node
    kubeconfig_file: ""
    follow_redirects: true
    enable_http2: true
otlp:
  translation_strategy: UnderscoreEscapingWithSuffixes
`);
});

test("each relabel action does what upstream's does", () => {
  const labels = labelsOf(Object.entries({ a: "foo", b: "bar", c: "baz", __meta_node_role: "x" }));
  const after = (...rules: Record<string, unknown>[]): Labels | undefined => relabel(labels, rules.map(relabelRule));
  const source = (...source_labels: string[]) => ({ source_labels });

  expect(after({ ...source("a"), regex: "f(.*)", target_label: "d", replacement: "ch${1}-$1" })).toMatchObject({ d: "choo-oo" });
  expect(after({ ...source("a", "b"), regex: "foo;bar", target_label: "${1}", replacement: "x" })).toEqual(labels);
  expect(after({ ...source("a"), target_label: "a", replacement: "" })).not.toHaveProperty("a");
  expect(after({ ...source("a"), regex: "f.*", action: "drop" })).toBeUndefined();
  // Patterns are anchored, and may say that case does not matter.
  expect(after({ ...source("a"), regex: "o+", action: "keep" })).toBeUndefined();
  expect(after({ ...source("a"), regex: "(?i)FOO|[^a-z]", action: "keep" })).toEqual(labels);
  expect(after({ ...source("a"), target_label: "b", action: "keepequal" })).toBeUndefined();
  expect(after({ ...source("a"), target_label: "b", action: "dropequal" })).toEqual(labels);
  expect(after({ ...source("c"), target_label: "d", modulus: 1000, action: "hashmod" })).toMatchObject({ d: "976" });
  expect(after({ regex: "__meta_(.+)", action: "labelmap" })).toMatchObject({ node_role: "x", __meta_node_role: "x" });
  expect(after({ regex: "[abc]", action: "labeldrop" })).toEqual({ __meta_node_role: "x" });
  expect(after({ regex: "[ab]", action: "labelkeep" })).toEqual({ a: "foo", b: "bar" });
  expect(
    after({ ...source("a"), target_label: "A", action: "uppercase" }, { ...source("A"), target_label: "d", action: "lowercase" }),
  ).toMatchObject({ A: "FOO", d: "foo" });
});
