import type { YamlDocument, YamlPath } from "../course/yaml-source.ts";
import type { ClusterSpec } from "./provider.ts";

/** Why kind would not take a file, in kind's own words. Lines count from 1. */
export interface KindFault {
  code: "no-match" | "unknown-field" | "invalid";
  line: number;
  message: string;
  /** Where it stands, such as `nodes[1].role`. */
  path: string;
}

export type KindReading = { nodes: ClusterSpec["nodes"] } | { faults: readonly [KindFault, ...KindFault[]] };

/**
 * A kind configuration by kind's rules: strict fields first, then defaults, then what kind validates.
 * Models kind pkg/internal/apis/config encoding/load.go and validate.go.
 */
export function readKindConfig({ value, positionOf }: YamlDocument): KindReading {
  const fault = (code: KindFault["code"], path: YamlPath, message: string): KindFault => {
    return { code, line: positionOf(path).line, message, path: pathText(path) };
  };
  const { apiVersion, kind } = (isMapping(value) ? value : {}) as { apiVersion?: unknown; kind?: unknown };
  if (apiVersion !== API_VERSION)
    return { faults: [fault("no-match", ["apiVersion"], `unknown apiVersion: ${scalarText(apiVersion)}`)] };
  if (kind !== "Cluster")
    return { faults: [fault("no-match", ["kind"], `unknown kind ${scalarText(kind)} for apiVersion: ${API_VERSION}`)] };
  const [first, ...more] = decode(value, "v1alpha4.Cluster", [], fault);
  if (first) return { faults: [first, ...more] };
  return validated(value as RawCluster, fault);
}

type Fault = (code: KindFault["code"], path: YamlPath, message: string) => KindFault;

interface RawCluster {
  nodes?: readonly RawNode[] | null;
}

type RawNode = {
  role?: unknown;
  image?: unknown;
  labels?: Record<string, unknown> | null;
  extraPortMappings?: readonly RawPort[] | null;
} | null;
type RawPort = { hostPort?: number | null; containerPort?: number | null } | null;

type Scalar = string | number | boolean;

const API_VERSION = "kind.x-k8s.io/v1alpha4";

/** Fields by Go type, as pkg/apis/config/v1alpha4/types.go declares them. */
const structs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "v1alpha4.Cluster": {
    kind: "string",
    apiVersion: "string",
    name: "string",
    nodes: "[]v1alpha4.Node",
    networking: "v1alpha4.Networking",
    featureGates: "map[string]bool",
    runtimeConfig: "map[string]string",
    kubeadmConfigPatches: "[]string",
    kubeadmConfigPatchesJSON6902: "[]v1alpha4.PatchJSON6902",
    containerdConfigPatches: "[]string",
    containerdConfigPatchesJSON6902: "[]string",
  },
  "v1alpha4.Node": {
    role: "v1alpha4.NodeRole",
    image: "string",
    labels: "map[string]string",
    extraMounts: "[]v1alpha4.Mount",
    extraPortMappings: "[]v1alpha4.PortMapping",
    kubeadmConfigPatches: "[]string",
    kubeadmConfigPatchesJSON6902: "[]v1alpha4.PatchJSON6902",
  },
  "v1alpha4.Networking": {
    ipFamily: "v1alpha4.ClusterIPFamily",
    apiServerPort: "int32",
    apiServerAddress: "string",
    podSubnet: "string",
    serviceSubnet: "string",
    disableDefaultCNI: "bool",
    kubeProxyMode: "v1alpha4.ProxyMode",
    dnsSearch: "[]string",
  },
  "v1alpha4.PatchJSON6902": { group: "string", version: "string", kind: "string", patch: "string" },
  "v1alpha4.Mount": {
    containerPath: "string",
    hostPath: "string",
    readOnly: "bool",
    selinuxRelabel: "bool",
    propagation: "v1alpha4.MountPropagation",
  },
  "v1alpha4.PortMapping": {
    containerPort: "int32",
    hostPort: "int32",
    listenAddress: "string",
    protocol: "v1alpha4.PortMappingProtocol",
  },
};

