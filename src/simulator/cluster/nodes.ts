import { timestamp } from "../api/object.ts";
import type { Manifest } from "./bootstrap.ts";
import { MACHINE } from "../runtime/machine.ts";
import { nodeIP, podCIDR, type ClusterConfig, type NodeConfig } from "./cluster-config.ts";

const CONTROL_PLANE = "node-role.kubernetes.io/control-plane";

const NODE_INFO = {
  architecture: MACHINE.architecture,
  containerRuntimeVersion: "containerd://2.1.9",
  kernelVersion: MACHINE.kernel,
  osImage: MACHINE.osImage,
  operatingSystem: "linux",
  kubeletVersion: "v1.34.4",
  kubeProxyVersion: "",
};

const CAPACITY = {
  cpu: String(MACHINE.cpus),
  "ephemeral-storage": `${MACHINE.disk}Ki`,
  "hugepages-2Mi": "0",
  memory: `${MACHINE.memory}Ki`,
  pods: "110",
};

const CONDITIONS = [
  ["MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"],
  ["DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"],
  ["PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"],
  ["Ready", "True", "KubeletReady", "kubelet is posting ready status"],
];

/** A node as its kubelet registers it and kubeadm marks it. A single node takes ordinary pods, as kind's does. */
export function nodeObject(
  config: ClusterConfig,
  { name, role, labels }: NodeConfig,
  index: number,
  now: number,
): Manifest["object"] {
  const isControlPlane = role === "control-plane";
  const time = timestamp(now);
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: {
        "beta.kubernetes.io/arch": NODE_INFO.architecture,
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": MACHINE.architecture,
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        ...(isControlPlane && { [CONTROL_PLANE]: "", "node.kubernetes.io/exclude-from-external-load-balancers": "" }),
        ...labels,
      },
      annotations: { "node.alpha.kubernetes.io/ttl": "0", "volumes.kubernetes.io/controller-managed-attach-detach": "true" },
    },
    spec: {
      podCIDR: podCIDR(index),
      podCIDRs: [podCIDR(index)],
      providerID: `kind://docker/${config.name}/${name}`,
      ...(isControlPlane && config.nodes.length > 1 && { taints: [{ key: CONTROL_PLANE, effect: "NoSchedule" }] }),
    },
    status: {
      addresses: [
        { type: "InternalIP", address: nodeIP(index) },
        { type: "Hostname", address: name },
      ],
      allocatable: CAPACITY,
      capacity: CAPACITY,
      conditions: CONDITIONS.map(([type, status, reason, message]) => ({
        type,
        status,
        lastHeartbeatTime: time,
        lastTransitionTime: time,
        reason,
        message,
      })),
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: { ...NODE_INFO, ...identity(name) },
    },
  } as Manifest["object"];
}

/** Ids that stay the same for a node of this name. */
function identity(name: string) {
  const digits = [...name]
    .reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, 7)
    .toString(16)
    .padStart(8, "0");
  const id = digits.repeat(4);
  const uuid = `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)}-a${id.slice(17, 20)}-${id.slice(20, 32)}`;
  return { machineID: id, systemUUID: uuid, bootID: uuid };
}
