import { connect } from "node:net";
import { join } from "node:path";
import { admissionPlugins } from "./admission/index.ts";
import type { Client } from "./api/client.ts";
import { startAggregator } from "./api/aggregation/aggregator.ts";
import { podMetricsFrom } from "./api/aggregation/pod-metrics.ts";
import { authenticate } from "./api/authenticate.ts";
import { authorize } from "./api/authorize.ts";
import { eventRecorder } from "./api/events.ts";
import { LocalClient } from "./api/local-client.ts";
import { standardPaths } from "./api/paths.ts";
import { Pipeline } from "./api/pipeline.ts";
import { Registry } from "./api/registry.ts";
import { serveApi } from "./api/server.ts";
import { ServerMetrics } from "./api/server-metrics.ts";
import { subresourceHandlers } from "./api/subresources/index.ts";
import { Tokens } from "./api/tokens.ts";
import { ADMIN } from "./api/user.ts";
import { systemClock, type Clock } from "./clock.ts";
import { keepApiService } from "./cluster/api-service.ts";
import { bootstrap, grantAccess, joinWorkers } from "./cluster/bootstrap.ts";
import { nodeIP } from "./cluster/cluster-config.ts";
import type { Identity } from "./cluster/identity.ts";
import { createNodes, type NodesOptions } from "./cluster/machines.ts";
import type { DeletableResource } from "./controllers/controller.ts";
import { controllers } from "./controllers/index.ts";
import { serveCustomResources } from "./custom-resources/serve.ts";
import { createNetwork } from "./network/memory-network.ts";
import { createClusterDNS } from "./network/cluster-dns.ts";
import { createServiceProxy } from "./network/service-proxy.ts";
import { Random } from "./random.ts";
import { conversions, deprecations, strategies } from "./resources/index.ts";
import { scheduler } from "./scheduler/scheduler.ts";
import { columnsOf, resourceInfos } from "./schema/resource-info.ts";
import { loadSchemas } from "./schema/schemas.ts";
import { Journal } from "./store/journal.ts";
import { Store } from "./store/store.ts";

export interface SimulatorOptions {
  identity: Identity;
  /** Where the cluster's objects are kept; without it they live in memory alone. */
  stateFolder?: string;
  /** Port on loopback; 0 or nothing takes a free one. */
  port?: number;
  clock?: Clock;
  /** Errors inside the simulator that no client is told of. */
  report(error: unknown): void;
}

/** A running cluster. */
export interface Simulator {
  port: number;
  /** Milliseconds of the wall clock since the last request of a client; kept by the caller's clock. */
  lastRequest(): number;
  /** The API for somebody inside the process. */
  client(manager: string): Client;
  /** Stops everything; what was acknowledged is on disk. */
  close(): Promise<void>;
}

/** Port of the API server inside the cluster network. */
const API_PORT = 6443;