/** What yaml.v3's strict decoding has against a value; an empty value is fine everywhere. */
function decode(value: unknown, type: string, path: YamlPath, fault: Fault): KindFault[] {
  if (value === null || value === undefined) return [];
  const mismatch = (): KindFault[] => [fault("invalid", path, `cannot unmarshal ${yamlText(value)} into ${type}`)];
  const fields = structs[type];
  if (type.startsWith("[]")) {
    if (!Array.isArray(value)) return mismatch();
    return value.flatMap((item, index) => decode(item, type.slice(2), [...path, index], fault));
  }
  if (type.startsWith("map[string]")) {
    if (!isMapping(value)) return mismatch();
    return Object.entries(value).flatMap(([key, member]) =>
      decode(member, type.slice("map[string]".length), [...path, key], fault),
    );
  }
  if (fields) {
    if (!isMapping(value)) return mismatch();
    return Object.entries(value).flatMap(([key, member]) => {
      const known = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (known === undefined) return [fault("unknown-field", [...path, key], `field ${key} not found in type ${type}`)];
      return decode(member, known, [...path, key], fault);
    });
  }
  if (typeof value === "object") return mismatch();
  if (type === "bool") return typeof value === "boolean" ? [] : mismatch();
  if (type === "int32") return typeof value === "number" && Number.isInteger(value) ? [] : mismatch();
  return [];
}

function validated({ nodes: given }: RawCluster, fault: Fault): KindReading {
  // kind makes one node of an empty list, and a control plane of a node without a role.
  const raw = given?.length ? given : [{}];
  const faults = raw.flatMap((node, index) => nodeFaults(node, index, fault));
  const nodes = raw.map(nodeOf);
  if (!nodes.some(({ role }) => role === "control-plane"))
    faults.push(fault("invalid", ["nodes"], "must have at least one control-plane node"));
  const [first, ...more] = faults;
  return first ? { faults: [first, ...more] } : { nodes };
}

function nodeFaults(node: RawNode, index: number, fault: Fault): KindFault[] {
  const say = (path: YamlPath, what: string): KindFault =>
    fault("invalid", ["nodes", index, ...path], `invalid configuration for node ${index}: ${what}`);
  const role = node?.role ?? "control-plane";
  return [
    ...(isRole(role) ? [] : [say(["role"], `${JSON.stringify(scalarText(role))} is not a valid node role`)]),
    ...(node?.extraPortMappings ?? []).flatMap((mapping, at) =>
      (["hostPort", "containerPort"] as const)
        .filter((field) => !isPort(mapping?.[field] ?? 0))
        .map((field) => say(["extraPortMappings", at, field], `invalid ${field}: invalid port number: ${mapping?.[field]}`)),
    ),
  ];
}

function nodeOf(node: RawNode): ClusterSpec["nodes"][number] {
  const { role, image, labels } = node ?? {};
  const texts = Object.entries(labels ?? {}).map(([key, value]) => [key, scalarText(value)]);
  return {
    role: role === "worker" ? "worker" : "control-plane",
    ...(image !== undefined && image !== null && { image: scalarText(image) }),
    ...(texts.length > 0 && { labels: Object.fromEntries(texts) }),
  };
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isRole = (role: unknown): boolean => role === "control-plane" || role === "worker";

const isPort = (port: number): boolean => port >= -1 && port <= 65535;

const scalarText = (value: unknown): string => (typeof value === "object" ? "" : String((value as Scalar | undefined) ?? ""));

/** A value as yaml.v3 names it in its errors. */
function yamlText(value: unknown): string {
  if (Array.isArray(value)) return "!!seq";
  if (typeof value === "object") return "!!map";
  const tag =
    typeof value === "boolean" ? "!!bool" : typeof value === "number" ? (Number.isInteger(value) ? "!!int" : "!!float") : "!!str";
  return `${tag} \`${String(value as Scalar)}\``;
}

const pathText = (path: YamlPath): string =>
  path.map((part, index) => (typeof part === "number" ? `[${part}]` : index > 0 ? `.${part}` : part)).join("");
