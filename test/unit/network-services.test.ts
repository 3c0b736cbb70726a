import { afterEach, expect, test } from "vitest";
import type { KubeObject } from "../../src/simulator/api/object.ts";
import { createClusterDNS } from "../../src/simulator/network/cluster-dns.ts";
import type { RecordType } from "../../src/simulator/network/dns-records.ts";
import { createNetwork } from "../../src/simulator/network/memory-network.ts";
import { searchName } from "../../src/simulator/network/resolv-conf.ts";
import { createServiceProxy } from "../../src/simulator/network/service-proxy.ts";
import { Random } from "../../src/simulator/random.ts";
import { startControllers, type Rig } from "../helpers/controller-rig.ts";

let rig: Rig;
afterEach(() => rig.stop());

const DNS = "10.96.0.10";

/** A cluster's API and network, with kube-dns ready, and the objects of a test. */
async function start() {
  rig = await startControllers();
  const { client, clock } = rig;
  await client.create("namespaces", { metadata: { name: "kube-system" } });
  const proxy = createServiceProxy({ client, clock, random: new Random(1), inServiceRange: (ip) => ip.startsWith("10.96.") });
  const nameServer = createClusterDNS(client);
  const network = createNetwork({ clock, translate: proxy.translate, nameServer });
  const service = (name: string, spec: object, namespace = "default") =>
    client.create("services", { metadata: { name, namespace }, spec } as never);
  const slice = (name: string, endpoints: object[], port: object | undefined = { port: 8080 }, namespace = "default") =>
    client.create<KubeObject>("endpointslices.discovery.k8s.io", {
      metadata: { name: `${name}-1`, namespace, labels: { "kubernetes.io/service-name": name } },
      addressType: "IPv4",
      endpoints,
      ports: port && [port],
    } as never);
  await service("kube-dns", { clusterIP: DNS, ports: [{ name: "dns", port: 53, protocol: "UDP" }] }, "kube-system");
  await slice("kube-dns", [{ addresses: ["10.244.0.2"] }], { name: "dns", port: 53, protocol: "UDP" }, "kube-system");
  const ask = (name: string, type: RecordType = "A") => {
    const reply = nameServer(DNS, name, type);
    return reply && (reply.answers.length ? reply.answers.map(({ type: kind, data }) => `${kind} ${data}`) : reply.rcode);
  };
  return { ...rig, network, service, slice, ask, nameServer, translate: proxy.translate };
}

const ready = (...ips: string[]) => ips.map((ip) => ({ addresses: [ip], conditions: { ready: true } }));

test("a Service's address leads to each of its ready endpoints, and to no other", async () => {
  const { service, slice, translate } = await start();
  await service("web", { clusterIP: "10.96.7.7", ports: [{ port: 80 }] });
  await slice("web", [...ready("10.244.1.2", "10.244.2.2"), { addresses: ["10.244.3.2"], conditions: { ready: false } }]);

  const routes = Array.from({ length: 40 }, () => translate("10.244.0.9", "10.96.7.7", 80) as { ip: string; port: number });

  expect(new Set(routes.map(({ ip, port }) => `${ip}:${port}`))).toEqual(new Set(["10.244.1.2:8080", "10.244.2.2:8080"]));
});

test("endpoints that end still serve when there are no others; with none at all a connection is refused", async () => {
  const { service, slice, translate, client, network } = await start();
  await service("web", { clusterIP: "10.96.7.7", ports: [{ port: 80 }] });
  const made = await slice("web", [
    { addresses: ["10.244.1.2"], conditions: { ready: false, serving: true, terminating: true } },
  ]);
  expect(translate("10.244.0.9", "10.96.7.7", 80)).toEqual({ ip: "10.244.1.2", port: 8080 });

  await client.delete("endpointslices.discovery.k8s.io", { namespace: "default", name: made.metadata.name });
  await expect(network.attach("10.244.0.9").connect("10.96.7.7", 80)).rejects.toThrow("connect: connection refused");
});

test("an address of the Service range that is nobody's lets the caller wait for thirty seconds", async () => {
  const { network, clock } = await start();
  let failure: unknown;
  network
    .attach("10.244.0.9")
    .connect("10.96.99.99", 80)
    .catch((error: unknown) => (failure = error));
  await clock.step(29_999);
  expect(failure).toBeUndefined();
  await clock.step(1);
  expect(failure).toMatchObject({ code: "ETIMEDOUT", message: "i/o timeout" });
});

test("a node port is open on every node, and on no pod", async () => {
  const { service, slice, translate, make } = await start();
  await make("nodes", { metadata: { name: "n1" }, status: { addresses: [{ type: "InternalIP", address: "172.18.0.3" }] } });
  await service("web", { type: "NodePort", clusterIP: "10.96.7.7", ports: [{ port: 80, nodePort: 30080 }] });
  await slice("web", ready("10.244.1.2"));

  expect(translate("10.244.0.9", "172.18.0.3", 30_080)).toEqual({ ip: "10.244.1.2", port: 8080 });
  expect(translate("10.244.0.9", "10.244.5.5", 30_080)).toBeUndefined();
});

