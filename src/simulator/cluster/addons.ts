import { timestamp } from "../api/object.ts";
import { CLUSTER_DOMAIN, DNS_SERVICE_IP, SERVICE_CIDR, type ClusterConfig } from "./cluster-config.ts";
import { apiService } from "./api-service.ts";
import type { Manifest } from "./bootstrap.ts";
import type { Pki } from "./identity.ts";

const SYSTEM = "kube-system";

/** What runs and stands in a fresh kind cluster besides nodes and roles: DNS, kube-proxy, network, storage, their configuration. */
export const addonObjects = (config: ClusterConfig, pki: Pki, serverAddress: string, now: number): Manifest[] => [
  ...apiService(serverAddress),
  ...priorityClasses(),
  storageClass(),
  ...configMaps(config, pki, serverAddress),
  tokenTracking(now),
  ...["coredns", "kube-proxy", "kindnet"].map((name) => account(name, SYSTEM)),
  account("local-path-provisioner-service-account", "local-path-storage"),
  dnsService(),
  coredns(),
  daemonSet(
    "kube-proxy",
    "registry.k8s.io/kube-proxy:v1.34.4",
    { "k8s-app": "kube-proxy" },
    {
      priorityClassName: "system-node-critical",
      nodeSelector: { "kubernetes.io/os": "linux" },
      command: ["/usr/local/bin/kube-proxy", "--config=/var/lib/kube-proxy/config.conf", "--hostname-override=$(NODE_NAME)"],
      mounts: [
        { name: "kube-proxy", mountPath: "/var/lib/kube-proxy", source: { configMap: { name: "kube-proxy" } } },
        {
          name: "xtables-lock",
          mountPath: "/run/xtables.lock",
          source: { hostPath: { path: "/run/xtables.lock", type: "FileOrCreate" } },
        },
        { name: "lib-modules", mountPath: "/lib/modules", readOnly: true, source: { hostPath: { path: "/lib/modules" } } },
      ],
    },
  ),
  daemonSet(
    "kindnet",
    "docker.io/kindest/kindnetd:v20260819-4eb8b0ce",
    { app: "kindnet", tier: "node" },
    {
      selector: { app: "kindnet" },
      resources: { limits: { cpu: "100m", memory: "50Mi" }, requests: { cpu: "100m", memory: "50Mi" } },
    },
  ),
  localPathProvisioner(),
];

const manifest = (resource: string, apiVersion: string, kind: string, metadata: object, rest: object): Manifest => ({
  resource,
  object: { apiVersion, kind, metadata, ...rest } as Manifest["object"],
});

const account = (name: string, namespace: string) => manifest("serviceaccounts", "v1", "ServiceAccount", { name, namespace }, {});

const priorityClasses = (): Manifest[] =>
  [
    [
      "system-cluster-critical",
      2_000_000_000,
      "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
    ],
    ["system-node-critical", 2_000_001_000, "Used for system critical pods that must not be moved from their current node."],
  ].map(([name, value, description]) =>
    manifest(
      "priorityclasses.scheduling.k8s.io",
      "scheduling.k8s.io/v1",
      "PriorityClass",
      { name },
      { value, description, preemptionPolicy: "PreemptLowerPriority" },
    ),
  );

