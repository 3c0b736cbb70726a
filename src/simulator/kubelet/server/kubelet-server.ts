import http from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import type { Attributes } from "../../api/rbac.ts";
import { NO_ATTRIBUTES } from "../../api/rbac.ts";
import { StatusError } from "../../api/status-error.ts";
import { ANONYMOUS, AUTHENTICATED_GROUP, type UserInfo } from "../../api/user.ts";
import { Counters } from "../../metrics/counters.ts";
import { EXPOSITION_TYPE, exposition, type Family } from "../../metrics/exposition.ts";
import { connectionPair } from "../../network/connection.ts";
import type { Host } from "../../network/network.ts";
import { cadvisorFamilies } from "./cadvisor-metrics.ts";
import { kubeletFamilies } from "./kubelet-metrics.ts";
import type { NodeFigures } from "./node-figures.ts";
import { resourceFamilies } from "./resource-metrics.ts";
import { CpuRates, statsSummary } from "./stats-summary.ts";

const PORT = 10_250;

/** What a kubelet asks the API server: who is it (TokenReview), and may they (SubjectAccessReview)? */
export interface KubeletAuthority {
  /** Throws a StatusError for credentials that prove nothing. */
  authenticate(request: http.IncomingMessage): UserInfo;
  isAllowed(user: UserInfo, wanted: Attributes): boolean;
  /** The certificate the kubelet made for itself, and the authority that clients' certificates must be signed by; PEM. */
  certificate(): Promise<{ certificate: string; key: string; ca: string }>;
}

/** The client certificate of the API server. */
const API_SERVER: UserInfo = {
  username: "kube-apiserver-kubelet-client",
  groups: ["kubeadm:cluster-admins", AUTHENTICATED_GROUP],
};

export interface KubeletServer {
  /** A plain HTTP connection, for the API server, who is known. */
  open(): Duplex;
  close(): void;
}

/** The kubelet's own port: figures of the node, its pods and itself, for who may see them (pkg/kubelet/server). */
export function serveKubelet(host: Host, authority: KubeletAuthority, figures: NodeFigures): KubeletServer {
  const requests = new Counters(
    "kubelet_http_requests_total",
    "[ALPHA] Number of the http requests received since the server started",
  );
  const rates = new CpuRates();
  const answer = (user: () => UserInfo) => (request: http.IncomingMessage, response: http.ServerResponse) => {
    response.setHeader("Date", new Date(figures.clock.now()).toUTCString());
    try {
      serve(user(), request, response);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      plain(response, error.code, error.code === 401 ? "Unauthorized" : `${error.message}\n`);
    }
  };

  function serve(user: UserInfo, request: http.IncomingMessage, response: http.ServerResponse): void {
    const path = (request.url ?? "/").split("?")[0]!;
    if (user.username === ANONYMOUS.username) return plain(response, 401, "Unauthorized");
    const wanted = attributesOf(request.method ?? "GET", path, figures.nodeName);
    if (!wanted.some((attributes) => authority.isAllowed(user, attributes))) {
      const { verb, resource } = wanted[0]!;
      const subresources = wanted.map(({ subresource }) => subresource).join(" ");
      const why = `user=${user.username}, verb=${verb}, resource=${resource}, subresource(s)=[${subresources}]`;
      return plain(response, 403, `Forbidden (${why})\n`);
    }
    const root = path.split("/").slice(1, 3).join("/").replace(/\/$/, "");
    requests.add({ long_running: "false", method: request.method ?? "GET", path: root, server_type: "readwrite" });
    const families = FAMILIES[path]?.(figures, requests);
    if (families) {
      response.writeHead(200, { "Content-Type": EXPOSITION_TYPE });
      return void response.end(exposition(families));
    }
    if (/^\/healthz(\/(ping|log|syncloop))?$/.test(path)) return plain(response, 200, "ok");
    if (path === "/stats/summary" || path === "/stats/summary/") return json(response, statsSummary(figures, rates), 1);
    if (path === "/pods" || path === "/pods/") {
      const items = figures.pods().map(({ pod }) => pod);
      return json(response, { kind: "PodList", apiVersion: "v1", metadata: {}, items });
    }
    if (NOT_SERVED.test(path)) throw StatusError.notModelled(`the kubelet's own ${path.split("/")[1]} endpoint`);
    plain(response, 404, "404 page not found\n");
  }

  const known = http.createServer(answer(() => API_SERVER));
  let secure: Promise<https.Server> | undefined;
  const openSecure = async () => {
    const { certificate, key, ca } = await authority.certificate();
    const options = { cert: certificate, key, ca, requestCert: true, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] };
    return https.createServer(options, (request, response) => answer(() => authority.authenticate(request))(request, response));
  };
  const listener = host.listen(PORT, (connection) => {
    secure ??= openSecure();
    secure.then(
      (server) => server.emit("connection", connection),
      () => connection.destroy(),
    );
  });
  return {
    open() {
      const own = { ip: host.ip, port: PORT };
      const { near, far } = connectionPair({ client: { ip: host.ip, port: 0 }, addressed: own, server: own });
      known.emit("connection", far);
      return near;
    },
    close: () => listener.close(),
  };
}

const FAMILIES: Readonly<Record<string, (figures: NodeFigures, requests: Counters) => Family[]>> = {
  "/metrics": kubeletFamilies,
  "/metrics/cadvisor": cadvisorFamilies,
  "/metrics/resource": resourceFamilies,
  "/metrics/probes": ({ probes, startedAt, pods }) => [
    probes.family(({ pod_uid: uid }) => pods().some(({ pod }) => pod.metadata.uid === uid)),
    {
      name: "process_start_time_seconds",
      type: "gauge",
      help: "[ALPHA] Start time of the process since unix epoch in seconds.",
      samples: [{ value: startedAt / 1000 }],
    },
  ],
};

/** The API server has its own way to these. */
const NOT_SERVED = /^\/(run|exec|attach|portForward|containerLogs|logs|configz|debug|checkpoint|runningpods|flagz|statusz)(\/|$)/;

const VERBS: Readonly<Record<string, string>> = { POST: "create", GET: "get", PUT: "update", PATCH: "patch", DELETE: "delete" };

/** Which rights on the node let somebody read a path; any of them will do (pkg/kubelet/server/auth.go). */
function attributesOf(method: string, path: string, name: string): Attributes[] {
  const below = (root: string) => path === root || path.startsWith(`${root}/`);
  const own = [
    ["/pods", "pods"],
    ["/healthz", "healthz"],
    ["/configz", "configz"],
    ["/runningpods", "pods"],
  ].flatMap(([root = "", subresource = ""]) => (below(root) ? [subresource] : []));
  const general = [
    ["/stats", "stats"],
    ["/metrics", "metrics"],
    ["/logs", "log"],
    ["/checkpoint", "checkpoint"],
    ["/statusz", "statusz"],
    ["/flagz", "configz"],
  ].find(([root = ""]) => below(root))?.[1];
  return [...own, general ?? "proxy"].map((subresource) => ({
    ...NO_ATTRIBUTES,
    verb: VERBS[method] ?? "",
    isResource: true,
    resource: "nodes",
    subresource,
    name,
    path,
  }));
}

function plain(response: http.ServerResponse, code: number, text: string): void {
  response.writeHead(code, { "Content-Type": "text/plain; charset=utf-8" });
  response.end(text);
}

function json(response: http.ServerResponse, value: unknown, indent?: number): void {
  response.writeHead(200, { "Content-Type": "application/json" });
  response.end(JSON.stringify(value, undefined, indent));
}