test("session affinity keeps a client with its endpoint until it has been away too long", async () => {
  const { service, slice, translate, clock } = await start();
  await service("web", {
    clusterIP: "10.96.7.7",
    ports: [{ port: 80 }],
    sessionAffinity: "ClientIP",
    sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
  });
  await slice("web", ready("10.244.1.2", "10.244.2.2", "10.244.3.2", "10.244.4.2"));
  const visit = (from: string) => (translate(from, "10.96.7.7", 80) as { ip: string }).ip;

  expect(new Set(Array.from({ length: 20 }, () => visit("10.244.0.9"))).size).toBe(1);
  expect(new Set(Array.from({ length: 20 }, (_, index) => visit(`10.244.0.${index}`))).size).toBeGreaterThan(1);
  const later = new Set<string>();
  for (let time = 0; time < 12; time++) {
    await clock.step(61_000);
    later.add(visit("10.244.0.9"));
  }
  expect(later.size).toBeGreaterThan(1);
});

test("names of Services and pods resolve as CoreDNS resolves them", async () => {
  const { service, slice, ask } = await start();
  await service("web", { clusterIP: "10.96.7.7", ports: [{ name: "http", port: 80 }] });
  await service("db", { clusterIP: "None", ports: [{ name: "sql", port: 5432 }] });
  await slice("db", [{ addresses: ["10.244.1.5"], hostname: "db-0" }, { addresses: ["10.244.1.6"] }], {
    name: "sql",
    port: 5432,
  });
  await service("ext", { type: "ExternalName", externalName: "web.default.svc.cluster.local" });

  expect(ask("web.default.svc.cluster.local")).toEqual(["A 10.96.7.7"]);
  expect(ask("web.default.svc.cluster.local", "AAAA")).toBe("NOERROR");
  expect(ask("db.default.svc.cluster.local")).toEqual(["A 10.244.1.5", "A 10.244.1.6"]);
  expect(ask("db-0.db.default.svc.cluster.local")).toEqual(["A 10.244.1.5"]);
  expect(ask("_sql._tcp.db.default.svc.cluster.local", "SRV")).toEqual([
    "SRV 0 100 5432 db-0.db.default.svc.cluster.local.",
    "SRV 0 100 5432 10-244-1-6.db.default.svc.cluster.local.",
  ]);
  expect(ask("_http._tcp.web.default.svc.cluster.local", "SRV")).toEqual(["SRV 0 100 80 web.default.svc.cluster.local."]);
  expect(ask("ext.default.svc.cluster.local")).toEqual(["CNAME web.default.svc.cluster.local", "A 10.96.7.7"]);
  expect(ask("10-244-9-9.default.pod.cluster.local")).toEqual(["A 10.244.9.9"]);
  expect(ask("7.7.96.10.in-addr.arpa", "PTR")).toEqual(["PTR web.default.svc.cluster.local."]);
  expect(ask("5.1.244.10.in-addr.arpa", "PTR")).toEqual(["PTR db-0.db.default.svc.cluster.local."]);
  for (const unknown of ["nope.default.svc.cluster.local", "web.nowhere.svc.cluster.local", "kind-worker", "example.com"]) {
    expect(ask(unknown)).toBe("NXDOMAIN");
  }
});

test("a pod's search domains turn a short name into the Service next door", async () => {
  const { service, nameServer } = await start();
  await service("web", { clusterIP: "10.96.7.7", ports: [{ port: 80 }] });
  const asked: string[] = [];
  const look = (name: string) => {
    const conf = { nameservers: [DNS], search: ["default.svc.cluster.local", "svc.cluster.local", "cluster.local"], ndots: 5 };
    return searchName(name, "A", conf, (server, candidate, type) => {
      asked.push(candidate);
      return nameServer(server, candidate, type);
    });
  };

  expect(look("web")).toMatchObject({ name: "web.default.svc.cluster.local", server: DNS });
  expect(look("web.default")).toMatchObject({ name: "web.default.svc.cluster.local" });
  asked.length = 0;
  expect(look("a.b.c")).toMatchObject({ rcode: "NXDOMAIN" });
  expect(asked).toEqual(["a.b.c.default.svc.cluster.local", "a.b.c.svc.cluster.local", "a.b.c.cluster.local", "a.b.c"]);
});

test("nobody answers while kube-dns has no ready endpoint", async () => {
  const { ask, service, client } = await start();
  await service("web", { clusterIP: "10.96.7.7", ports: [{ port: 80 }] });
  expect(ask("web.default.svc.cluster.local")).toEqual(["A 10.96.7.7"]);
  await client.delete("endpointslices.discovery.k8s.io", { namespace: "kube-system", name: "kube-dns-1" });
  expect(ask("web.default.svc.cluster.local")).toBeUndefined();
});
