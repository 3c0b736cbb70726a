import type { IncomingMessage, ServerResponse } from "node:http";
import { authenticate, impersonation, type Authenticator } from "./authenticate.ts";
import { authorize } from "./authorize.ts";
import { Call } from "./call.ts";
import { encodeValue } from "./encode.ts";
import { serveResource, unsupported } from "./handlers.ts";
import { NO_ATTRIBUTES, type Attributes } from "./rbac.ts";
import type { Endpoint, Registry } from "./registry.ts";
import { parseRequest, type RequestInfo } from "./request-info.ts";
import type { ServerMetrics } from "./server-metrics.ts";
import { StatusError } from "./status-error.ts";
import { MASTERS_GROUP, type UserInfo } from "./user.ts";

/** Serves what is not plain storage. `endpoint` is the resource of the URL. */
export type SubresourceHandler = (call: Call, endpoint: Endpoint) => void | Promise<void>;

/** Serves a path that names no resource. Returns false when it is not its own. */
export type PathHandler = (call: Call) => boolean | Promise<boolean>;

export interface PipelineOptions {
  registry: Registry;
  authenticator: Authenticator;
  /** By `pods/log`, of every resource `/scale`; and by plural alone for resources that are only asked, never stored (reviews). */
  handlers: ReadonlyMap<string, SubresourceHandler>;
  paths: readonly PathHandler[];
  /** Warnings for whoever touches the resource: `v1/endpoints` → deprecation text. */
  deprecations: ReadonlyMap<string, string>;
  /** Settled when all roles of a fresh cluster are there: who needs them, or asks for them, waits. */
  access(): Promise<void>;
  /** Called for every request that arrives. */
  onRequest(): void;
  metrics: ServerMetrics;
  report(error: unknown): void;
}

/** One request through all stages: authenticate → impersonate → authorize → route → handle. */
export class Pipeline {
  readonly #options: PipelineOptions;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { onRequest, metrics, registry } = this.#options;
    onRequest();
    const arrived = registry.clock.now();
    let call: Call | undefined;
    try {
      call = await this.#open(request, response);
      if (call.info.isResource) await this.#resource(call);
      else await this.#path(call);
    } catch (error) {
      this.#fail(error, request, response, call);
    }
    if (call) metrics.answered(call.info, response.statusCode, (registry.clock.now() - arrived) / 1000);
  }

  /** The stages before a handler. Throws a StatusError. */
  async #open(request: IncomingMessage, response: ServerResponse): Promise<Call> {
    const { registry, authenticator, access } = this.#options;
    const info = parseRequest(request.method ?? "GET", request.url ?? "/");
    const asker = authenticate(authenticator, request);
    if (!asker.groups.includes(MASTERS_GROUP) || impersonation(request) || ABOUT_ACCESS.has(info.group)) await access();
    const user = this.#impersonate(asker, request);
    this.#authorize(user, attributesOf(info));
    return new Call(registry, info, user, request, response);
  }

  /** The handler of a subresource such as `pods/exec`. */
  handlerOf({ info }: Call): { endpoint: Endpoint; handler: SubresourceHandler | undefined } {
    const { registry, handlers } = this.#options;
    const endpoint = registry.find(info.group, info.version, info.resource);
    const subresource = endpoint?.info.subresources.find(({ name }) => name === info.subresource);
    if (!endpoint || (info.subresource && !subresource)) throw noResource();
    if (!info.subresource) return { endpoint, handler: handlers.get(endpoint.name) };
    const handler = handlers.get(`${endpoint.name}/${info.subresource}`) ?? handlers.get(`/${info.subresource}`);
    return { endpoint, handler };
  }

  async #resource(call: Call): Promise<void> {
    const { info } = call;
    const { registry, deprecations } = this.#options;
    if (!registry.hasGroupVersion(info.group, info.version)) {
      if (info.group) return this.#path(call);
      throw noResource();
    }
    if (!info.resource) return this.#path(call);
    const { endpoint, handler } = this.handlerOf(call);
    const deprecated = deprecations.get(`${endpoint.apiVersion}/${info.resource}`);
    if (deprecated && info.verb !== "watch") call.warnings.push(deprecated);
    if (endpoint.info.namespaced && !info.namespace && !SPANNING.has(info.verb)) throw unsupported();
    if (handler) await handler(call, endpoint);
    else await serveResource(call, endpoint);
  }

  async #path(call: Call): Promise<void> {
    for (const serve of this.#options.paths) if (await serve(call)) return;
    // Below /api the core group answers for itself; elsewhere it is the bare HTTP server.
    if (call.info.path.startsWith("/api/")) throw noResource();
    notFoundPage(call);
  }

  #impersonate(asker: UserInfo, request: IncomingMessage): UserInfo {
    const wanted = impersonation(request);
    if (!wanted) return asker;
    for (const attributes of wanted.asked) this.#authorize(asker, attributes);
    return wanted.user;
  }

  #authorize(user: UserInfo, attributes: Attributes): void {
    const { allowed, reason } = authorize(this.#options.registry.store, user, attributes);
    if (!allowed) throw forbidden(user, attributes, reason);
  }

  #fail(error: unknown, request: IncomingMessage, response: ServerResponse, call: Call | undefined): void {
    if (response.destroyed) return;
    const refusal =
      error instanceof StatusError ? error : StatusError.internal(error instanceof Error ? error.message : String(error));
    if (!(error instanceof StatusError)) this.#options.report(error);
    if (response.headersSent) return void response.end();
    const yaml = request.headers.accept === "application/yaml";
    const body = encodeValue(refusal.status, { format: yaml ? "yaml" : "json" });
    response.writeHead(refusal.code, {
      "Content-Type": yaml ? "application/yaml" : "application/json",
      "Content-Length": Buffer.byteLength(body),
      "Cache-Control": "no-cache, private",
      ...call?.warningHeader(),
    });
    response.end(body);
  }
}

