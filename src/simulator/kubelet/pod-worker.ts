import { keyOf } from "../api/object.ts";
import { StatusError } from "../api/status-error.ts";
import { adoptContainers, recordsOf } from "./adopt.ts";
import { isRunning, newRecord, timeOf } from "./container-record.ts";
import type { ContainerRecord } from "./container-record.ts";
import { startContainer } from "./container-start.ts";
import type { PodSurroundings, Postponed } from "./container-start.ts";
import { stopContainer, stopContainers } from "./container-stop.ts";
import { GracePeriod } from "./grace-period.ts";
import type { NodeContext } from "./node-context.ts";
import { podActions } from "./pod-actions.ts";
import { PodSandbox } from "./pod-sandbox.ts";
import { containersOf, isOver, isStatic } from "./pod.ts";
import type { Pod } from "./pod.ts";
import { startProbes } from "./probe-loop.ts";
import type { Sandbox } from "./runtime.ts";
import { podStatus } from "./status.ts";
import { StatusWriter } from "./status-writer.ts";
import { Timers } from "./timers.ts";
import { PodVolumes } from "./volumes/pod-volumes.ts";
import { followedObjects } from "./volumes/references.ts";
import type { VolumeContext } from "./volumes/volume.ts";

/** A pod whose sync failed is looked at again after this and up to half as much more. */
const SYNC_BACKOFF = 10_000;
/** What follows API objects is brought up to date every minute, and up to half as much more. */
const RESYNC = 60_000;

const DEADLINE: Failure = {
  reason: "DeadlineExceeded",
  message: "Pod was active on the node longer than the specified deadline",
};

interface Ending {
  grace: GracePeriod;
  /** Why the kubelet ended the pod itself. */
  failure?: Failure;
}

interface Failure {
  reason: string;
  message: string;
}

/** One pod's life on its node; one thing at a time (pkg/kubelet/pod_workers.go). */
export class PodWorker {
  pod: Pod;
  readonly records: ContainerRecord[];
  readonly #node: NodeContext;
  readonly #sandbox: PodSandbox;
  readonly #volumes: PodVolumes;
  readonly #writer: StatusWriter;
  readonly #startTime: number;
  readonly #resync: number;
  readonly #life = new AbortController();
  readonly #timers: Timers;
  /** Pods that ran before this kubelet started have to be brought back first. */
  #unadopted: boolean;
  #ending: Ending | undefined;
  /** Of containers that are to be started again. */
  #stopping: GracePeriod[] = [];
  #over: boolean;
  #removed = false;
  #stopped = false;
  #busy = false;
  #again = false;

