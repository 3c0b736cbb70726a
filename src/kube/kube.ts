import { ApiError, type Refusal, toRefusal } from "./api-error.ts";
import type { KubeObject } from "./objects.ts";
import type { ResourceRule, Right } from "./rights.ts";
import { discover, knownResources, pathOf, type Resource, resourceNamed } from "./resources.ts";
import { type KubeRequest, type KubeResponse, type KubeTarget, loadConfig, openTransport, type Send } from "./transport.ts";

/** Which objects of a kind. */
export interface ListQuery {
  /** The course's own when absent; `*` is all of them. */
  namespace?: string;
  /** A label selector. */
  selector?: string;
  /** A field selector. */
  fields?: string;
}

export interface WriteOptions {
  /** Who is said to have written it. */
  manager?: string;
  /** Everything but the storing. */
  dryRun?: boolean;
  /** Unknown and doubled fields are refused, as `kubectl --validate=strict` has it. */
  strict?: boolean;
}

/** What a dry run came to. */
export type Trial = { accepted: true; object: KubeObject } | { accepted: false; refusal: Refusal };

/** What an own request to a program behind the API server came to. */
export interface ProxyTarget {
  kind: "services" | "pods";
  name: string;
  port: number | string;
  namespace?: string;
  /** With its slash. */
  path: string;
}

export interface ExecResult {
  /** 0 when it ended well. */
  code: number;
  stdout: string;
  stderr: string;
}

export interface ExecRequest {
  pod: string;
  container?: string;
  namespace?: string;
  command: readonly string[];
}

/** A cluster as checks, apply and reset need it. Discovery is asked at most once. All methods throw ApiError and ClusterUnreachable. */
export class Kube {
  readonly server: string;
  /** The course's namespace. */
  readonly namespace: string;
  readonly #send: Send;
  readonly #exec: (request: ExecRequest & { namespace: string }) => Promise<ExecResult>;
  #discovered: Promise<readonly Resource[]> | undefined;

  constructor(options: { server: string; namespace: string; send: Send; exec: Kube["exec"] }) {
    this.server = options.server;
    this.namespace = options.namespace;
    this.#send = options.send;
    this.#exec = options.exec;
  }