/** Starts a cluster: the API server on loopback, controllers, scheduler, and a kubelet for each node. */
export async function startSimulator({
  identity,
  stateFolder,
  port = 0,
  clock = systemClock(),
  report,
}: SimulatorOptions): Promise<Simulator> {
  const { config, pki, seed, adminToken } = identity;
  const journal = stateFolder === undefined ? undefined : new Journal(join(stateFolder, "objects"));
  const store = new Store(journal);
  const isNew = store.resources().length === 0;
  const random = new Random(seed + store.version);
  const schemas = loadSchemas();
  const registry = new Registry({
    store,
    schemas,
    clock,
    random,
    infos: resourceInfos(),
    strategies,
    columns: (group, version, resource) => columnsOf({ group, version, resource }),
    conversions,
    admission: admissionPlugins,
  });
  const tokens = new Tokens(pki.tokenKey, store, clock);
  const metrics = new ServerMetrics(clock, registry);
  const client = (manager: string) => new LocalClient(registry, manager, metrics);

  const stopCustomResources = serveCustomResources({ registry, schemas, client: client("kube-apiserver"), clock, report });

  const network = connectNetwork();
  const controlPlane = Math.max(
    0,
    config.nodes.findIndex(({ role }) => role === "control-plane"),
  );
  const serverAddress = `${nodeIP(controlPlane)}:${API_PORT}`;
  const apiHost = network.attach(nodeIP(controlPlane));
  const shared = { clock, random, rootCA: pki.ca, resources: () => deletable(registry), report };
  const authenticator = { tokens, adminToken, admin: ADMIN };
  const authority: NodesOptions["authority"] = {
    authenticate: (request) => authenticate(authenticator, request),
    isAllowed: (user, wanted) => authorize(store, user, wanted).allowed,
  };
  const nodes = createNodes({ ...shared, config, client: client("kubelet"), network, tokens, authority });

  const aggregator = startAggregator({
    client: client("kube-apiserver"),
    clock,
    host: apiHost,
    report,
  });
  let lastRequest = clock.now();
  let isClosed = false;
  let granting = Promise.resolve();
  const pipeline = new Pipeline({
    registry,
    authenticator,
    handlers: subresourceHandlers({ tokens, findKubelet: nodes.find, host: apiHost }),
    paths: standardPaths(serverAddress, schemas, () => registry.all().map(({ info }) => info), { metrics, aggregator }),
    metrics,
    deprecations,
    access: () => granting,
    onRequest: () => (lastRequest = clock.now()),
    report,
  });
  const { server, port: listening } = await serveApi(pipeline, { ...pki.server, ca: pki.ca }, port);
  // Pods reach the API server as on a real cluster: through the Service, to the control-plane node.
  const door = apiHost.listen(API_PORT, (inside) => {
    const outside = connect(listening, "127.0.0.1");
    inside.on("error", () => outside.destroy());
    outside.on("error", () => inside.destroy());
    inside.pipe(outside).pipe(inside);
  });

  await aggregator.registerOwn(groupVersionsOf(registry));
  if (isNew) await bootstrap(client("kubeadm"), clock, config, pki, serverAddress);
  store.forgetPast();
  const podMetrics = podMetricsFrom(aggregator);
  const context = (component: string, source: string) => {
    const own = client(component);
    const events = eventRecorder(own, clock, { component: source }, report);
    return { ...shared, client: own, events, issueToken: lastingToken, podMetrics };
  };
  const stops = [
    stopCustomResources,
    () => aggregator.stop(),
    ...controllers.map(({ name, start }) => start(context("kube-controller-manager", name))),
    scheduler(context("kube-scheduler", "default-scheduler")),
    keepApiService(client("kube-apiserver"), clock, serverAddress, report),
  ];
  if (isNew) await joinWorkers(client("kubeadm"), clock, config);
  nodes.start();
  granting = grantAccess(client("kubeadm"), () => isClosed).catch(report);

  return {
    port: listening,
    lastRequest: () => lastRequest,
    client,
    async close() {
      isClosed = true;
      for (const stop of stops) stop();
      nodes.stop();
      door.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      journal?.close();
    },
  };

  /** For Secrets of type service-account-token, whose tokens do not expire on a real cluster. */
  function lastingToken(account: { namespace: string; name: string; uid: string }): string {
    return tokens.issue({ ...account, audiences: [], expirationSeconds: 10 * 365 * 24 * 3600 }, random.uuid()).token;
  }

  function connectNetwork() {
    const proxy = createServiceProxy({
      client: client("kube-proxy"),
      clock,
      random,
      inServiceRange: (ip) => ip.startsWith("10.96."),
    });
    return createNetwork({ clock, translate: proxy.translate, nameServer: createClusterDNS(client("coredns")) });
  }
}

/** What the server answers for itself, each group and version once; the aggregator's own group is no part of it. */
const groupVersionsOf = (registry: Registry) => [
  ...new Map(
    registry
      .all()
      .filter(({ info }) => info.group !== "apiregistration.k8s.io")
      .map(({ info: { group, version } }) => [`${version}.${group}`, { group, version }]),
  ).values(),
];

/** Resources whose objects can be deleted, in the version they are stored in: what namespaces and garbage collection range over. */
const deletable = (registry: Registry): DeletableResource[] =>
  registry
    .stored()
    .filter(({ info }) => info.verbs.includes("delete"))
    .map(({ name, apiVersion, info: { kind, namespaced } }) => ({ name, apiVersion, kind, namespaced }));