  constructor(pod: Pod, node: NodeContext) {
    this.pod = pod;
    this.#node = node;
    this.#timers = new Timers(node.clock);
    this.#sandbox = new PodSandbox(node);
    this.#volumes = new PodVolumes(node.events);
    this.#writer = new StatusWriter(node, (live) => podStatus(live, this.#facts(), node.clock.now()));
    this.#startTime = timeOf(pod.status?.startTime) || node.clock.now();
    this.#resync = RESYNC * (1 + 0.5 * node.random.next());
    this.#unadopted = pod.status?.startTime !== undefined;
    this.#over = isOver(pod);
    this.records = recordsOf(pod);
    const { podIP } = pod.status ?? {};
    if (podIP && podIP !== node.names.nodeIP && !this.#over) this.#sandbox.keep(podIP);
    else this.#sandbox.ip = podIP;
    this.#watchDeadline();
    this.#follow();
    this.trigger();
  }

  /** All of the pod's containers are over, or never were. */
  get over(): boolean {
    return this.#over;
  }

  get sandbox(): PodSandbox["running"] {
    return this.#sandbox.running;
  }

  record(container: string): ContainerRecord | undefined {
    return this.records.find((record) => record.container.name === container);
  }

  /** The API has a new version of the pod. */
  update(pod: Pod): void {
    const old = this.pod;
    this.pod = pod;
    for (const one of containersOf(pod)) {
      const record = this.record(one.container.name);
      if (record) record.container = one.container;
      else this.records.push(newRecord(one));
    }
    this.#follow();
    const gated = (pod.spec?.readinessGates ?? []).length > 0;
    if (changed(old, pod)) {
      this.#watchDeadline();
      this.trigger();
      // Who took the node for lost has marked its pods unready: a kubelet that lives knows better (status manager's needsReconcile).
    } else if (gated || readiness(old) !== readiness(pod)) this.#publish();
  }

  /** The API has the pod no more: end it without a word. */
  remove(): void {
    this.#removed = true;
    this.#writer.stop();
    if (!this.#over) this.#end(1);
  }

  /** A ConfigMap or Secret changed; the volumes that show it follow at the pod's next regular sync. */
  objectChanged(resource: "configmaps" | "secrets", name: string): void {
    if (!followedObjects(this.pod).has(`${resource}/${name}`) || this.#timers.has("refresh")) return;
    const { clock } = this.#node;
    const delay = this.#resync - ((clock.now() - this.#startTime) % this.#resync);
    this.#timers.after("refresh", delay, () => this.#refresh());
  }

  /** The kubelet stops; the pod's programs go with it, the API does not hear of it. */
  stop(): void {
    this.#stopped = true;
    this.#removed = true;
    this.#writer.stop();
    this.#life.abort();
    this.#timers.cancelAll();
    this.#sandbox.stop(this.pod);
  }

  /** Looks at the pod again soon. */
  trigger(): void {
    this.#again = true;
    if (!this.#busy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    // Let the write that caused this return first.
    await Promise.resolve();
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        if (this.#over) await this.#finish();
        else if (this.#ending) await this.#terminate(this.#ending);
        else await this.#sync();
      } catch (error) {
        // What the pod's end cut short is no fault.
        if (error === this.#life.signal.reason) continue;
        this.#node.report(error);
        this.#retry(Infinity);
      }
    }
    this.#busy = false;
  }

  async #sync(): Promise<void> {
    if (this.#unadopted) {
      this.#unadopted = false;
      this.#volumes.mountPresent(this.#volumeContext());
      await adoptContainers(this.pod, this.records, this.#surroundings(), (record) => this.#probe(record));
    }
    await this.#writer.publish(this.pod);
    await this.#volumes.mount(() => this.#volumeContext(), this.#life.signal);
    this.#refresh();
    const around = this.#surroundings();
    const { stop, start, done } = podActions(this.pod, this.records);
    await Promise.all(
      stop.map(({ record, why, grace: seconds = this.pod.spec?.terminationGracePeriodSeconds ?? 30 }) => {
        const grace = new GracePeriod(this.#node.clock, seconds);
        this.#stopping.push(grace);
        return stopContainer(this.pod, record, why, grace, this.#node, this.#sandbox.ip ?? "");
      }),
    );
    this.#stopping = [];
    const postponed: Postponed[] = [];
    for (const record of start) {
      if (this.#life.signal.aborted) return;
      const later = await startContainer(record, around);
      if (later) postponed.push(later);
      else this.#probe(record);
      // What comes after a sidecar needs no more than its start.
      if (record.kind === "sidecar" && record.run?.started) this.#again = true;
    }
    if (this.#life.signal.aborted) return;
    await this.#writer.publish(this.pod);
    if (postponed.length > 0) this.#retry(Math.min(...postponed.map(({ retryIn = Infinity }) => retryIn)));
    if (done) this.#end(this.pod.spec?.terminationGracePeriodSeconds ?? 30);
  }

  async #terminate({ grace, failure }: Ending): Promise<void> {
    if (failure) this.#node.events.event({ object: this.pod }, "Normal", failure.reason, failure.message);
    await stopContainers(this.pod, this.records, grace, this.#node, this.#sandbox.ip ?? "");
    for (const record of this.records) delete record.waiting;
    this.#over = true;
    this.#timers.cancelAll();
    this.#sandbox.stop(this.pod);
    this.#volumes.tearDown({ pod: this.pod, nodeFiles: this.#node.files });
    this.#node.images.forget(this.pod);
    this.#node.restarts.forget(this.pod.metadata.uid);
    await this.#finish();
  }

  /** Reports the end; a pod that was to be deleted can go now. */
  async #finish(): Promise<void> {
    if (this.#removed) return;
    await this.#writer.publish(this.pod);
    const { uid, deletionTimestamp } = this.pod.metadata;
    if (!deletionTimestamp || this.#removed) return;
    try {
      await this.#node.client.delete("pods", keyOf(this.pod), { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      if (!(error instanceof StatusError && (error.code === 404 || error.code === 409))) throw error;
    }
  }

  /** Begins the pod's end, or hurries it. */
  #end(seconds: number, failure?: Failure): void {
    const grace = Math.max(1, seconds);
    if (this.#ending) return this.#ending.grace.shorten(grace);
    this.#ending = { grace: new GracePeriod(this.#node.clock, grace), ...(failure && { failure }) };
    this.#life.abort();
    for (const one of this.#stopping) one.shorten(grace);
    this.trigger();
  }

  /** Notices that the pod is being deleted. Mirrors of static pods come and go without their pod. */
  #follow(): void {
    const { deletionTimestamp, deletionGracePeriodSeconds = 30 } = this.pod.metadata;
    if (deletionTimestamp && !isStatic(this.pod) && !this.#over) this.#end(deletionGracePeriodSeconds);
  }

  #watchDeadline(): void {
    const seconds = this.pod.spec?.activeDeadlineSeconds;
    if (seconds === undefined || this.#over) return;
    const left = this.#startTime + seconds * 1000 - this.#node.clock.now();
    this.#timers.after("deadline", left, () => this.#end(this.pod.spec?.terminationGracePeriodSeconds ?? 30, DEADLINE));
  }

  #probe(record: ContainerRecord): void {
    const { run, container, kind } = record;
    if (!run?.process || !isRunning(record) || kind === "init" || kind === "ephemeral") return;
    const { host, clock, events } = this.#node;
    startProbes({
      pod: this.pod,
      record,
      run,
      target: { container, process: run.process, podIP: this.#sandbox.ip ?? "", host, clock },
      events,
      life: this.#life.signal,
      changed: () => (run.started && kind === "sidecar" ? this.trigger() : this.#publish()),
      probed: (type, success) => this.#countProbe(container.name, type, success),
      died: () => this.trigger(),
    });
  }

  #countProbe(container: string, type: string, success: boolean): void {
    const { name, namespace = "", uid } = this.pod.metadata;
    const result = success ? "successful" : "failed";
    this.#node.probes.add({ container, namespace, pod: name, pod_uid: uid, probe_type: type, result });
  }

  #refresh(): void {
    this.#volumes.refresh(this.#volumeContext());
    const expires = this.#volumes.expires();
    if (expires !== undefined) this.#timers.after("token", expires - this.#node.clock.now(), () => this.#refresh());
  }

  #surroundings(): PodSurroundings {
    const sandbox = this.#ensureSandbox();
    return {
      pod: this.pod,
      sandbox,
      podIP: this.#sandbox.ip ?? "",
      volumes: this.#volumes,
      node: this.#node,
      life: this.#life.signal,
      exited: () => this.trigger(),
      waiting: () => this.#publish(),
    };
  }

  #ensureSandbox(): Sandbox {
    try {
      return this.#sandbox.ensure(this.pod);
    } catch (error) {
      const message = `Failed to create pod sandbox: ${(error as Error).message}`;
      this.#node.events.event({ object: this.pod }, "Warning", "FailedCreatePodSandBox", message);
      throw error;
    }
  }

  #volumeContext(): VolumeContext {
    const { client, clock, random, files, names, issueToken, allocatable } = this.#node;
    const { pod } = this;
    return { pod, client, clock, random, nodeFiles: files, hostIP: names.nodeIP, issueToken, allocatable: allocatable() };
  }

  #facts() {
    const { records } = this;
    const { ip, running } = this.#sandbox;
    const failure = this.#over ? this.#ending?.failure : undefined;
    return {
      records,
      hostIP: this.#node.names.nodeIP,
      ...(ip !== undefined && { podIP: ip }),
      hasSandbox: running !== undefined,
      startTime: this.#startTime,
      over: this.#over,
      ...(failure && { failure }),
    };
  }

  #publish(): void {
    this.#writer.publish(this.pod).catch((error: unknown) => this.#node.report(error));
  }

  #retry(longest: number): void {
    const delay = Math.min(longest, SYNC_BACKOFF * (1 + 0.5 * this.#node.random.next()));
    this.#timers.after("retry", delay, () => this.trigger());
  }
}

/** Something changed that is not the kubelet's own doing. */
const changed = ({ metadata: a }: Pod, { metadata: b }: Pod): boolean =>
  a.uid !== b.uid ||
  a.generation !== b.generation ||
  a.deletionTimestamp !== b.deletionTimestamp ||
  JSON.stringify([a.labels, a.annotations]) !== JSON.stringify([b.labels, b.annotations]);

const readiness = ({ status }: Pod): string | undefined => status?.conditions?.find(({ type }) => type === "Ready")?.status;