const storageClass = () =>
  manifest(
    "storageclasses.storage.k8s.io",
    "storage.k8s.io/v1",
    "StorageClass",
    { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    { provisioner: "rancher.io/local-path", reclaimPolicy: "Delete", volumeBindingMode: "WaitForFirstConsumer" },
  );

function configMaps({ name, nodes }: ClusterConfig, pki: Pki, serverAddress: string): Manifest[] {
  const config = (configName: string, namespace: string, data: Record<string, string>, labels?: Record<string, string>) =>
    manifest("configmaps", "v1", "ConfigMap", { name: configName, namespace, ...(labels && { labels }) }, { data });
  const controlPlane = nodes.find(({ role }) => role === "control-plane")?.name;
  const caData = Buffer.from(pki.ca).toString("base64");
  return [
    config("coredns", SYSTEM, { Corefile: COREFILE }),
    config(
      "kube-proxy",
      SYSTEM,
      { "config.conf": proxyConfig, "kubeconfig.conf": proxyKubeconfig(`https://${controlPlane}:6443`) },
      { app: "kube-proxy" },
    ),
    config("kubeadm-config", SYSTEM, {
      ClusterConfiguration: `apiVersion: kubeadm.k8s.io/v1beta4\nclusterName: ${name}\ncontrolPlaneEndpoint: ${controlPlane}:6443\nkind: ClusterConfiguration\nkubernetesVersion: v1.34.4\nnetworking:\n  dnsDomain: ${CLUSTER_DOMAIN}\n  podSubnet: 10.244.0.0/16\n  serviceSubnet: ${SERVICE_CIDR}\n`,
    }),
    config("kubelet-config", SYSTEM, {
      kubelet: `apiVersion: kubelet.config.k8s.io/v1beta1\nclusterDNS:\n- ${DNS_SERVICE_IP}\nclusterDomain: ${CLUSTER_DOMAIN}\nkind: KubeletConfiguration\n`,
    }),
    config("extension-apiserver-authentication", SYSTEM, { "client-ca-file": pki.ca }),
    config("cluster-info", "kube-public", {
      "jws-kubeconfig-abcdef": "",
      kubeconfig: `apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: ${caData}\n    server: https://${serverAddress}\n  name: ""\ncontexts: null\ncurrent-context: ""\nkind: Config\npreferences: {}\nusers: null\n`,
    }),
    config("local-path-config", "local-path-storage", {
      "config.json": '{"nodePathMap":[{"node":"DEFAULT_PATH_FOR_NON_LISTED_NODES","paths":["/var/local-path-provisioner"]}]}',
    }),
  ];
}

/** Since when the API server marks old ServiceAccount tokens that are used (kubernetes controlplane/controller/legacytokentracking). */
const tokenTracking = (now: number) =>
  manifest(
    "configmaps",
    "v1",
    "ConfigMap",
    { name: "kube-apiserver-legacy-service-account-token-tracking", namespace: SYSTEM },
    { data: { since: timestamp(now).slice(0, 10) } },
  );

const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes ${CLUSTER_DOMAIN} in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success ${CLUSTER_DOMAIN}
       disable denial ${CLUSTER_DOMAIN}
    }
    loop
    reload
    loadbalance
}
`;

const proxyConfig = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
bindAddress: 0.0.0.0
clientConnection:
  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
clusterCIDR: 10.244.0.0/16
conntrack:
  maxPerCore: 0
iptables:
  minSyncPeriod: 1s
kind: KubeProxyConfiguration
mode: iptables
`;

/** kube-proxy speaks for its ServiceAccount. */
const proxyKubeconfig = (server: string) => `apiVersion: v1
kind: Config
clusters:
- cluster:
    certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
    server: ${server}
  name: default
contexts:
- context:
    cluster: default
    namespace: default
    user: default
  name: default
current-context: default
users:
- name: default
  user:
    tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token
`;

const dnsService = () =>
  manifest(
    "services",
    "v1",
    "Service",
    {
      name: "kube-dns",
      namespace: SYSTEM,
      labels: { "k8s-app": "kube-dns", "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS" },
      annotations: { "prometheus.io/port": "9153", "prometheus.io/scrape": "true" },
    },
    {
      spec: {
        clusterIP: DNS_SERVICE_IP,
        selector: { "k8s-app": "kube-dns" },
        ports: [
          { name: "dns", port: 53, protocol: "UDP", targetPort: "dns" },
          { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: "dns-tcp" },
          { name: "metrics", port: 9153, protocol: "TCP", targetPort: "metrics" },
        ],
      },
    },
  );

const CONTROL_PLANE_TOLERATION = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" };

