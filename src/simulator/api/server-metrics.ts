import type { Clock } from "../clock.ts";
import { Counters, Histograms } from "../metrics/counters.ts";
import type { Family, Labels } from "../metrics/exposition.ts";
import { goProcessFamilies } from "../metrics/go-process.ts";
import { recordedVersion } from "../schema/resource-info.ts";
import type { Endpoint, Registry } from "./registry.ts";
import type { RequestInfo } from "./request-info.ts";

const BUCKETS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

/** What kube-apiserver needs: bytes, CPUs with nothing to do, CPU seconds a request. */
const OWN = { memoryBytes: 272_629_760, cpu: 0.032, request: 0.0008 };

const VERBS: Readonly<Record<string, string>> = {
  get: "GET",
  list: "LIST",
  watch: "WATCH",
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
  deletecollection: "DELETECOLLECTION",
  post: "POST",
  put: "PUT",
};
const CONNECTS = new Set(["exec", "attach", "portforward", "proxy"]);
const ETCD: Readonly<Record<string, string>> = {
  POST: "create",
  PUT: "update",
  PATCH: "update",
  DELETE: "delete",
  GET: "get",
  LIST: "list",
};

/** Work queues of a real API server, which have next to nothing to do. */
const QUEUES = [
  "APIServiceRegistrationController",
  "DiscoveryController",
  "LocalAvailabilityController",
  "RemoteAvailabilityController",
  "autoregister",
  "cluster_authentication_trust_controller",
  "crdEstablishing",
  "crd_autoregistration_controller",
  "crd_finalizer",
  "crd_naming_condition_controller",
  "crd_openapi_controller",
  "crd_openapi_v3_controller",
  "discovery-manager",
  "open_api_aggregation_controller",
  "open_api_v3_aggregation_controller",
  "priority_and_fairness_config_queue",
];

/** What a request was, for its counters. */
type Asked = Pick<
  RequestInfo,
  "verb" | "group" | "version" | "resource" | "subresource" | "namespace" | "name" | "isResource" | "path"
>;

