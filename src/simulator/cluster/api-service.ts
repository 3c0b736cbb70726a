import type { Client } from "../api/client.ts";
import type { KubeObject } from "../api/object.ts";
import type { Clock, Timer } from "../clock.ts";
import type { Manifest } from "./bootstrap.ts";
import { API_SERVICE_IP } from "./cluster-config.ts";

/** Milliseconds between two looks of the API server at its own Service. */
const LOOK_EVERY = 10_000;

const place = { name: "kubernetes", namespace: "default" };

/** The Service under which programs in Pods find the API, and its addresses. */
export function apiService(serverAddress: string): Manifest[] {
  const [ip, port] = serverAddress.split(":");
  const ports = [{ name: "https", port: Number(port), protocol: "TCP" }];
  const manifest = (resource: string, object: object): Manifest => ({ resource, object: object as Manifest["object"] });
  return [
    manifest("services", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { ...place, labels: { component: "apiserver", provider: "kubernetes" } },
      spec: { clusterIP: API_SERVICE_IP, ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: Number(port) }] },
    }),
    manifest("endpoints", {
      apiVersion: "v1",
      kind: "Endpoints",
      metadata: { ...place, labels: { "endpointslice.kubernetes.io/skip-mirror": "true" } },
      subsets: [{ addresses: [{ ip }], ports }],
    }),
    manifest("endpointslices.discovery.k8s.io", {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { ...place, labels: { "kubernetes.io/service-name": "kubernetes" } },
      addressType: "IPv4",
      endpoints: [{ addresses: [ip], conditions: { ready: true } }],
      ports,
    }),
  ];
}

/** Makes them anew when somebody deletes them, as `kubectl delete all --all` does (pkg/controlplane/controller/kubernetesservice). */
export function keepApiService(
  client: Client,
  clock: Clock,
  serverAddress: string,
  report: (error: unknown) => void,
): () => void {
  const own = apiService(serverAddress);
  let timer: Timer | undefined;
  const restore = async (): Promise<void> => {
    timer = undefined;
    for (const { resource, object } of own)
      if (!client.get(resource, place)) await client.create(resource, object as never, { fieldManager: "kube-apiserver" });
  };
  const lookSoon = (): void => {
    timer ??= clock.setTimeout(() => void restore().catch(report), LOOK_EVERY - (clock.now() % LOOK_EVERY));
  };
  const stops = own.map(({ resource }) =>
    client.watch<KubeObject>(resource, ({ type, object: { metadata } }) => {
      if (type === "DELETED" && metadata.name === place.name && metadata.namespace === place.namespace) lookSoon();
    }),
  );
  if (own.some(({ resource }) => !client.get(resource, place))) lookSoon();
  return () => {
    timer?.cancel();
    for (const stop of stops) stop();
  };
}
