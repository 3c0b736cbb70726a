import type { Lease } from "kubernetes-types/coordination/v1";
import type { Namespace, Node } from "kubernetes-types/core/v1";
import type { Live } from "../../../api/object.ts";
import {
  alpha,
  bool,
  conditions,
  created,
  defineKind,
  deleted,
  filled,
  one,
  ownLabels,
  resourceRows,
  stable,
  unix,
} from "./kind.ts";

const ROLE = "node-role.kubernetes.io/";

export const nodes = defineKind<Live<Node>>({
  resource: "nodes",
  path: "/api/v1/nodes",
  type: "*v1.Node",
  labels: ({ metadata }) => ({ node: metadata.name }),
  families: [
    ownLabels("kube_node", "annotations"),
    stable("kube_node_created", "Unix creation timestamp", created),
    alpha("kube_node_deletion_timestamp", "Unix deletion timestamp", deleted),
    stable("kube_node_info", "Information about a cluster node.", ({ spec, status }) =>
      one({
        kernel_version: status?.nodeInfo?.kernelVersion,
        os_image: status?.nodeInfo?.osImage,
        container_runtime_version: status?.nodeInfo?.containerRuntimeVersion,
        kubelet_version: status?.nodeInfo?.kubeletVersion,
        kubeproxy_version: "deprecated",
        provider_id: spec?.providerID,
        pod_cidr: spec?.podCIDR,
        system_uuid: status?.nodeInfo?.systemUUID,
        internal_ip: status?.addresses?.find(({ type }) => type === "InternalIP")?.address,
      }),
    ),
    ownLabels("kube_node", "labels", true),
    alpha("kube_node_role", "The role of a cluster node.", ({ metadata }) =>
      Object.keys(metadata.labels ?? {}).flatMap((label) =>
        label.startsWith(ROLE) ? one({ role: label.slice(ROLE.length) }) : [],
      ),
    ),
    alpha("kube_node_spec_pod_cidrs", "The pod CIDRs of a cluster node.", ({ spec }) =>
      (spec?.podCIDRs ?? []).map((cidr) => [{ pod_cidr: cidr }, 1]),
    ),
    stable("kube_node_spec_taint", "The taint of a cluster node.", ({ spec }) =>
      (spec?.taints ?? []).map(({ key, value, effect }) => [filled({ key, value, effect }), 1]),
    ),
    stable("kube_node_spec_unschedulable", "Whether a node can schedule new pods.", ({ spec }) => bool(spec?.unschedulable)),
    stable(
      "kube_node_status_allocatable",
      "The allocatable for different resources of a node that are available for scheduling.",
      ({ status }) => resourceRows(status?.allocatable, {}, true),
    ),
    stable("kube_node_status_capacity", "The capacity for different resources of a node.", ({ status }) =>
      resourceRows(status?.capacity, {}, true),
    ),
    stable("kube_node_status_condition", "The condition of a cluster node.", ({ status }) => conditions(status?.conditions)),
    alpha("kube_node_status_addresses", "Node address information.", ({ status }) =>
      (status?.addresses ?? []).map(({ type, address }) => [{ type, address }, 1]),
    ),
  ],
});

export const namespaces = defineKind<Live<Namespace>>({
  resource: "namespaces",
  path: "/api/v1/namespaces",
  type: "*v1.Namespace",
  labels: ({ metadata }) => ({ namespace: metadata.name }),
  families: [
    stable("kube_namespace_created", "Unix creation timestamp", created),
    ownLabels("kube_namespace", "annotations"),
    ownLabels("kube_namespace", "labels", true),
    stable("kube_namespace_status_phase", "kubernetes namespace status phase.", ({ status }) =>
      ["Active", "Terminating"].map((phase) => [{ phase }, bool(phase === status?.phase)]),
    ),
    alpha("kube_namespace_status_condition", "The condition of a namespace.", ({ status }) => conditions(status?.conditions)),
  ],
});

export const leases = defineKind<Live<Lease>>({
  resource: "leases",
  path: "/apis/coordination.k8s.io/v1/leases",
  type: "*v1.Lease",
  labels: ({ metadata }) => ({ lease: metadata.name }),
  families: [
    alpha("kube_lease_owner", "Information about the Lease's owner.", ({ metadata, spec }) => {
      const rest = { namespace: metadata.namespace, lease_holder: spec?.holderIdentity };
      const owners = metadata.ownerReferences?.length ? metadata.ownerReferences : [{ kind: "", name: "" }];
      return owners.map(({ kind, name }) => [filled({ owner_kind: kind, owner_name: name, ...rest }), 1]);
    }),
    alpha("kube_lease_renew_time", "Kube lease renew time.", ({ metadata, spec }) => {
      const time = unix(spec?.renewTime);
      return time === undefined ? [] : [[{ namespace: metadata.namespace ?? "" }, time]];
    }),
  ],
});
