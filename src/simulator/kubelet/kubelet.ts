import type { Duplex } from "node:stream";
import type { KubeletAccess } from "../api/kubelet-access.ts";
import { keyOf } from "../api/object.ts";
import type { ObjectKey } from "../api/object.ts";
import { StatusError } from "../api/status-error.ts";
import type { WatchEvent } from "../api/client.ts";
import type { ControllerContext } from "../controllers/controller.ts";
import { Counters } from "../metrics/counters.ts";
import type { Network } from "../network/network.ts";
import type { Node } from "../scheduler/node-info.ts";
import { refusalOf } from "./admission.ts";
import type { Refusal } from "./admission.ts";
import { Backoff } from "./backoff.ts";
import { isRunning } from "./container-record.ts";
import type { ContainerRecord } from "./container-record.ts";
import { ImageManager } from "./images.ts";
import { keepLease } from "./lease.ts";
import { writeLog } from "./logs.ts";
import type { NodeContext } from "./node-context.ts";
import { NodeFiles } from "./node-files.ts";
import { NodeStatus } from "./node-status.ts";
import { PodIPs } from "./pod-ips.ts";
import { PodWorker } from "./pod-worker.ts";
import { isStatic } from "./pod.ts";
import type { Pod } from "./pod.ts";
import type { ContainerRuntime } from "./runtime.ts";
import { serveKubelet, type KubeletAuthority } from "./server/kubelet-server.ts";
import { createMirror, mirrorName } from "./static-pods.ts";
import type { StaticPod } from "./static-pods.ts";
import { statsOf, type PodStats } from "./stats.ts";
import { KubeletRefusal } from "../streams/kubelet-refusal.ts";
import type { IssueToken } from "./volumes/volume.ts";

export interface KubeletOptions extends Omit<ControllerContext, "issueToken"> {
  network: Network;
  runtime: ContainerRuntime;
  nodeName: string;
  nodeIP: string;
  podCIDR: string;
  /** Address of the cluster's name server. */
  clusterDNS: string;
  clusterDomain: string;
  /** Makes the tokens of kube-api-access volumes. */
  issueToken: IssueToken;
  /** Pods of the node's manifest folder. */
  staticPods?: readonly StaticPod[];
  /**
   * The node's disk: files by absolute path. emptyDir, hostPath and local volumes live there; who keeps the map over a restart
   * keeps what is in them.
   */
  files?: Map<string, Buffer>;
  /** Without it the kubelet's own port is closed. */
  authority?: KubeletAuthority;
}

export interface Kubelet extends KubeletAccess {
  stats(): readonly PodStats[];
  /** The node dies: heartbeats stop, programs are gone, the API does not hear of it. */
  stop(): void;
}

