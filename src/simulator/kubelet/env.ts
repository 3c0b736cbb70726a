import type { ConfigMap, EnvFromSource, EnvVar, Secret, Service } from "kubernetes-types/core/v1";
import type { Client } from "../api/client.ts";
import type { Live } from "../api/object.ts";
import { expand } from "./expansion.ts";
import { fieldValue, resourceValue } from "./field-values.ts";
import type { PodPlace } from "./field-values.ts";
import type { Container, Pod } from "./pod.ts";

/** A container can't be made as the pod says; becomes CreateContainerConfigError. */
export class ConfigError extends Error {}

export interface EnvContext {
  client: Pick<Client, "get" | "list">;
  place: PodPlace;
  /** Node.status.allocatable. */
  allocatable: Readonly<Record<string, string>>;
}

/** The environment of a container: Services, then envFrom, then env, later ones winning (kubelet_pods.go makeEnvironmentVariables). */
export function containerEnv(pod: Pod, container: Container, context: EnvContext): Record<string, string> {
  const services = serviceEnv(pod, context.client);
  const env: Record<string, string> = {};
  for (const source of container.envFrom ?? []) Object.assign(env, bulk(pod, source, context));
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom
      ? referenced(pod, container, variable, context)
      : expand(variable.value ?? "", (name) => env[name] ?? services[name]);
    if (value !== undefined) env[variable.name] = value;
  }
  return { ...services, ...env };
}

type Data = Record<string, Buffer>;

function bulk(pod: Pod, { prefix = "", configMapRef, secretRef }: EnvFromSource, { client }: EnvContext): Record<string, string> {
  const reference = configMapRef ?? secretRef;
  const data =
    reference && dataOf(client, pod, configMapRef ? "configmaps" : "secrets", reference.name ?? "", reference.optional ?? false);
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [`${prefix}${key}`, value.toString()]));
}

/** Undefined: an optional source is not there, and the variable is left out. */
function referenced(pod: Pod, container: Container, { valueFrom }: EnvVar, context: EnvContext): string | undefined {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom ?? {};
  try {
    if (fieldRef) return fieldValue(pod, fieldRef, context.place);
    if (resourceFieldRef) return resourceValue(pod, resourceFieldRef, container.name, context.allocatable);
  } catch (error) {
    throw new ConfigError((error as Error).message, { cause: error });
  }
  const reference = configMapKeyRef ?? secretKeyRef;
  if (!reference) throw new ConfigError("the practice cluster does not model this source of an environment variable");
  const { name = "", key, optional = false } = reference;
  const data = dataOf(context.client, pod, configMapKeyRef ? "configmaps" : "secrets", name, optional);
  const value = data?.[key];
  if (data && !value && !optional) {
    const kind = configMapKeyRef ? "ConfigMap" : "Secret";
    throw new ConfigError(`couldn't find key ${key} in ${kind} ${pod.metadata.namespace}/${name}`);
  }
  return value?.toString();
}

function dataOf(
  client: EnvContext["client"],
  pod: Pod,
  resource: "configmaps" | "secrets",
  name: string,
  optional: boolean,
): Data | undefined {
  const { namespace = "" } = pod.metadata;
  const object = client.get<Live<ConfigMap> | Live<Secret>>(resource, { namespace, name });
  if (object) return objectData(object);
  if (optional) return undefined;
  throw new ConfigError(`${resource.slice(0, -1)} "${name}" not found`);
}

/** The data of a ConfigMap or Secret as bytes. */
export function objectData(object: Live<ConfigMap> | Live<Secret>): Data {
  const decode = (map: Record<string, string> | undefined, encoding: "utf8" | "base64"): Data =>
    Object.fromEntries(Object.entries(map ?? {}).map(([key, value]) => [key, Buffer.from(value, encoding)]));
  if (object.kind === "Secret") return decode((object as Live<Secret>).data, "base64");
  const { data, binaryData } = object as Live<ConfigMap>;
  return { ...decode(data, "utf8"), ...decode(binaryData, "base64") };
}

/** Docker-links-style variables of the Services in reach (pkg/kubelet/envvars). */
function serviceEnv(pod: Pod, client: EnvContext["client"]): Record<string, string> {
  const { namespace = "" } = pod.metadata;
  const own = (pod.spec?.enableServiceLinks ?? true) ? client.list<Live<Service>>("services", { namespace }) : [];
  const master = client.get<Live<Service>>("services", { namespace: "default", name: "kubernetes" });
  const others = own.filter(({ metadata }) => metadata.uid !== master?.metadata.uid);
  return Object.assign({}, ...[...(master ? [master] : []), ...others].map(variablesOf));
}

function variablesOf({ metadata, spec }: Live<Service>): Record<string, string> {
  const { clusterIP, ports = [] } = spec ?? {};
  const [first] = ports;
  if (!clusterIP || clusterIP === "None" || !first) return {};
  const name = envName(metadata.name);
  const env: Record<string, string> = {
    [`${name}_SERVICE_HOST`]: clusterIP,
    [`${name}_SERVICE_PORT`]: String(first.port),
  };
  for (const { name: portName, port } of ports) if (portName) env[`${name}_SERVICE_PORT_${envName(portName)}`] = String(port);
  for (const [index, { port, protocol = "TCP" }] of ports.entries()) {
    const url = `${protocol.toLowerCase()}://${clusterIP}:${port}`;
    const prefix = `${name}_PORT_${port}_${protocol}`;
    if (index === 0) env[`${name}_PORT`] = url;
    env[prefix] = url;
    env[`${prefix}_PROTO`] = protocol.toLowerCase();
    env[`${prefix}_PORT`] = String(port);
    env[`${prefix}_ADDR`] = clusterIP;
  }
  return env;
}

const envName = (name: string): string => name.toUpperCase().replaceAll("-", "_");