const coredns = () =>
  manifest(
    "deployments.apps",
    "apps/v1",
    "Deployment",
    { name: "coredns", namespace: SYSTEM, labels: { "k8s-app": "kube-dns" } },
    {
      spec: {
        replicas: 2,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
        selector: { matchLabels: { "k8s-app": "kube-dns" } },
        template: {
          metadata: { labels: { "k8s-app": "kube-dns" } },
          spec: {
            priorityClassName: "system-cluster-critical",
            serviceAccountName: "coredns",
            dnsPolicy: "Default",
            nodeSelector: { "kubernetes.io/os": "linux" },
            tolerations: [{ key: "CriticalAddonsOnly", operator: "Exists" }, CONTROL_PLANE_TOLERATION],
            containers: [
              {
                name: "coredns",
                image: "registry.k8s.io/coredns/coredns:v1.12.1",
                args: ["-conf", "/etc/coredns/Corefile"],
                resources: { limits: { memory: "170Mi" }, requests: { cpu: "100m", memory: "70Mi" } },
                ports: [
                  { containerPort: 53, name: "dns", protocol: "UDP" },
                  { containerPort: 53, name: "dns-tcp", protocol: "TCP" },
                  { containerPort: 9153, name: "metrics", protocol: "TCP" },
                  { containerPort: 8080, name: "liveness-probe", protocol: "TCP" },
                  { containerPort: 8181, name: "readiness-probe", protocol: "TCP" },
                ],
                volumeMounts: [{ name: "config-volume", mountPath: "/etc/coredns", readOnly: true }],
              },
            ],
            volumes: [{ name: "config-volume", configMap: { name: "coredns", items: [{ key: "Corefile", path: "Corefile" }] } }],
          },
        },
      },
    },
  );

interface DaemonOptions {
  selector?: Record<string, string>;
  priorityClassName?: string;
  nodeSelector?: Record<string, string>;
  command?: string[];
  resources?: object;
  mounts?: readonly { name: string; mountPath: string; readOnly?: true; source: object }[];
}

function daemonSet(
  name: string,
  image: string,
  labels: Record<string, string>,
  { selector = labels, priorityClassName, nodeSelector, command, resources, mounts }: DaemonOptions,
): Manifest {
  return manifest(
    "daemonsets.apps",
    "apps/v1",
    "DaemonSet",
    { name, namespace: SYSTEM, labels },
    {
      spec: {
        selector: { matchLabels: selector },
        template: {
          metadata: { labels },
          spec: {
            hostNetwork: true,
            serviceAccountName: name,
            ...(priorityClassName && { priorityClassName }),
            ...(nodeSelector && { nodeSelector }),
            tolerations: [{ operator: "Exists" }],
            containers: [
              {
                name: name === "kindnet" ? "kindnet-cni" : name,
                image,
                ...(command && { command }),
                ...(resources && { resources }),
                env: [
                  {
                    name: name === "kindnet" ? "HOST_IP" : "NODE_NAME",
                    valueFrom: { fieldRef: { fieldPath: name === "kindnet" ? "status.hostIP" : "spec.nodeName" } },
                  },
                ],
                securityContext: name === "kindnet" ? { capabilities: { add: ["NET_RAW", "NET_ADMIN"] } } : { privileged: true },
                ...(mounts && {
                  volumeMounts: mounts.map(({ name: volume, mountPath, readOnly }) => ({
                    name: volume,
                    mountPath,
                    ...(readOnly && { readOnly }),
                  })),
                }),
              },
            ],
            ...(mounts && { volumes: mounts.map(({ name: volume, source }) => ({ name: volume, ...source })) }),
          },
        },
      },
    },
  );
}

const localPathProvisioner = () =>
  manifest(
    "deployments.apps",
    "apps/v1",
    "Deployment",
    { name: "local-path-provisioner", namespace: "local-path-storage" },
    {
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: "local-path-provisioner" } },
        template: {
          metadata: { labels: { app: "local-path-provisioner" } },
          spec: {
            nodeSelector: { "kubernetes.io/os": "linux" },
            tolerations: [{ ...CONTROL_PLANE_TOLERATION, operator: "Equal" }],
            serviceAccountName: "local-path-provisioner-service-account",
            containers: [
              {
                name: "local-path-provisioner",
                image: "docker.io/kindest/local-path-provisioner:v20260213-ea8e5717",
                command: [
                  "local-path-provisioner",
                  "--debug",
                  "start",
                  "--helper-image",
                  "docker.io/kindest/local-path-helper:v20260131-7181c60a",
                  "--config",
                  "/etc/config/config.json",
                ],
                env: [{ name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } }],
                volumeMounts: [{ name: "config-volume", mountPath: "/etc/config/" }],
              },
            ],
            volumes: [{ name: "config-volume", configMap: { name: "local-path-config" } }],
          },
        },
      },
    },
  );
