import { expect, test } from "vitest";
import { ROLE_DEFINITIONS, type Surroundings } from "../../src/simulator/programs/prometheus/discovery/roles.ts";
import type { Role } from "../../src/simulator/programs/prometheus/config/config.ts";
import type { TargetGroup } from "../../src/simulator/programs/prometheus/scrape/target.ts";

const pod = {
  metadata: {
    namespace: "shop",
    name: "web-abc",
    uid: "u1",
    labels: { "app.kubernetes.io/name": "web" },
    ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", uid: "u2", controller: true }],
  },
  spec: {
    nodeName: "worker",
    initContainers: [{ name: "first", image: "busybox:1.36" }],
    containers: [
      {
        name: "web",
        image: "nginx:1.28",
        ports: [
          { name: "http", containerPort: 80, protocol: "TCP" },
          { name: "metrics", containerPort: 9113, protocol: "TCP" },
        ],
      },
    ],
  },
  status: {
    podIP: "10.244.1.2",
    hostIP: "172.18.0.3",
    phase: "Running",
    conditions: [{ type: "Ready", status: "True" }],
    containerStatuses: [{ name: "web", containerID: "containerd://1" }],
  },
};
const service = {
  metadata: { namespace: "shop", name: "web", annotations: { "a/b": "c" } },
  spec: { type: "ClusterIP", clusterIP: "10.96.0.7", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
};
const around: Surroundings = {
  node: () => undefined,
  pod: (_, name) => (name === "web-abc" ? (pod as never) : undefined),
  service: (_, name) => (name === "web" ? (service as never) : undefined),
};
const group = (role: Role, object: object): TargetGroup | undefined => ROLE_DEFINITIONS[role].group(object as never, around);

/** Addresses, and labels without the prefix that all have. */
const short = (labels: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(labels).map(([name, value]) => [name.replace("__meta_kubernetes_", ""), value]));

test("a pod is one target for each port, and one for a container without ports", () => {
  const { labels, targets } = group("pod", pod)!;
  expect(short(labels)).toEqual({
    namespace: "shop",
    pod_name: "web-abc",
    pod_ip: "10.244.1.2",
    pod_ready: "true",
    pod_phase: "Running",
    pod_node_name: "worker",
    pod_host_ip: "172.18.0.3",
    pod_uid: "u1",
    pod_controller_kind: "ReplicaSet",
    pod_controller_name: "web",
    pod_label_app_kubernetes_io_name: "web",
    pod_labelpresent_app_kubernetes_io_name: "true",
  });
  expect(targets.map(({ __address__ }) => __address__)).toEqual(["10.244.1.2:80", "10.244.1.2:9113", "10.244.1.2"]);
  expect(short(targets[0]!)).toMatchObject({
    pod_container_port_name: "http",
    pod_container_id: "containerd://1",
    pod_container_init: "false",
  });
  expect(short(targets[2]!)).toMatchObject({ pod_container_name: "first", pod_container_init: "true" });
  expect(group("pod", { ...pod, status: {} })!.targets).toEqual([]);
});

test("a node is a target at its internal address and the kubelet's port, called by its name", () => {
  const status = {
    addresses: [
      { type: "Hostname", address: "worker" },
      { type: "InternalIP", address: "172.18.0.3" },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
  };
  const { labels, targets } = group("node", { metadata: { name: "worker", labels: { zone: "a" } }, spec: {}, status })!;
  expect(targets.map(short)).toEqual([
    {
      __address__: "172.18.0.3:10250",
      instance: "worker",
      node_address_Hostname: "worker",
      node_address_InternalIP: "172.18.0.3",
    },
  ]);
  expect(short(labels)).toMatchObject({ node_name: "worker", node_label_zone: "a", node_labelpresent_zone: "true" });
});

test("a service is a target for each port, by its name in the cluster's DNS", () => {
  const { labels, targets } = group("service", service)!;
  expect(targets.map(short)).toEqual([
    {
      __address__: "web.shop.svc:80",
      service_port_name: "http",
      service_port_number: "80",
      service_port_protocol: "TCP",
      service_type: "ClusterIP",
      service_cluster_ip: "10.96.0.7",
    },
  ]);
  expect(short(labels)).toMatchObject({ namespace: "shop", service_name: "web", service_annotation_a_b: "c" });
});

test("endpoints know their pod, and the pod's other ports are targets, too", () => {
  const targetRef = { kind: "Pod", namespace: "shop", name: "web-abc" };
  const endpoints = {
    metadata: { namespace: "shop", name: "web" },
    subsets: [
      {
        addresses: [{ ip: "10.244.1.2", nodeName: "worker", targetRef }],
        notReadyAddresses: [{ ip: "10.244.2.9" }],
        ports: [{ name: "http", port: 80, protocol: "TCP" }],
      },
    ],
  };
  const { labels, targets } = group("endpoints", endpoints)!;
  expect(targets.map(({ __address__ }) => __address__)).toEqual(["10.244.1.2:80", "10.244.2.9:80", "10.244.1.2:9113"]);
  expect(targets.map((one) => short(one)["endpoint_ready"])).toEqual(["true", "false", undefined]);
  expect(short(targets[0]!)).toMatchObject({
    endpoint_address_target_name: "web-abc",
    pod_name: "web-abc",
    pod_container_port_name: "http",
  });
  expect(short(labels)).toMatchObject({ endpoints_name: "web", service_name: "web" });

  const slice = {
    metadata: { namespace: "shop", name: "web-x1", labels: { "kubernetes.io/service-name": "web" } },
    addressType: "IPv4",
    endpoints: [{ addresses: ["10.244.1.2"], conditions: { ready: true, terminating: false }, targetRef, nodeName: "worker" }],
    ports: [{ name: "http", port: 80, protocol: "TCP" }],
  };
  const sliced = group("endpointslice", slice)!;
  expect(sliced.targets.map(({ __address__ }) => __address__)).toEqual(["10.244.1.2:80", "10.244.1.2:9113"]);
  expect(short(sliced.targets[0]!)).toMatchObject({
    endpointslice_port_name: "http",
    endpointslice_endpoint_conditions_ready: "true",
    endpointslice_endpoint_conditions_terminating: "false",
    pod_phase: "Running",
  });
  expect(short(sliced.labels)).toMatchObject({ endpointslice_address_type: "IPv4", service_name: "web" });
});

test("an ingress is a target for each path, by https where its host has a certificate", () => {
  const { targets } = group("ingress", {
    metadata: { namespace: "shop", name: "web" },
    spec: {
      tls: [{ hosts: ["*.example.com"] }],
      rules: [{ host: "a.example.com", http: { paths: [{ path: "/x" }, {}] } }, { host: "example.org" }],
    },
  })!;
  expect(targets.map(short)).toEqual([
    { __address__: "a.example.com", ingress_scheme: "https", ingress_host: "a.example.com", ingress_path: "/x" },
    { __address__: "a.example.com", ingress_scheme: "https", ingress_host: "a.example.com", ingress_path: "/" },
    { __address__: "example.org", ingress_scheme: "http", ingress_host: "example.org", ingress_path: "/" },
  ]);
});
