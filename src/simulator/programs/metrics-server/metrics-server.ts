import type http from "node:http";
import type { Node, Pod } from "kubernetes-types/core/v1";
import type { KubeObject, Live } from "../../api/object.ts";
import { sleep } from "../../clock.ts";
import { parseGoDuration, parseGoFlags } from "../go.ts";
import { serveHTTPS, untilSignal } from "../http-program.ts";
import { InClusterApi, reflect } from "../in-cluster-api.ts";
import { klogLine } from "../klog.ts";
import { defineImage, type ProgramContext } from "../program.ts";
import { answer, refusal } from "./answers.ts";
import { Readings } from "./readings.ts";
import { scrape } from "./scraper.ts";

/** What containers and nodes use, for `kubectl top` and autoscalers (sigs.k8s.io/metrics-server). */
export const metricsServer = defineImage({
  repositories: ["registry.k8s.io/metrics-server/metrics-server"],
  tags: ["v0.8.1", "v0.8.0", "v0.7.2", "v0.7.1", "v0.7.0", "v0.6.4", "v0.6.3"],
  size: 22_494_208,
  entrypoint: ["/metrics-server"],
  cmd: [],
  user: "65534",
  memory: 24 * 1024 * 1024,
  cpu: 0.003,
  programs: { "/metrics-server": run },
});

const AUTHENTICATION = "extension-apiserver-authentication";

interface Options {
  port: number;
  resolution: number;
  insecure: boolean;
}

type Log = (severity: "I" | "W" | "E", source: string, message: string, pairs?: Record<string, string>) => void;

async function run(context: ProgramContext): Promise<number> {
  const log: Log = (severity, source, message, pairs) => context.stderr(klogLine(context, severity, source, message, pairs));
  const switches = [
    "kubelet-use-node-status-port",
    "kubelet-insecure-tls",
    "deprecated-kubelet-completely-insecure",
    "help",
    "version",
  ];
  const { flags } = parseGoFlags(context.argv.slice(1), { switches, short: { v: "v" } });
  const options: Options = {
    port: Number(flags["secure-port"] ?? 443),
    resolution: parseGoDuration(flags["metric-resolution"] ?? "1m0s") ?? 60_000,
    insecure: flags["kubelet-insecure-tls"] === "true",
  };
  const failed = (why: string) => {
    context.stderr(`Error: ${why}\n`);
    return 1;
  };
  if (options.resolution < 10_000) {
    const shown = flags["metric-resolution"];
    return failed(`metric-resolution should be a time duration at least 10s, but value ${shown} provided`);
  }
  let api: InClusterApi;
  try {
    api = await InClusterApi.open(context);
    log("I", "serving.go:380", "Generated self-signed cert (/tmp/apiserver.crt, /tmp/apiserver.key)");
    await api.get(`/api/v1/namespaces/kube-system/configmaps/${AUTHENTICATION}`);
  } catch (error) {
    log(
      "W",
      "requestheader_controller.go:204",
      `Unable to get configmap/${AUTHENTICATION} in kube-system.  Usually fixed by 'kubectl create rolebinding -n kube-system ROLEBINDING_NAME --role=${AUTHENTICATION}-reader --serviceaccount=YOUR_NS:YOUR_SA'`,
    );
    return failed(`unable to load configmap based request-header-client-ca-file: ${(error as Error).message}`);
  }
  const server = new MetricsServer(context, options, api, log);
  try {
    await serveHTTPS(context, options.port, (request, response) => server.serve(request, response));
  } catch (error) {
    return failed(`failed to create listener: failed to listen on 0.0.0.0:${options.port}: ${(error as Error).message}`);
  }
  log("I", "secure_serving.go:213", `Serving securely on [::]:${options.port}`);
  server.start();
  await untilSignal(context);
  return 0;
}

class MetricsServer {
  readonly #context: ProgramContext;
  readonly #options: Options;
  readonly #api: InClusterApi;
  readonly #log: Log;
  readonly #readings = new Readings();
  readonly #nodes = new Map<string, KubeObject>();
  readonly #pods = new Map<string, KubeObject>();
  #synced = new Set<string>();

  constructor(context: ProgramContext, options: Options, api: InClusterApi, log: Log) {
    this.#context = context;
    this.#options = options;
    this.#api = api;
    this.#log = log;
  }

  start(): void {
    this.#follow("nodes", "*v1.Node", this.#nodes);
    this.#follow("pods", "*v1.PartialObjectMetadata", this.#pods);
    void this.#scrapeForEver();
  }

