import type { Node, Pod, Service } from "kubernetes-types/core/v1.js";
import type { ProgramContext } from "../../program.ts";
import type { KubernetesDiscovery, Role } from "../config/config.ts";
import { fileFault } from "../go-errors.ts";
import { HTTPClient } from "../http-client.ts";
import type { Log } from "../log.ts";
import type { TargetGroup } from "../scrape/target.ts";
import { namespacedName } from "./objects.ts";
import { ConfiguredApi, Reflector } from "./reflector.ts";
import { ROLE_DEFINITIONS } from "./roles.ts";

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

export interface DiscoveryOptions {
  context: ProgramContext;
  config: KubernetesDiscovery;
  userAgent: string;
  log: Log;
  onChange(): void;
}

/** Targets by the cluster's API, asked with the pod's own account (discovery/kubernetes/kubernetes.go). */
export interface Discovery {
  groups(): TargetGroup[];
  stop(): void;
}

/** Starts to look. Throws an Error in Prometheus' words when there is nobody to ask. */
export async function discoverKubernetes({ context, config, userAgent, log, onChange }: DiscoveryOptions): Promise<Discovery> {
  const { server, client } = config.api_server
    ? { server: config.api_server.replace(/\/$/, ""), client: new HTTPClient(context, config) }
    : await inCluster(context);
  const { names, own_namespace: own } = config.namespaces;
  const namespaces = own ? [...names, await ownNamespace(context)] : names;
  const stop = new AbortController();

  const watch = (role: Role, namespace: string | undefined): Reflector => {
    const { api, resource, type } = ROLE_DEFINITIONS[role];
    const { label, field } = config.selectors.find((selector) => selector.role === role) ?? {};
    return new Reflector({
      context,
      api: new ConfiguredApi(client, server, userAgent),
      path: `${api}${namespace ? `/namespaces/${namespace}` : ""}/${resource}`,
      query: { ...(label && { labelSelector: label }), ...(field && { fieldSelector: field }) },
      type,
      signal: stop.signal,
      log,
      onChange,
    });
  };
  const everywhere = (role: Role) =>
    (namespaces.length > 0 && role !== "node" ? namespaces : [undefined]).map((one) => watch(role, one));

  const definition = ROLE_DEFINITIONS[config.role];
  const primary = everywhere(config.role);
  const others = new Map(definition.also.map((role) => [role, everywhere(role)]));
  if (config.role === "pod") others.set("pod", primary);
  if (config.withNodes) others.set("node", everywhere("node"));
  const find = <T>(role: Role, namespace: string | undefined, name: string | undefined): T | undefined =>
    others
      .get(role)
      ?.map(({ objects }) => objects.get(namespacedName(namespace, name)))
      .find((object) => object !== undefined) as T | undefined;
  const around = {
    node: (name: string | undefined) => find<Node>("node", "", name),
    pod: (namespace: string | undefined, name: string | undefined) => find<Pod>("pod", namespace, name),
    service: (namespace: string | undefined, name: string | undefined) => find<Service>("service", namespace, name),
  };
  return {
    groups() {
      const all = [...primary, ...[...others.values()].flat()];
      if (!all.every(({ synced }) => synced)) return [];
      return primary.flatMap(({ objects }) =>
        [...objects.values()].flatMap((object) => definition.group(object as never, around) ?? []),
      );
    },
    stop: () => stop.abort(),
  };
}

/** What client-go's InClusterConfig makes of a pod's environment and files. */
async function inCluster(context: ProgramContext): Promise<{ server: string; client: HTTPClient }> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = context.env;
  if (!host || !port)
    throw new Error(
      "unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined",
    );
  const token = `${ACCOUNT}/token`;
  await context.files.read(token).catch((error: unknown) => {
    throw new Error(fileFault(token, error));
  });
  const client = new HTTPClient(context, {
    authorization: { type: "Bearer", credentials_file: token },
    tls_config: { ca_file: `${ACCOUNT}/ca.crt` },
    follow_redirects: true,
  });
  return { server: `https://${host}:${port}`, client };
}

async function ownNamespace({ files }: ProgramContext): Promise<string> {
  const path = `${ACCOUNT}/namespace`;
  try {
    return String(await files.read(path));
  } catch (error) {
    throw new Error(`could not determine the pod's namespace: ${fileFault(path, error)}`);
  }
}