  /** Everything the server serves, preferred versions first. */
  discovery(): Promise<readonly Resource[]> {
    return (this.#discovered ??= discover(this.#send).catch((error: unknown) => {
      this.#discovered = undefined;
      throw error;
    }));
  }

  /** By kind, singular, plural or short name. */
  async resource(word: string): Promise<Resource | undefined> {
    return resourceNamed(knownResources, word) ?? resourceNamed(await this.discovery(), word);
  }

  /** Of a manifest; undefined when the server has no such pair. */
  async resourceOf(apiVersion: string, kind: string): Promise<Resource | undefined> {
    const isIt = (resource: Resource): boolean => resource.apiVersion === apiVersion && resource.kind === kind;
    return knownResources.find(isIt) ?? (await this.discovery()).find(isIt);
  }

  /** Undefined when there is none, or no such kind. */
  async get<T extends object = KubeObject>(kind: string | Resource, name: string, namespace?: string): Promise<T | undefined> {
    const resource = await this.#known(kind);
    if (!resource) return undefined;
    const response = await this.#send({ method: "GET", path: pathOf(resource, namespace ?? this.namespace, name) });
    return response.status === 404 ? undefined : parsed<T>(response);
  }

  /** In order of name. Empty when there is no such kind. */
  async list<T extends object = KubeObject>(kind: string | Resource, query: ListQuery = {}): Promise<T[]> {
    const resource = await this.#known(kind);
    if (!resource) return [];
    const { namespace = this.namespace, selector, fields } = query;
    const path = pathOf(resource, namespace === "*" ? undefined : namespace);
    const parameters = { ...(selector && { labelSelector: selector }), ...(fields && { fieldSelector: fields }) };
    return parsed<{ items: T[] }>(await this.#send({ method: "GET", path, query: parameters })).items;
  }

  create(object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    return this.#write("POST", object, options);
  }

  /** The whole object, in place of what is there. */
  replace(object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    return this.#write("PUT", object, options);
  }

  /** Server-side apply. Without `force` somebody else's fields are a refusal with `conflictsOf`. */
  async apply(object: KubeObject, { force = false, ...options }: WriteOptions & { force?: boolean } = {}): Promise<KubeObject> {
    const path = await this.#pathTo(object, true);
    const query = { ...writeQuery(options), ...(force && { force: "true" }) };
    const headers = { "Content-Type": "application/apply-patch+yaml" };
    return parsed(await this.#send({ method: "PATCH", path, query, headers, body: JSON.stringify(object) }));
  }

  /** Whether the server would take the object, be it new or a change. */
  async tryOut(object: KubeObject): Promise<Trial> {
    const options = { dryRun: true, strict: true };
    try {
      return { accepted: true, object: await this.create(object, options) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.refusal.reason !== "AlreadyExists") return { accepted: false, refusal: error.refusal };
    }
    try {
      return { accepted: true, object: await this.apply(object, { ...options, force: true, manager: "k8s-bootcamp" }) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { accepted: false, refusal: error.refusal };
    }
  }

  /** A JSON patch. */
  async patch(object: KubeObject, operations: readonly object[], options: WriteOptions = {}): Promise<KubeObject> {
    const path = await this.#pathTo(object, true);
    const headers = { "Content-Type": "application/json-patch+json" };
    return parsed(
      await this.#send({ method: "PATCH", path, query: writeQuery(options), headers, body: JSON.stringify(operations) }),
    );
  }

  /** False when there was none. Its dependents go in the background. */
  async delete(
    kind: string | Resource,
    name: string,
    { namespace, grace }: { namespace?: string; grace?: number } = {},
  ): Promise<boolean> {
    const resource = await this.#known(kind);
    if (!resource) return false;
    const body = { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Background", gracePeriodSeconds: grace };
    const response = await this.#send({
      method: "DELETE",
      path: pathOf(resource, namespace ?? this.namespace, name),
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (response.status === 404) return false;
    parsed(response);
    return true;
  }

  /** Whether we may do this. */
  async may({ verb, resource, namespace }: Right): Promise<boolean> {
    const [word = "", subresource] = resource.split("/");
    const known = word === "*" ? undefined : await this.resource(word);
    const group = known?.apiVersion.includes("/") ? known.apiVersion.split("/")[0] : word === "*" ? "*" : "";
    const where = { ...(namespace !== undefined && { namespace }), ...(subresource && { subresource }) };
    const attributes = { verb, group, resource: known?.plural ?? word, ...where };
    const review = await this.#ask<{ status: { allowed: boolean } }>("SelfSubjectAccessReview", {
      resourceAttributes: attributes,
    });
    return review.status.allowed;
  }

  /** What we may do in the course's namespace; `incomplete` where the cluster can't say it all. */
  async rules(): Promise<{ rules: readonly ResourceRule[]; incomplete: boolean }> {
    const { status } = await this.#ask<{ status: { resourceRules?: ResourceRule[]; incomplete?: boolean } }>(
      "SelfSubjectRulesReview",
      { namespace: this.namespace },
    );
    return { rules: status.resourceRules ?? [], incomplete: status.incomplete === true };
  }

  /** A GET through the API server. Its own refusals and the program's answers come back alike: as a status and a body. */
  proxy({ kind, name, port, namespace = this.namespace, path }: ProxyTarget): Promise<KubeResponse> {
    const root = `/api/v1/namespaces/${encodeURIComponent(namespace)}/${kind}/${encodeURIComponent(name)}:${port}`;
    return this.#send({ method: "GET", path: `${root}/proxy${path}`, headers: { Accept: "*/*" } });
  }

  /** Runs a command in a container to its end. */
  exec(request: ExecRequest): Promise<ExecResult> {
    return this.#exec({ namespace: this.namespace, ...request });
  }

  /** The last `lines` of a container's log. */
  async log(
    pod: string,
    { container, namespace = this.namespace, previous = false, lines = 100 }: LogQuery = {},
  ): Promise<string> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
    const query = { tailLines: String(lines), ...(container && { container }), ...(previous && { previous: "true" }) };
    const response = await this.#send({ method: "GET", path, query, headers: { Accept: "*/*" } });
    if (response.status !== 200) throw new ApiError(toRefusal(response.status, response.body));
    return response.body;
  }

  /** A JSON document of the server that is no object: `/version`, `/openapi/v3/…`. */
  async document<T>(path: string): Promise<T> {
    return parsed<T & object>(await this.#send({ method: "GET", path }));
  }

  #known(kind: string | Resource): Promise<Resource | undefined> {
    return typeof kind === "string" ? this.resource(kind) : Promise.resolve(kind);
  }

  async #pathTo(object: KubeObject, named: boolean): Promise<string> {
    const { apiVersion = "", kind = "", metadata } = object;
    const resource = await this.resourceOf(apiVersion, kind);
    if (!resource) throw new ApiError(noMatch(apiVersion, kind));
    return pathOf(resource, metadata?.namespace ?? this.namespace, named ? (metadata?.name ?? "") : undefined);
  }

  async #write(method: "POST" | "PUT", object: KubeObject, options: WriteOptions): Promise<KubeObject> {
    const path = await this.#pathTo(object, method === "PUT");
    return parsed(await this.#send({ method, path, query: writeQuery(options), ...asJson(object) }));
  }

  async #ask<T extends object>(kind: string, spec: object): Promise<T> {
    const apiVersion = "authorization.k8s.io/v1";
    const path = `/apis/${apiVersion}/${kind.toLowerCase()}s`;
    return parsed<T>(await this.#send({ method: "POST", path, ...asJson({ apiVersion, kind, spec }) }));
  }
}

interface LogQuery {
  container?: string;
  namespace?: string;
  /** Of the container before its last restart. */
  previous?: boolean;
  lines?: number;
}

/** @throws KubeconfigError; nothing is asked of the cluster yet. */
export function connectKube(target: KubeTarget & { namespace: string }): Kube {
  const config = loadConfig(target);
  const { server, send } = openTransport(config);
  return new Kube({
    server,
    namespace: target.namespace,
    send,
    exec: async (request) => (await import("./exec.ts")).execInPod(config, { namespace: target.namespace, ...request }),
  });
}

function parsed<T extends object>({ status, body }: KubeResponse): T {
  if (status >= 300) throw new ApiError(toRefusal(status, body));
  return JSON.parse(body) as T;
}

const asJson = (body: object): Pick<KubeRequest, "headers" | "body"> => ({
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

const writeQuery = ({ manager, dryRun, strict }: WriteOptions): Record<string, string> => ({
  ...(manager && { fieldManager: manager }),
  ...(dryRun && { dryRun: "All" }),
  ...(strict && { fieldValidation: "Strict" }),
});

/** What kubectl says before it sends anything; it hides the namespace's name behind "CRDs". */
const noMatch = (apiVersion: string, kind: string): Refusal => ({
  status: 404,
  reason: "NoMatch",
  message: `no matches for kind "${kind}" in version "${apiVersion}"`,
  causes: [],
});
