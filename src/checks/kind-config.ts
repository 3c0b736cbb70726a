import { nearestOf } from "../course/nearest.ts";
import type { YamlPath } from "../course/yaml-source.ts";
import type { Words } from "./check.ts";
import { isRecord, toText } from "./path.ts";

/** What kind would refuse in a cluster.yml, and where. */
export interface ConfigFault {
  code: "no-match" | "unknown-field" | "invalid";
  path: YamlPath;
  what: Words;
}

/** A field's shape: a type's name, the words it may be, the fields of a mapping, or a list of one shape. */
type Shape = "text" | "number" | "truth" | "anything" | readonly string[] | { [field: string]: Shape } | { "[]": Shape };

const portMapping: Shape = {
  containerPort: "number",
  hostPort: "number",
  listenAddress: "text",
  protocol: ["TCP", "UDP", "SCTP"],
};
const mount: Shape = {
  containerPath: "text",
  hostPath: "text",
  readOnly: "truth",
  selinuxRelabel: "truth",
  propagation: ["None", "HostToContainer", "Bidirectional"],
};
const node: Shape = {
  role: ["control-plane", "worker"],
  image: "text",
  labels: "anything",
  extraMounts: { "[]": mount },
  extraPortMappings: { "[]": portMapping },
  kubeadmConfigPatches: "anything",
  kubeadmConfigPatchesJSON6902: "anything",
};

/** kind's v1alpha4 Cluster; upstream: pkg/apis/config/v1alpha4/types.go. */
const cluster: Shape = {
  kind: "text",
  apiVersion: "text",
  name: "text",
  nodes: { "[]": node },
  networking: {
    ipFamily: ["ipv4", "ipv6", "dual"],
    apiServerPort: "number",
    apiServerAddress: "text",
    podSubnet: "text",
    serviceSubnet: "text",
    disableDefaultCNI: "truth",
    kubeProxyMode: ["iptables", "nftables", "ipvs", "none"],
    dnsSearch: "anything",
  },
  featureGates: "anything",
  runtimeConfig: "anything",
  kubeadmConfigPatches: "anything",
  kubeadmConfigPatchesJSON6902: "anything",
  containerdConfigPatches: "anything",
  containerdConfigPatchesJSON6902: "anything",
};

/** All faults, in the file's order. A blank is none: kind takes its own default there. */
export function kindConfigFaults(value: unknown): ConfigFault[] {
  const { kind, apiVersion } = isRecord(value) ? value : {};
  if (kind !== "Cluster" || apiVersion !== "kind.x-k8s.io/v1alpha4") {
    const given = `kind: ${toText(kind)}, apiVersion: ${toText(apiVersion)}`;
    const what = {
      en: `kind reads "kind: Cluster" of kind.x-k8s.io/v1alpha4, not ${given}`,
      ja: `kind が読むのは kind.x-k8s.io/v1alpha4 の "kind: Cluster" です。書かれているのは ${given} です`,
    };
    return [{ code: "no-match", path: [kind === "Cluster" ? "apiVersion" : "kind"], what }];
  }
  return [...faultsOf(cluster, value, []), ...withoutControlPlane(value)];
}

function faultsOf(shape: Shape, value: unknown, path: YamlPath): ConfigFault[] {
  if (value === null || shape === "anything") return [];
  if (typeof shape === "string") return typeof value === typeNames[shape] ? [] : [wrongType(path, shape, value)];
  if (Array.isArray(shape)) return shape.includes(value) ? [] : [noSuchWord(path, shape, value)];
  const fields = shape as Readonly<Record<string, Shape>>;
  const members = fields["[]"];
  if (members) {
    if (!Array.isArray(value)) return [wrongType(path, "list", value)];
    return value.flatMap((member, index) => faultsOf(members, member, [...path, index]));
  }
  if (!isRecord(value)) return [wrongType(path, "mapping", value)];
  return Object.entries(value).flatMap(([field, member]) => {
    const known = fields[field];
    return known ? faultsOf(known, member, [...path, field]) : [unknownField([...path, field], field, Object.keys(fields))];
  });
}

const typeNames = { text: "string", number: "number", truth: "boolean" } as const;

const typeWords: Readonly<Record<keyof typeof typeNames | "list" | "mapping", Words>> = {
  text: { en: "text", ja: "文字列" },
  number: { en: "a number", ja: "数値" },
  truth: { en: "true or false", ja: "true か false" },
  list: { en: "a list: lines that begin with a dash", ja: "`-` で始まる行のリスト" },
  mapping: { en: "lines of `key: value`", ja: "`キー: 値` の行" },
};

function wrongType(path: YamlPath, type: keyof typeof typeWords, value: unknown): ConfigFault {
  const field = String(path.findLast((part) => typeof part === "string"));
  const { en, ja } = typeWords[type];
  const what = {
    en: `${field} must be ${en}, not ${toText(value)}`,
    ja: `${field} は${ja}でなければなりません。書かれているのは ${toText(value)} です`,
  };
  return { code: "invalid", path, what };
}

function noSuchWord(path: YamlPath, words: readonly string[], value: unknown): ConfigFault {
  const field = String(path.at(-1));
  const name = field === "role" ? { en: "node role", ja: "ノードの役割" } : { en: field, ja: field };
  const what = {
    en: `"${toText(value)}" is not a valid ${name.en}; there are ${words.join(", ")}`,
    ja: `"${toText(value)}" という${name.ja}はありません。使えるのは ${words.join("、")} です`,
  };
  return { code: "invalid", path, what };
}

function unknownField(path: YamlPath, field: string, known: readonly string[]): ConfigFault {
  const [near] = nearestOf(field, known, 1);
  const what = {
    en: `kind knows no field "${field}" here${near ? `; did you mean "${near}"?` : ""}`,
    ja: `ここに "${field}" というフィールドはありません${near ? `。"${near}" のことですか` : ""}`,
  };
  return { code: "unknown-field", path, what };
}

/** A node without a role is a control plane, as kind has it. */
function withoutControlPlane(value: unknown): ConfigFault[] {
  const nodes = isRecord(value) ? value["nodes"] : undefined;
  if (!Array.isArray(nodes) || nodes.length === 0) return [];
  if (nodes.some((one) => !isRecord(one) || (one["role"] ?? "control-plane") === "control-plane")) return [];
  const what = { en: "no node is a control-plane", ja: "control-plane のノードがありません" };
  return [{ code: "invalid", path: ["nodes"], what }];
}
