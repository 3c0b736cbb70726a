/** Images that a kind node brings along: a fresh cluster pulls nothing for its own pods. */
export const NODE_IMAGES: readonly string[] = [
  "registry.k8s.io/pause:3.10.1",
  "registry.k8s.io/etcd:3.6.5-0",
  "registry.k8s.io/kube-apiserver:v1.34.4",
  "registry.k8s.io/kube-controller-manager:v1.34.4",
  "registry.k8s.io/kube-scheduler:v1.34.4",
  "registry.k8s.io/kube-proxy:v1.34.4",
  "registry.k8s.io/coredns/coredns:v1.12.1",
  "docker.io/kindest/kindnetd:v20260819-4eb8b0ce",
  "docker.io/kindest/local-path-provisioner:v20260213-ea8e5717",
  "docker.io/kindest/local-path-helper:v20260131-7181c60a",
];
