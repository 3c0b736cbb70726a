import type { Node, Pod } from "kubernetes-types/core/v1.js";
import type { ObjectMeta } from "kubernetes-types/meta/v1.js";

/** Labels as discovery makes them; what is not known stays out. */
export type MetaLabels = Record<string, string>;

const PREFIX = "__meta_kubernetes_";

/** `{pod_ip: "10.244.0.5"}` with the prefix every label of this discovery has. */
export const meta = (labels: Readonly<Record<string, string | number | boolean | undefined>>): MetaLabels =>
  Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) => (value === undefined ? [] : [[PREFIX + name, String(value)]])),
  );

/** A name that relabeling can write without quotes. */
export const sanitize = (name: string) => name.replace(/[^a-zA-Z0-9_]/g, "_");

/** Name, labels and annotations of an object (discovery/kubernetes/kubernetes.go, addObjectMetaLabels). */
export function objectLabels(role: string, { name, labels = {}, annotations = {} }: ObjectMeta): MetaLabels {
  const all = { [`${role}_name`]: name };
  for (const [kind, entries] of [
    ["label", labels],
    ["annotation", annotations],
  ] as const) {
    for (const [key, value] of Object.entries(entries)) {
      all[`${role}_${kind}_${sanitize(key)}`] = value;
      all[`${role}_${kind}present_${sanitize(key)}`] = "true";
    }
  }
  return meta(all);
}

/** Of all targets of a pod. */
export function podLabels({ metadata = {}, spec, status = {} }: Pod): MetaLabels {
  const ready = status.conditions?.find(({ type }) => type === "Ready")?.status.toLowerCase() ?? "unknown";
  const controller = metadata.ownerReferences?.find((owner) => owner.controller);
  return {
    ...meta({
      pod_ip: status.podIP,
      pod_ready: ready,
      pod_phase: status.phase,
      pod_node_name: spec?.nodeName,
      pod_host_ip: status.hostIP,
      pod_uid: metadata.uid,
      pod_controller_kind: controller?.kind,
      pod_controller_name: controller?.name,
    }),
    ...objectLabels("pod", metadata),
  };
}

/** A pod's containers, with whether each is an init container. */
export const containersOf = ({ spec }: Pod) => [
  ...(spec?.containers ?? []).map((container) => ({ container, init: false })),
  ...(spec?.initContainers ?? []).map((container) => ({ container, init: true })),
];

/** Labels of a node, where they are asked for (attach_metadata). */
export const nodeLabelsOf = (node: Node | undefined): MetaLabels => (node?.metadata ? objectLabels("node", node.metadata) : {});

export const namespacedName = (namespace = "", name = ""): string => `${namespace}/${name}`;

/** `1.2.3.4:80`, `[::1]:80`. */
export const joinHostPort = (host: string, port: number | string): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
