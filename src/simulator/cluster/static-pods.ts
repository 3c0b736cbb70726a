import type { Pod } from "kubernetes-types/core/v1";
import { nodeIP, SERVICE_CIDR } from "./cluster-config.ts";

interface Component {
  name: string;
  image: string;
  command: string[];
  cpu: string;
  memory?: string;
}

/** The manifests that kubeadm leaves on a control-plane node for its kubelet: the control plane itself. */
export function staticPods(nodeName: string, nodeIndex: number): Pod[] {
  const ip = nodeIP(nodeIndex);
  const components: Component[] = [
    {
      name: "etcd",
      image: "registry.k8s.io/etcd:3.6.5-0",
      command: ["etcd", `--advertise-client-urls=https://${ip}:2379`, `--name=${nodeName}`, "--data-dir=/var/lib/etcd"],
      cpu: "100m",
      memory: "100Mi",
    },
    {
      name: "kube-apiserver",
      image: "registry.k8s.io/kube-apiserver:v1.34.4",
      command: [
        "kube-apiserver",
        `--advertise-address=${ip}`,
        "--authorization-mode=Node,RBAC",
        "--secure-port=6443",
        `--service-cluster-ip-range=${SERVICE_CIDR}`,
      ],
      cpu: "250m",
    },
    {
      name: "kube-controller-manager",
      image: "registry.k8s.io/kube-controller-manager:v1.34.4",
      command: ["kube-controller-manager", "--allocate-node-cidrs=true", "--cluster-cidr=10.244.0.0/16", "--leader-elect=true"],
      cpu: "200m",
    },
    {
      name: "kube-scheduler",
      image: "registry.k8s.io/kube-scheduler:v1.34.4",
      command: ["kube-scheduler", "--leader-elect=true"],
      cpu: "100m",
    },
  ];
  return components.map(({ name, image, command, cpu, memory }) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "kube-system", labels: { component: name, tier: "control-plane" } },
    spec: {
      hostNetwork: true,
      priorityClassName: "system-node-critical",
      containers: [{ name, image, command, resources: { requests: { cpu, ...(memory && { memory }) } } }],
    },
  }));
}