/** Counts requests, and tells of them and of the server at `/metrics` (apiserver pkg/endpoints/metrics). */
export class ServerMetrics {
  readonly #clock: Clock;
  readonly #registry: Registry;
  readonly #startedAt: number;
  #all = 0;
  #watches = 0;
  #mutating = 0;
  readonly #requests = new Counters(
    "apiserver_request_total",
    "[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.",
  );
  readonly #durations = new Histograms(
    "apiserver_request_duration_seconds",
    "[STABLE] Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.",
    BUCKETS,
  );
  readonly #etcd = new Counters("etcd_requests_total", "[ALPHA] Etcd request counts for each operation and object type.");

  constructor(clock: Clock, registry: Registry) {
    this.#clock = clock;
    this.#registry = registry;
    this.#startedAt = clock.now();
  }

  /** A request came to its end; `seconds` by the clock, where it took any. */
  answered(asked: Asked, code: number, seconds?: number): void {
    const labels = labelsOf(asked);
    this.#all++;
    if (labels["verb"] === "WATCH") this.#watches++;
    else if (labels["verb"] !== "GET" && labels["verb"] !== "LIST") this.#mutating++;
    this.#requests.add({ code: String(code), ...labels });
    if (seconds !== undefined) this.#durations.observe(labels, seconds);
    const operation = asked.isResource ? ETCD[labels["verb"] ?? ""] : undefined;
    if (operation) this.#etcd.add({ group: asked.group, operation, resource: asked.resource });
  }

  /** A component inside asked; it comes without HTTP. */
  component(verb: string, { info }: Endpoint, subresource: string, code: number): void {
    const { group, version, resource, namespaced } = info;
    const asked = {
      verb,
      group,
      version,
      resource,
      subresource,
      namespace: namespaced ? "default" : "",
      name: "name",
      isResource: true,
      path: "",
    };
    this.answered(asked, code);
  }

  families(): Family[] {
    const now = this.#clock.now();
    const gauge = (name: string, help: string, samples: readonly (readonly [labels: Labels, value: number])[]): Family => ({
      name,
      type: "gauge",
      help,
      samples: samples.map(([labels, value]) => ({ labels, value })),
    });
    const count = (...about: Parameters<typeof gauge>): Family => ({ ...gauge(...about), type: "counter" });
    const { store } = this.#registry;
    const objects = this.#registry.stored().flatMap(({ resource: { group, resource }, storage, info }) => {
      if (!info.verbs.includes("list")) return [];
      return [{ group, resource, name: group ? `${resource}.${group}` : resource, count: store.list(storage).length }];
    });
    const version = recordedVersion();
    const build = {
      build_date: version["buildDate"] ?? "",
      compiler: version["compiler"] ?? "",
      git_commit: version["gitCommit"] ?? "",
      git_tree_state: version["gitTreeState"] ?? "",
      git_version: version["gitVersion"] ?? "",
      go_version: version["goVersion"] ?? "",
      major: version["major"] ?? "",
      minor: version["minor"] ?? "",
      platform: version["platform"] ?? "",
    };
    return [
      this.#requests.family(),
      this.#durations.family(),
      this.#etcd.family(),
      gauge(
        "apiserver_current_inflight_requests",
        "[STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.",
        [
          [{ request_kind: "mutating" }, 0],
          [{ request_kind: "readOnly" }, 1],
        ],
      ),
      gauge(
        "apiserver_storage_objects",
        "[STABLE] [DEPRECATED, consider using apiserver_resource_objects instead] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.",
        objects.map(({ name, count: value }) => [{ resource: name }, value] as const),
      ),
      gauge(
        "apiserver_resource_objects",
        "[ALPHA] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.",
        objects.map(({ group, resource, count: value }) => [{ group, resource }, value] as const),
      ),
      gauge("apiserver_storage_size_bytes", "[STABLE] Size of the storage database file physically allocated in bytes.", [
        [{ storage_cluster_id: "etcd-0" }, 4_517_888 + store.version * 1_024],
      ]),
      count("authenticated_user_requests", "[ALPHA] Counter of authenticated requests broken out by username.", [
        [{ username: "other" }, this.#all],
      ]),
      count("authentication_attempts", "[ALPHA] Counter of authenticated attempts.", [[{ result: "success" }, this.#all]]),
      count("apiserver_audit_event_total", "[ALPHA] Counter of audit events generated and sent to the audit backend.", [[{}, 0]]),
      count("apiserver_tls_handshake_errors_total", "[ALPHA] Number of requests dropped with 'TLS handshake error from' error", [
        [{}, 0],
      ]),
      count(
        "workqueue_adds_total",
        "[ALPHA] Total number of adds handled by workqueue",
        QUEUES.map((name) => [{ name }, 1] as const),
      ),
      gauge(
        "workqueue_depth",
        "[ALPHA] Current depth of workqueue",
        QUEUES.map((name) => [{ name }, 0] as const),
      ),
      count(
        "workqueue_retries_total",
        "[ALPHA] Total number of retries handled by workqueue",
        QUEUES.map((name) => [{ name }, 0] as const),
      ),
      gauge(
        "kubernetes_build_info",
        "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
        [[build, 1]],
      ),
      ...goProcessFamilies({
        version: version["goVersion"] ?? "",
        now,
        startedAt: this.#startedAt,
        cpuSeconds: ((now - this.#startedAt) / 1000) * OWN.cpu + this.#all * OWN.request,
        memoryBytes: OWN.memoryBytes + store.version * 2_048,
        goroutines: 1_180 + (this.#watches % 64) + (this.#mutating % 8),
        threads: 4,
        received: this.#all * 900,
        sent: this.#all * 2_700,
      }),
    ];
  }
}

/** Paths that are no resource, as far as they are told apart. */
const DISCOVERY = /^\/(apis?)(?=\/|$)/;
const KNOWN = /^\/(?:healthz|livez|readyz|metrics|version)\b|(?<=^\/)openapi\/v[23]/;

function labelsOf({ verb, group, version, resource, subresource, namespace, name, isResource, path }: Asked): Labels {
  const scope = name || verb === "create" ? "resource" : namespace ? "namespace" : "cluster";
  const discovery = isResource ? undefined : DISCOVERY.exec(path)?.[1];
  return {
    component: isResource || discovery ? "apiserver" : "",
    dry_run: "",
    group,
    resource,
    scope: isResource ? scope : "",
    subresource: isResource ? subresource : (discovery ?? KNOWN.exec(path)?.[0] ?? ""),
    verb: CONNECTS.has(subresource) ? "CONNECT" : (VERBS[verb] ?? verb.toUpperCase()),
    version,
  };
}