/** Starts the kubelet of one node, whose Node object is there already. `events` must be of source `kubelet` and host `nodeName`. Upstream: pkg/kubelet. */
export function startKubelet(options: KubeletOptions): Kubelet {
  const { client, clock, random, events, network, runtime, nodeName, nodeIP } = options;
  const report = (error: unknown) => options.report(error);
  /** Somebody was faster: the object is gone, or it is another one of that name. */
  const reportUnlessOvertaken = (error: unknown) => {
    if (!(error instanceof StatusError && (error.code === 404 || error.code === 409))) report(error);
  };
  const workers = new Map<string, PodWorker>();
  const nodeStatus = new NodeStatus({ client, clock, runtime, nodeName, report });
  const nodeObject = () => client.get<Node>("nodes", { name: nodeName });
  const node: NodeContext = {
    client,
    clock,
    random,
    events,
    runtime,
    images: new ImageManager(runtime, clock, events, () => void nodeStatus.report()),
    restarts: new Backoff(clock),
    host: network.host(nodeIP) ?? network.attach(nodeIP),
    ips: new PodIPs(options.podCIDR),
    files: new NodeFiles(options.files),
    names: { clusterDNS: options.clusterDNS, clusterDomain: options.clusterDomain, nodeName, nodeIP },
    issueToken: options.issueToken,
    probes: new Counters(
      "prober_probe_total",
      "[BETA] Cumulative number of a liveness, readiness or startup probe for a container by result.",
    ),
    allocatable: () => nodeObject()?.status?.allocatable ?? {},
    report,
  };

  const mirrors = new Map((options.staticPods ?? []).map((manifest) => [mirrorName(manifest, nodeName), manifest]));
  const mirror = async (manifest: StaticPod) => {
    const live = nodeObject();
    if (live) await createMirror(client, manifest, live, clock.now());
  };

  function podChanged({ type, object: pod }: WatchEvent<Pod>) {
    const { uid, name, deletionTimestamp } = pod.metadata;
    const worker = workers.get(uid);
    const manifest = isStatic(pod) ? mirrors.get(name) : undefined;
    if (type === "DELETED") {
      workers.delete(uid);
      if (manifest && worker) workers.set(name, worker);
      else worker?.remove();
      if (manifest) void mirror(manifest).catch(reportUnlessOvertaken);
      return;
    }
    if (manifest && deletionTimestamp) {
      client.delete("pods", keyOf(pod), { gracePeriodSeconds: 0, preconditions: { uid } }).catch(reportUnlessOvertaken);
      return;
    }
    if (worker) return worker.update(pod);
    const orphan = manifest && workers.get(name);
    if (orphan) {
      // Another mirror of a static pod that has gone on running.
      workers.delete(name);
      workers.set(uid, orphan);
      return orphan.update(pod);
    }
    const refusal = pod.status?.startTime || isStatic(pod) ? undefined : refusalFor(pod);
    if (refusal) void reject(pod, refusal).catch(reportUnlessOvertaken);
    else workers.set(uid, new PodWorker(pod, node));
  }

  function refusalFor(pod: Pod): Refusal | undefined {
    const live = nodeObject();
    const others = [...workers.values()].filter((worker) => !worker.over).map((worker) => worker.pod);
    return live && refusalOf(pod, live, others);
  }

  async function reject(pod: Pod, { reason, message }: Refusal) {
    events.event({ object: pod }, "Warning", reason, message);
    const status = { phase: "Failed", reason, message: `Pod was rejected: ${message}` };
    // No update: whoever else writes to the pod meanwhile must not keep it from being rejected.
    await client.patch("pods", keyOf(pod), { metadata: { uid: pod.metadata.uid }, status }, { subresource: "status" });
  }

  const workerOf = ({ namespace, name }: ObjectKey): PodWorker => {
    const found = [...workers.values()].find(
      ({ pod: { metadata } }) => metadata.name === name && metadata.namespace === namespace,
    );
    if (!found) throw StatusError.notFound({ group: "", resource: "pods" }, name);
    return found;
  };
  const running = (pod: ObjectKey, container: string) => {
    const record = workerOf(pod).record(container);
    const process = record && isRunning(record) ? record.run?.process : undefined;
    if (!process) throw new KubeletRefusal(404, `container not found (${JSON.stringify(container)})`);
    return process;
  };

  const start = async () => {
    await nodeStatus.report();
    const live = nodeObject();
    if (live) events.event({ object: live }, "Normal", "Starting", "Starting kubelet.");
    for (const [name, manifest] of mirrors) {
      if (!client.get("pods", { namespace: manifest.metadata?.namespace ?? "default", name }))
        await mirror(manifest).catch(reportUnlessOvertaken);
    }
  };
  void start().catch(report);

  const objectChanged = (resource: "configmaps" | "secrets") => (event: WatchEvent) => {
    const { namespace, name } = event.object.metadata;
    for (const worker of workers.values()) if (worker.pod.metadata.namespace === namespace) worker.objectChanged(resource, name);
  };
  const stats = () => [...workers.values()].flatMap((worker) => statsOf(worker.pod, worker.records, worker.sandbox) ?? []);
  const figures = {
    clock,
    machine: runtime.machine,
    nodeName,
    node: nodeObject,
    pods: stats,
    probes: node.probes,
    startedAt: clock.now(),
  };
  const server = options.authority && serveKubelet(node.host, options.authority, figures);
  const stops = [
    keepLease(client, clock, nodeName, report),
    client.watch<Pod>("pods", podChanged, { fieldSelector: `spec.nodeName=${nodeName}` }),
    client.watch("configmaps", objectChanged("configmaps")),
    client.watch("secrets", objectChanged("secrets")),
    () => nodeStatus.stop(),
  ];

  return {
    async logs(pod, container, logOptions, write, signal) {
      const worker = workerOf(pod);
      await writeLog(worker.pod, worker.record(container) as ContainerRecord, logOptions, clock.now(), write, signal);
    },
    expectRunning: (pod, container) => void running(pod, container),
    exec: async (pod, container, argv, io) => running(pod, container).exec(argv, io),
    attach: async (pod, container, io) => running(pod, container).attach(io),
    async connect(pod, port): Promise<Duplex> {
      const { sandbox } = workerOf(pod);
      if (!sandbox) throw new Error(`pod ${pod.name} is not running`);
      return sandbox.host.connect("127.0.0.1", port);
    },
    open() {
      if (!server) throw new Error("the kubelet's port is closed");
      return server.open();
    },
    stats,
    stop() {
      server?.close();
      for (const stop of stops) stop();
      for (const worker of workers.values()) worker.stop();
    },
  };
}