  async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "https://localhost");
    const plain = (code: number, text: string) =>
      response.writeHead(code, { "Content-Type": "text/plain; charset=utf-8" }).end(text);
    if (pathname === "/livez" || pathname === "/healthz") return void plain(200, "ok");
    if (pathname === "/readyz") return this.#readyz(plain);
    const { code, body } =
      (await this.#refusal(request, pathname)) ??
      answer(
        {
          path: pathname,
          labelSelector: searchParams.get("labelSelector") ?? "",
          fieldSelector: searchParams.get("fieldSelector") ?? "",
          asTable: (request.headers.accept ?? "").includes("as=Table"),
        },
        {
          nodes: () => [...this.#nodes.values()] as Live<Node>[],
          pods: () => [...this.#pods.values()] as Live<Pod>[],
          readings: this.#readings,
        },
      );
    response.writeHead(code, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body));
  }

  #readyz(plain: (code: number, text: string) => void): void {
    const waiting = this.#synced.size < 2 ? "cache for node informer has not synced" : "no metrics to serve";
    if (this.#synced.size === 2 && this.#readings.ready) return plain(200, "ok");
    const probe = this.#synced.size < 2 ? "metric-informer-sync" : "metric-storage-ready";
    this.#log("I", "server.go:192", "Failed probe", { probe, err: waiting });
    plain(500, `[+]ping ok\n[-]${probe} failed: reason withheld\nreadyz check failed\n`);
  }

  /** Who asks is told by the API server, or by a token; what they may, the API server knows (apiserver's delegated authorization). */
  async #refusal(request: http.IncomingMessage, path: string): Promise<ReturnType<typeof refusal> | undefined> {
    const { "x-remote-user": user, "x-remote-group": groups = [] } = request.headers;
    if (typeof user !== "string") return refusal(401, "Unauthorized", "Unauthorized");
    const all = typeof groups === "string" ? groups.split(", ") : groups;
    if (all.includes("system:masters")) return undefined;
    const [, namespace, resource, name] =
      /^\/apis\/metrics\.k8s\.io\/v1beta1\/(?:namespaces\/([^/]+)\/)?(nodes|pods)(?:\/([^/]+))?$/.exec(path) ?? [];
    const verb = name ? "get" : "list";
    const attributes = {
      verb,
      group: "metrics.k8s.io",
      version: "v1beta1",
      ...(namespace && { namespace }),
      resource,
      ...(name && { name }),
    };
    const spec = {
      user,
      groups: all,
      ...(resource ? { resourceAttributes: attributes } : { nonResourceAttributes: { verb: "get", path } }),
    };
    try {
      const review = { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", spec };
      const asked = await this.#api.post<{ status: { allowed: boolean } }>(
        "/apis/authorization.k8s.io/v1/subjectaccessreviews",
        review,
      );
      if (asked.status.allowed) return undefined;
      const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : "at the cluster scope";
      const what = resource ? `${resource}.metrics.k8s.io is forbidden: ` : "forbidden: ";
      const target = resource
        ? `resource ${JSON.stringify(resource)} in API group "metrics.k8s.io" ${where}`
        : `path ${JSON.stringify(path)}`;
      return refusal(403, "Forbidden", `${what}User ${JSON.stringify(user)} cannot ${resource ? verb : "get"} ${target}`);
    } catch (error) {
      const why = (error as Error).message;
      this.#log("E", "webhook.go:269", `Failed to make webhook authorizer request: ${why}`);
      return refusal(500, "InternalError", `Internal Server Error: ${JSON.stringify(path)}: ${why}`);
    }
  }

  #follow(resource: string, type: string, objects: Map<string, KubeObject>): void {
    void reflect(
      this.#context,
      this.#api,
      { path: `/api/v1/${resource}`, type },
      {
        replace: (all) => {
          objects.clear();
          for (const object of all) objects.set(object.metadata.uid, object);
          this.#synced.add(resource);
        },
        changed: (change, object) =>
          change === "DELETED" ? void objects.delete(object.metadata.uid) : void objects.set(object.metadata.uid, object),
        failed: (err) => this.#log("E", "reflector.go:166", "Unhandled Error", { err, logger: "UnhandledError" }),
      },
    );
  }

  async #scrapeForEver(): Promise<void> {
    const { clock, signal } = this.#context;
    while (!signal.aborted) {
      const started = clock.now();
      if (this.#synced.size === 2) await this.#scrapeAll();
      this.#readings.forget(started - 3 * this.#options.resolution);
      // Until the caches are there it is looked again soon.
      const wait = this.#synced.size === 2 ? this.#options.resolution : 1_000;
      await sleep(clock, Math.max(0, wait - (clock.now() - started)));
    }
  }

  async #scrapeAll(): Promise<void> {
    const { insecure } = this.#options;
    await Promise.all(
      ([...this.#nodes.values()] as Live<Node>[]).map(async (node) => {
        const { name } = node.metadata;
        const port = node.status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 10_250;
        try {
          this.#readings.take(name, await scrape(this.#context, node, { insecure, port }));
          this.#context.account({ cpuSeconds: 0.004 });
        } catch (error) {
          this.#log("E", "scraper.go:149", "Failed to scrape node", { err: (error as Error).message, node: name });
        }
      }),
    );
  }
}