const ABOUT_ACCESS: ReadonlySet<string> = new Set(["rbac.authorization.k8s.io", "authorization.k8s.io"]);

/** Verbs that may span namespaces. */
const SPANNING = new Set(["list", "watch"]);

function attributesOf({ verb, isResource, group, resource, subresource, name, namespace, path, query }: RequestInfo): Attributes {
  if (!isResource || !resource) return { ...NO_ATTRIBUTES, verb: verb === "list" ? "get" : verb, path };
  // A list or watch of one name alone may be allowed by that name.
  const fieldSelector = query.get("fieldSelector") ?? "";
  const only = name || /(?:^|,)metadata\.name==?([^,]+)/.exec(fieldSelector)?.[1] || "";
  return { verb, isResource: true, group, resource, subresource, name: only, namespace, path, fieldSelector };
}

/** apiserver pkg/endpoints/handlers/responsewriters/errors.go ForbiddenStatusError. */
function forbidden(user: UserInfo, wanted: Attributes, reason: string): StatusError {
  const why = `User ${JSON.stringify(user.username)} cannot ${wanted.verb} ${targetOf(wanted)}${reason && `: ${reason}`}`;
  if (!wanted.isResource) return new StatusError(403, "Forbidden", `forbidden: ${why}`, {});
  return StatusError.forbidden({ group: wanted.group, resource: wanted.resource }, wanted.name, why);
}

function targetOf({ isResource, group, resource, subresource, namespace, path }: Attributes): string {
  if (!isResource) return `path ${JSON.stringify(path)}`;
  const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : "at the cluster scope";
  const what = subresource ? `${resource}/${subresource}` : resource;
  return `resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`;
}

const noResource = () => new StatusError(404, "NotFound", "the server could not find the requested resource", {});

const notFoundPage = (call: Call) =>
  call.send(404, "text/plain; charset=utf-8", "404 page not found\n", { "X-Content-Type-Options": "nosniff" });
