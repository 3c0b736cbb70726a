import http from "node:http";
import tls from "node:tls";
import type { Service } from "kubernetes-types/core/v1";
import type { EndpointSlice } from "kubernetes-types/discovery/v1";
import type { Clock } from "../../clock.ts";
import { workQueue } from "../../controllers/controller.ts";
import { readBody } from "../../network/http-fetch.ts";
import { DialError, type Connection, type Host } from "../../network/network.ts";
import type { ResourceInfo } from "../../schema/resource-info.ts";
import type { Client } from "../client.ts";
import { timestamp, type Live } from "../object.ts";
import type { PathHandler } from "../pipeline.ts";
import { relay } from "../subresources/proxy.ts";
import type { UserInfo } from "../user.ts";
import { API_SERVICES, availableConditions, isAvailable, localService, type APIService } from "./api-service.ts";
import { readResourceList } from "./resource-list.ts";

/** A service is looked at again after this, ms; sooner while it is not available. */
const RESYNC = 30_000;
const RETRY = 5_000;

/** A group and version that a Service serves, with what it was last known to serve. */
export interface AggregatedVersion {
  group: string;
  version: string;
  resources: readonly ResourceInfo[];
}

export interface Aggregator {
  /** Makes the objects of groups and versions that this server has itself. */
  registerOwn(versions: readonly { group: string; version: string }[]): Promise<void>;
  /** Passes requests on to the Service of their group and version. */
  handler: PathHandler;
  versions(): AggregatedVersion[];
  /** What the Service answers to a GET of `user`; undefined: no Service has the path's group and version. */
  get(path: string, user: UserInfo): Promise<{ code: number; body: string } | undefined>;
  stop(): void;
}

type Found = { available: boolean; reason: string; message: string };

export interface AggregatorOptions {
  client: Client;
  clock: Clock;
  /** The API server's place in the cluster network. */
  host: Host;
  report(error: unknown): void;
}

