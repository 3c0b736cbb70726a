import type { Node, NodeSpec, Taint } from "kubernetes-types/core/v1";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { invalidAll, oneOf } from "./field-checks.ts";
import { validateCidr } from "./ip-address.ts";
import { labelValue, qualifiedName } from "./names.ts";
import { TAINT_EFFECTS } from "./pod-spec/affinity.ts";
import { defineResource } from "./resource.ts";
import type { Writable } from "./writable.ts";

const ROLE_PREFIX = "node-role.kubernetes.io/";
const ROLE_LABEL = "kubernetes.io/role";

/** Models pkg/registry/core/node/strategy.go. */
export const nodes = defineResource<Writable<Node>>({
  resource: "nodes",
  defaults(node) {
    node.spec ??= {};
    const status = (node.status ??= {});
    if (!status.allocatable && status.capacity) status.allocatable = { ...status.capacity };
  },
  validate: ({ spec }) => [
    ...validateTaints(spec?.taints, "metadata.taints"),
    ...(spec?.podCIDRs ?? []).flatMap((cidr, index) => validateCidr(cidr, `spec.podCIDRs[${index}]`)),
  ],
  validateUpdate: ({ spec }, old) => validateUpdate(spec as NodeSpec, old.spec as NodeSpec),
  cells({ metadata, spec, status }, { now }) {
    const address = (type: string) => status?.addresses?.find((one) => one.type === type)?.address ?? "<none>";
    const info = status?.nodeInfo;
    return [
      metadata.name,
      nodeStatus(spec, status),
      nodeRoles(metadata.labels).join(",") || "<none>",
      age(metadata.creationTimestamp, now),
      info?.kubeletVersion ?? "",
      address("InternalIP"),
      address("ExternalIP"),
      info?.osImage || "<unknown>",
      info?.kernelVersion || "<unknown>",
      info?.containerRuntimeVersion || "<unknown>",
    ];
  },
  selectableFields: ({ spec }) => ({ "spec.unschedulable": String(spec?.unschedulable ?? false) }),
});

/** The STATUS column: `Ready`, `NotReady,SchedulingDisabled`, `Unknown`. */
function nodeStatus(spec: NodeSpec | undefined, status: Node["status"]): string {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  const state = ready ? (ready.status === "True" ? "Ready" : "NotReady") : "Unknown";
  return spec?.unschedulable ? `${state},SchedulingDisabled` : state;
}

/** Roles that a node's labels give it, sorted. */
function nodeRoles(labels: Record<string, string> = {}): string[] {
  const roles = Object.entries(labels).flatMap(([key, value]) =>
    key.startsWith(ROLE_PREFIX) ? [key.slice(ROLE_PREFIX.length)] : key === ROLE_LABEL ? [value] : [],
  );
  return [...new Set(roles.filter(Boolean))].sort();
}

function validateTaints(taints: readonly Taint[] = [], field: string): FieldError[] {
  const seen = new Set<string>();
  return taints.flatMap((taint, index) => {
    const { key, value = "", effect } = taint;
    const path = `${field}[${index}]`;
    const texts = labelValue(value);
    const errors = [
      ...invalidAll(`${path}.key`, key, qualifiedName(key)),
      ...(texts.length > 0 ? [fieldError.invalid(`${path}.value`, value, texts.join(";"))] : []),
      ...oneOf(`${path}.effect`, effect, TAINT_EFFECTS),
    ];
    const pair = `${key}:${effect}`;
    if (seen.has(pair)) {
      const duplicate = fieldError.duplicate(path, { Key: key, Value: value, Effect: effect, TimeAdded: null });
      errors.push({ ...duplicate, message: `${duplicate.message}: taints must be unique by key and effect pair` });
    }
    seen.add(pair);
    return errors;
  });
}

function validateUpdate(spec: NodeSpec, old: NodeSpec): FieldError[] {
  const { podCIDRs: before = [], providerID } = old;
  const kept = before.every((cidr, index) => spec.podCIDRs?.[index] === cidr);
  return [
    ...(kept ? [] : [fieldError.forbidden("spec.podCIDRs", 'node updates may not change podCIDR except from "" to valid')]),
    ...(providerID && spec.providerID !== providerID
      ? [fieldError.forbidden("spec.providerID", 'node updates may not change providerID except from "" to valid')]
      : []),
  ];
}
