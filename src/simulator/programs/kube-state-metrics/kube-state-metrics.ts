import type http from "node:http";
import { Counters, Histograms } from "../../metrics/counters.ts";
import { exposition, type Family } from "../../metrics/exposition.ts";
import { goProcessFamilies } from "../../metrics/go-process.ts";
import { InClusterApi, reflect } from "../in-cluster-api.ts";
import { serveHTTP, untilSignal } from "../http-program.ts";
import { klogLine } from "../klog.ts";
import { defineImage, type Image, type ProgramContext } from "../program.ts";
import type { Kind } from "./kinds/kind.ts";
import { OptionFault, parseOptions, type Options } from "./options.ts";
import { SeriesStore } from "./series.ts";

interface Release {
  version: string;
  go: string;
  client: string;
}

/** Newest first. */
const RELEASES: readonly Release[] = [
  { version: "v2.20.0", go: "go1.26.6", client: "v0.36.3" },
  { version: "v2.19.1", go: "go1.26.4", client: "v0.35.4" },
  { version: "v2.19.0", go: "go1.26.2", client: "v0.35.4" },
  { version: "v2.18.0", go: "go1.25.6", client: "v0.34.3" },
  { version: "v2.17.0", go: "go1.24.6", client: "v0.33.4" },
  { version: "v2.16.0", go: "go1.24.4", client: "v0.32.5" },
  { version: "v2.15.0", go: "go1.23.5", client: "v0.32.1" },
  { version: "v2.14.0", go: "go1.23.3", client: "v0.31.2" },
  { version: "v2.13.0", go: "go1.22.5", client: "v0.30.3" },
  { version: "v2.12.0", go: "go1.21.8", client: "v0.29.2" },
  { version: "v2.10.1", go: "go1.20.8", client: "v0.28.2" },
];

/** Metrics of objects (github.com/kubernetes/kube-state-metrics); the families are those of v2.20 in every release. */
export const kubeStateMetricsImages: readonly Image[] = RELEASES.map((release) =>
  defineImage({
    repositories: ["registry.k8s.io/kube-state-metrics/kube-state-metrics"],
    tags: [release.version],
    size: 16_984_272,
    entrypoint: ["/kube-state-metrics"],
    cmd: [],
    user: "nobody",
    memory: 22 * 1024 * 1024,
    cpu: 0.001,
    programs: { "/kube-state-metrics": (context) => runKubeStateMetrics(context, release) },
  }),
);

const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

async function runKubeStateMetrics(context: ProgramContext, release: Release): Promise<number> {
  const log = (severity: "I" | "W" | "E", source: string, message: string, pairs?: Record<string, string | object>) =>
    context.stderr(klogLine(context, severity, source, message, pairs));
  let options: Options;
  try {
    options = parseOptions(context.argv.slice(1));
  } catch (error) {
    if (!(error instanceof OptionFault)) throw error;
    context.stderr(`Error: ${error.message}\n`);
    return 1;
  }
  log("I", "wrapper.go:150", "Starting kube-state-metrics", {});
  log(
    "W",
    "client_config.go:667",
    "Neither --kubeconfig nor --master was specified.  Using the inClusterConfig.  This might not work.",
  );
  let api: InClusterApi;
  try {
    api = await InClusterApi.open(context);
    tell(options, log);
    log("I", "utils.go:70", "Tested communication with server", {});
    const {
      major = "",
      minor = "",
      gitVersion = "",
      gitTreeState = "",
      gitCommit = "",
      platform = "",
    } = await api.get<Record<string, string>>("/version");
    const version = { major, minor, gitVersion, gitTreeState, gitCommit, platform };
    log("I", "utils.go:75", "Run with Kubernetes cluster version", version);
    log("I", "utils.go:76", "Communication with server successful", {});
    log("I", "server.go:288", "Using annotations allowlist", { annotationsAllowList: options.annotations });
    log("I", "server.go:293", "Using labels allowlist", { labelsAllowList: options.labels });
  } catch (error) {
    const err = `failed to create client: error while trying to communicate with apiserver: ${(error as Error).message}`;
    log("E", "wrapper.go:41", "Failed to run kube-state-metrics", { err });
    return 1;
  }
  const exporter = new Exporter(context, release, options, api);
  const listens = (source: string, message: string, name: string, port: number) => {
    const address = `[::]:${port}`;
    log("I", source, message, { [name]: address });
    log("I", "tls_config.go:372", "Listening on", { address });
    context.stderr(klogLine(context, "I", "tls_config.go:375", "TLS is disabled.", { http2: false, address }));
  };
  try {
    serveHTTP(context, options.port, (request, response) => exporter.metrics(request, response));
    listens("server.go:393", "Started metrics server", "metricsServerAddress", options.port);
    serveHTTP(context, options.telemetryPort, (request, response) => exporter.telemetry(request, response));
    listens("server.go:379", "Started kube-state-metrics self metrics server", "telemetryAddress", options.telemetryPort);
  } catch (error) {
    log("E", "wrapper.go:41", "Failed to run kube-state-metrics", { err: `run server group error: ${(error as Error).message}` });
    return 1;
  }
  log("I", "metrics_handler.go:110", "Autosharding disabled", {});
  const activeStoreNames = options.kinds.map(({ resource }) => resource).join(",");
  log("I", "builder.go:312", "Active resources", { activeStoreNames });
  exporter.follow((kind, err) =>
    log("E", "reflector.go:227", "Failed to watch", {
      err,
      logger: "UnhandledError",
      reflector: `pkg/mod/k8s.io/client-go@${release.client}/tools/cache/reflector.go:343`,
      type: kind.type,
    }),
  );
  await untilSignal(context);
  return 0;
}