/** Serves APIServices: keeps their condition, and lets their Services answer (kube-aggregator pkg/apiserver, pkg/controllers/status). */
export function startAggregator({ client, clock, host, report }: AggregatorOptions): Aggregator {
  const known = new Map<string, readonly ResourceInfo[]>();
  const aggregated = (): APIService[] => client.list<APIService>(API_SERVICES).filter(({ spec }) => spec.service);
  const find = (path: string): APIService | undefined => {
    const [, root, group, version] = path.split("/");
    return root === "apis" && version
      ? aggregated().find(({ spec }) => spec.group === group && spec.version === version)
      : undefined;
  };

  const queue = workQueue({ clock, report }, async (name) => {
    const service = client.get<APIService>(API_SERVICES, { name });
    if (!service?.spec.service) return void known.delete(name);
    const found = await check(service);
    const conditions = availableConditions(service, found, timestamp(clock.now()));
    if (conditions) await client.updateStatus<APIService>(API_SERVICES, { ...service, status: { conditions } });
    queue.addAfter(name, found.available ? RESYNC : RETRY);
  });

  async function check(service: APIService): Promise<Found> {
    const { namespace, name, port = 443 } = service.spec.service!;
    const no = (reason: string, message: string): Found => ({ available: false, reason, message });
    const target = client.get<Live<Service>>("services", { namespace, name });
    const where = `service/${name} in ${JSON.stringify(namespace)}`;
    if (!target) return no("ServiceNotFound", `${where} is not present`);
    const own = target.spec?.ports?.find((one) => one.port === port);
    if (!own) return no("ServicePortError", `${where} is not listening on port ${port}`);
    const labelSelector = `kubernetes.io/service-name=${name}`;
    const slices = client.list<Live<EndpointSlice>>("endpointslices.discovery.k8s.io", { namespace, labelSelector });
    if (slices.length === 0) return no("EndpointsNotFound", `cannot find endpointslices for ${where}`);
    const isReached = slices.some(
      ({ ports, endpoints }) =>
        ports?.some((one) => (one.name ?? "") === (own.name ?? "")) &&
        endpoints?.some(({ conditions, addresses }) => conditions?.ready !== false && addresses.length > 0),
    );
    if (!isReached) {
      const why = `endpointslices for ${where} have no addresses with port name ${JSON.stringify(own.name ?? "")}`;
      return no("MissingEndpoints", why);
    }
    const path = `/apis/${service.spec.group}/${service.spec.version}`;
    const url = `https://${target.spec?.clusterIP}:${port}${path}`;
    const failing = (why: string) => no("FailedDiscoveryCheck", `failing or missing response from ${url}: ${why}`);
    try {
      const { code, body } = await ask(service, path, AGGREGATOR);
      if (code < 200 || code >= 300) return failing(`bad status from ${url}: ${code}`);
      known.set(service.metadata.name, readResourceList(body));
      return { available: true, reason: "Passed", message: "all checks passed" };
    } catch (error) {
      return failing(`Get ${JSON.stringify(url)}: ${(error as Error).message}`);
    }
  }

  /** Rejects with Go's words. */
  async function dial({ spec }: APIService): Promise<Connection> {
    const { namespace, name, port = 443 } = spec.service!;
    const ip = client.get<Live<Service>>("services", { namespace, name })?.spec?.clusterIP ?? "";
    const connection = await host.connect(ip, port).catch((error: unknown) => {
      throw error instanceof DialError ? new Error(`dial tcp ${ip}:${port}: ${error.message}`) : error;
    });
    const ca = spec.caBundle && Buffer.from(spec.caBundle, "base64").toString();
    const servername = `${name}.${namespace}.svc`;
    const trust = spec.insecureSkipTLSVerify ? { rejectUnauthorized: false } : { servername, ...(ca && { ca }) };
    const socket = tls.connect({ socket: connection, ...trust });
    await new Promise<void>((resolve, reject) => {
      socket.once("secureConnect", resolve);
      socket.once("error", (error: NodeJS.ErrnoException) => {
        connection.destroy();
        const isUntrusted = /SELF_SIGNED|UNABLE_TO|CERT_/.test(error.code ?? "");
        reject(
          isUntrusted
            ? new Error("tls: failed to verify certificate: x509: certificate signed by unknown authority")
            : new Error(error.message),
        );
      });
    });
    return socket as Connection;
  }

  async function ask(service: APIService, path: string, user: UserInfo): Promise<{ code: number; body: string }> {
    const connection = await dial(service);
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const headers = { Accept: "application/json", Host: "localhost", ...userHeaders(user) };
      const request = http.request({ createConnection: () => connection as never, path, headers }, resolve);
      request.on("error", reject);
      request.end();
    });
    const body = String(await readBody(response));
    connection.destroy();
    return { code: response.statusCode ?? 0, body };
  }

  async function registerOwn(own: readonly { group: string; version: string }[]): Promise<void> {
    for (const { group, version } of own) {
      const service = localService(group, version, timestamp(clock.now()));
      if (client.get(API_SERVICES, { name: service.metadata.name })) continue;
      await client.create<APIService>(API_SERVICES, service as Partial<APIService> & typeof service);
      await client.updateStatus(API_SERVICES, {
        ...client.get<APIService>(API_SERVICES, { name: service.metadata.name })!,
        status: service.status,
      });
    }
  }
  const stop = client.watch<APIService>(API_SERVICES, ({ type, object }) => {
    if (object.spec.service && type !== "MODIFIED") queue.add(object.metadata.name);
  });

  return {
    registerOwn,
    async handler(call) {
      const service = find(call.info.path);
      if (!service) return false;
      if (!isAvailable(service)) {
        call.send(503, "text/plain; charset=utf-8", "service unavailable\n", { "X-Content-Type-Options": "nosniff" });
        return true;
      }
      let connection: Connection;
      try {
        connection = await dial(service);
      } catch (error) {
        call.send(503, "text/plain; charset=utf-8", `error trying to reach service: ${(error as Error).message}`);
        return true;
      }
      const query = call.info.query.toString();
      await relay(call, connection, `${call.info.path}${query && `?${query}`}`, userHeaders(call.user));
      return true;
    },
    versions: () =>
      aggregated().map(({ metadata, spec }) => ({
        group: spec.group ?? "",
        version: spec.version,
        resources: known.get(metadata.name) ?? [],
      })),
    async get(path, user) {
      const service = find(path);
      if (!service) return undefined;
      if (!isAvailable(service)) return { code: 503, body: "service unavailable" };
      return ask(service, path, user);
    },
    stop() {
      stop();
      queue.stop();
    },
  };
}

const AGGREGATOR: UserInfo = { username: "system:kube-aggregator", groups: ["system:masters"] };

/** How the API server tells whom it asks for. */
const userHeaders = ({ username, groups }: UserInfo): Record<string, string | string[]> => ({
  "X-Remote-User": username,
  "X-Remote-Group": [...groups],
});
