import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import tls from "node:tls";
import type { EndpointSlice } from "kubernetes-types/discovery/v1";
import type { Pod, Service } from "kubernetes-types/core/v1";
import type { Connection, Host } from "../../network/network.ts";
import { DialError } from "../../network/network.ts";
import type { Call } from "../call.ts";
import type { SubresourceHandler } from "../pipeline.ts";
import type { Live } from "../object.ts";
import { StatusError } from "../status-error.ts";
import { upgrades } from "../server.ts";

/** Where a proxied request goes, and how messages name it. */
interface Destination {
  ip: string;
  port: number;
  /** Over TLS, whatever the certificate says. */
  secure?: boolean;
}

/** `…/pods/[https:]NAME[:PORT]/proxy/…`: to the pod, from the API server's host. */
export const servePodProxy =
  (host: Host): SubresourceHandler =>
  async (call) => {
    const { scheme, name, port } = splitName(call.info.name);
    const pod = call.registry.store.get("pods", { namespace: call.info.namespace, name }) as Live<Pod> | undefined;
    if (!pod) throw StatusError.notFound({ group: "", resource: "pods" }, name);
    if (!pod.status?.podIP) throw StatusError.internal("address not allowed");
    const declared = pod.spec?.containers.flatMap(({ ports = [] }) => ports) ?? [];
    const number =
      port === "" ? (declared[0]?.containerPort ?? 80) : Number(port) || declared.find((one) => one.name === port)?.containerPort;
    if (!number) throw StatusError.badRequest(`port ${JSON.stringify(port)} not found in pod ${JSON.stringify(name)}`);
    const destination = { ip: pod.status.podIP, port: number, secure: scheme === "https" };
    await forward(call, destination, () => dial(host, destination));
  };

/** `…/services/[https:]NAME[:PORT]/proxy/…`: to a ready endpoint of the Service, chosen by chance. */
export const serveServiceProxy =
  (host: Host): SubresourceHandler =>
  async (call) => {
    const { scheme, name, port } = splitName(call.info.name);
    const { store, random } = call.registry;
    const { namespace } = call.info;
    const service = store.get("services", { namespace, name }) as Live<Service> | undefined;
    if (!service) throw StatusError.notFound({ group: "", resource: "services" }, name);
    const portName = servicePortName(service, port);
    const slices = (store.list("endpointslices.discovery.k8s.io", namespace) as unknown as Live<EndpointSlice>[]).filter(
      ({ metadata }) => metadata.labels?.["kubernetes.io/service-name"] === name,
    );
    const ready = slices.flatMap((slice) => {
      const target = slice.ports?.find((one) => (one.name ?? "") === portName)?.port;
      // A slice of a Service without Pods has null here, as on a real server.
      const addresses = (slice.endpoints ?? [])
        .filter(({ conditions }) => conditions?.ready !== false)
        .flatMap((endpoint) => endpoint.addresses);
      return target === undefined ? [] : addresses.map((ip) => ({ ip, port: target }));
    });
    const chosen = ready[random.integer(ready.length)];
    if (!chosen) throw StatusError.serviceUnavailable(`no endpoints available for service ${JSON.stringify(call.info.name)}`);
    await forward(call, chosen, () => dial(host, { ...chosen, secure: scheme === "https" }));
  };

/** A number must be one of the Service's ports and stands for its name; anything else is taken as the name. */
function servicePortName({ spec, metadata }: Live<Service>, port: string): string {
  if (!/^\d+$/.test(port)) return port;
  const found = spec?.ports?.find((one) => String(one.port) === port);
  if (!found) throw StatusError.serviceUnavailable(`no service port ${port} found for service ${JSON.stringify(metadata.name)}`);
  return found.name ?? "";
}

/** `https:name:port`, `name:port`, `name`. */
export function splitName(text: string): { scheme: string; name: string; port: string } {
  const parts = text.split(":");
  const [scheme = "", name = "", port = ""] = parts.length === 3 ? parts : ["", ...parts];
  return { scheme, name, port };
}

/** Rejects with a DialError, or with what TLS says. */
export async function dial(host: Host, { ip, port, secure }: Destination): Promise<Connection> {
  const connection = await host.connect(ip, port);
  if (!secure) return connection;
  const socket = tls.connect({ socket: connection, rejectUnauthorized: false });
  await new Promise((resolve, reject) => {
    socket.once("secureConnect", resolve);
    socket.once("error", reject);
  });
  return socket as Connection;
}

/** Headers that belong to one hop. */
const HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "authorization",
]);

/** Sends the request on over what `connect` gives, and its answer back. */
export async function forward(call: Call, { ip, port }: Destination, connect: () => Promise<Connection>): Promise<void> {
  const { request, response, info } = call;
  if (info.rest === "" && request.method === "GET") {
    // Relative links of the page behind only work below a folder.
    const query = info.query.toString();
    response.writeHead(301, { Location: `${info.path}/${query && `?${query}`}` });
    return void response.end();
  }
  if (upgrades.has(request)) throw StatusError.notModelled("protocol upgrades through the proxy subresource");
  let connection: Connection;
  try {
    connection = await connect();
  } catch (error) {
    const why =
      error instanceof DialError
        ? `dial tcp ${ip}:${port}: ${error.message}`
        : "tls: first record does not look like a TLS handshake";
    throw StatusError.serviceUnavailable(`error trying to reach service: ${why}`);
  }
  const query = info.query.toString();
  await relay(call, connection, `${info.rest}${query && `?${query}`}`, { "x-forwarded-uri": info.path });
}

/** Asks the same of whoever is at the other end, at `path` there, and passes the answer on. Rejects when the connection breaks. */
export async function relay(
  { request, response }: Call,
  connection: Connection,
  path: string,
  more: Readonly<Record<string, string | string[]>>,
): Promise<void> {
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !HOP.has(name))) as IncomingHttpHeaders;
  await new Promise<void>((resolve, reject) => {
    const inner = httpRequest({
      createConnection: () => connection as never,
      method: request.method,
      path,
      headers: { ...headers, host: request.headers.host ?? "", "accept-encoding": "gzip", ...more },
    });
    inner.on("response", (answer) => {
      const back = Object.fromEntries(
        Object.entries(answer.headers).filter(([name]) => !HOP.has(name) || name === "transfer-encoding"),
      );
      response.writeHead(answer.statusCode ?? 502, back);
      answer.pipe(response);
      answer.on("end", resolve);
      answer.on("error", reject);
    });
    inner.on("error", (error) => reject(StatusError.serviceUnavailable(`error trying to reach service: ${error.message}`)));
    response.on("close", () => inner.destroy());
    request.pipe(inner);
  });
}