function tell(
  { byDefault, kinds, namespaces, denylist }: Options,
  log: (severity: "I", source: string, message: string, pairs: Record<string, string | object>) => void,
): void {
  if (byDefault) log("I", "server.go:217", "Used default resources", {});
  else log("I", "server.go:223", "Used resources", { resources: kinds.map(({ resource }) => resource).join(",") });
  if (namespaces.length === 0) log("I", "types.go:205", "Using all namespaces", {});
  else log("I", "types.go:211", "Using namespaces", { nameSpaces: namespaces.join(",") });
  const allowDenyStatus = `Excluding the following lists that were on denylist: ${denylist}`;
  log("I", "server.go:256", "Metric allow-denylisting", { allowDenyStatus });
}

/** What one running kube-state-metrics knows, and how it answers. */
class Exporter {
  readonly #context: ProgramContext;
  readonly #release: Release;
  readonly #options: Options;
  readonly #api: InClusterApi;
  readonly #startedAt: number;
  readonly #stores: readonly { kind: Kind; path: string; store: SeriesStore }[];
  readonly #lists = new Counters("kube_state_metrics_list_total", "Number of total resource list calls in kube-state-metrics");
  readonly #watches = new Counters(
    "kube_state_metrics_watch_total",
    "Number of total resource watch calls in kube-state-metrics",
  );
  readonly #requests = new Histograms(
    "http_request_duration_seconds",
    "A histogram of requests for kube-state-metrics metrics handler.",
    BUCKETS,
  );

  constructor(context: ProgramContext, release: Release, options: Options, api: InClusterApi) {
    this.#context = context;
    this.#release = release;
    this.#options = options;
    this.#api = api;
    this.#startedAt = context.clock.now();
    this.#stores = options.kinds.flatMap((kind) =>
      pathsOf(kind, options.namespaces).map((path) => ({ kind, path, store: new SeriesStore(kind, options) })),
    );
  }

  follow(failed: (kind: Kind, error: string) => void): void {
    for (const { kind, path, store } of this.#stores) {
      void reflect(
        this.#context,
        this.#api,
        { path, type: kind.type },
        {
          replace: (objects) => store.replace(objects),
          changed: (type, object) => (type === "DELETED" ? store.remove(object) : store.put(object)),
          asked: (verb, result) => (verb === "list" ? this.#lists : this.#watches).add({ resource: kind.type, result }),
          failed: (error) => failed(kind, error),
        },
      );
    }
  }

  async metrics(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    if (pathname === "/healthz") return plain(response, 200, "OK");
    if (pathname === "/livez") return this.#delegated("/livez", response);
    if (pathname === "/readyz") return this.#delegated("/readyz", response);
    if (pathname === "/") return page(response, this.#release.version, "Metrics for Kubernetes' state", "kube-state-metrics");
    if (pathname !== "/metrics") return plain(response, 404, "404 page not found\n");
    const [wanted, unwanted] = ["resources", "exclude_resources"].map((name) =>
      searchParams.getAll(name).flatMap((one) => one.split(",")),
    ) as [string[], string[]];
    const text = this.#stores
      .filter(({ kind: { resource } }) => (wanted.length === 0 || wanted.includes(resource)) && !unwanted.includes(resource))
      .map(({ store }) => store.text())
      .join("");
    this.#requests.observe({ handler: "metrics", method: "get" }, 0.002);
    this.#context.account({ cpuSeconds: 0.002 });
    response.writeHead(200, { "Content-Type": METRICS_TYPE });
    response.end(text);
  }

  telemetry(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (pathname === "/readyz") return plain(response, 200, "OK");
    if (pathname === "/")
      return page(response, this.#release.version, "Self-metrics for kube-state-metrics", "kube-state-metrics");
    if (pathname !== "/metrics") return plain(response, 404, "404 page not found\n");
    response.writeHead(200, { "Content-Type": METRICS_TYPE });
    response.end(exposition(this.#own()));
  }

  /** Probes of the main port ask the API server the same. */
  async #delegated(path: string, response: http.ServerResponse): Promise<void> {
    try {
      await this.#api.text(path);
      plain(response, 200, "OK");
    } catch {
      plain(response, 503, "Service Unavailable");
    }
  }

  #own(): Family[] {
    const { version, go, client } = this.#release;
    const { clock, host, usage } = this.#context;
    const labels = {
      branch: "",
      client_go_version: client,
      goarch: "amd64",
      goos: "linux",
      goversion: go,
      revision: "unknown",
      tags: "unknown",
      version,
    };
    const gauge = (name: string, help: string, value: number, own = {}): Family => ({
      name,
      type: "gauge",
      help,
      samples: [{ labels: own, value }],
    });
    return [
      gauge(
        "kube_state_metrics_build_info",
        "A metric with a constant '1' value labeled by version, revision, branch, goversion from which kube_state_metrics was built, and the goos and goarch for the build.",
        1,
        labels,
      ),
      ...["add", "update", "delete"].map((event): Family => ({
        ...gauge(
          `kube_state_metrics_custom_resource_state_${event}_events_total`,
          `Number of times that the CRD informer triggered the ${event === "delete" ? "remove" : event} event.`,
          0,
        ),
        type: "counter",
      })),
      gauge("kube_state_metrics_custom_resource_state_cache", "Net amount of CRDs affecting the cache currently.", 0),
      gauge("kube_state_metrics_shard_ordinal", "Current sharding ordinal/index of this instance", 0, { shard_ordinal: "0" }),
      gauge("kube_state_metrics_total_shards", "Number of total shards this instance is aware of", 1),
      this.#lists.family(),
      this.#watches.family(),
      this.#requests.family(),
      ...goProcessFamilies({
        ...usage(),
        version: go,
        now: clock.now(),
        startedAt: this.#startedAt,
        goroutines: 20 + 4 * this.#options.kinds.length,
        threads: 4,
        received: host.traffic.receivedBytes,
        sent: host.traffic.sentBytes,
      }),
    ];
  }
}

/** Where the objects of a kind are listed: everywhere, or in each of the namespaces. */
function pathsOf({ path, labels }: Kind, namespaces: readonly string[]): string[] {
  const isNamespaced =
    "namespace" in labels({ metadata: { name: "", namespace: "" }, spec: {} } as never) && path !== "/api/v1/namespaces";
  if (!isNamespaced || namespaces.length === 0) return [path];
  const slash = path.lastIndexOf("/");
  return namespaces.map((namespace) => `${path.slice(0, slash)}/namespaces/${namespace}${path.slice(slash)}`);
}

function plain(response: http.ServerResponse, code: number, text: string): void {
  response.writeHead(code, { "Content-Type": "text/plain; charset=utf-8" });
  response.end(text);
}

function page(response: http.ServerResponse, version: string, description: string, name: string): void {
  response.writeHead(200, { "Content-Type": "text/html; charset=UTF-8" });
  response.end(
    `<html lang="en">\n  <head><title>${name}</title></head>\n  <body>\n    <h1>${name}</h1>\n    <h2>${description}</h2>\n    <div>Version: ${version}</div>\n    <ul><li><a href="/metrics">Metrics</a></li></ul>\n  </body>\n</html>\n`,
  );
}
