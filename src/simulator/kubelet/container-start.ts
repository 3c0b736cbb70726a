import type { PodSecurityContext, SecurityContext } from "kubernetes-types/core/v1";
import { wholeValue } from "../schema/quantity.ts";
import type { ContainerRecord, Run } from "./container-record.ts";
import { ConfigError, containerEnv } from "./env.ts";
import { expand } from "./expansion.ts";
import { goDuration } from "./go-duration.ts";
import { runHook } from "./hooks.ts";
import { ImageError } from "./images.ts";
import type { NodeContext } from "./node-context.ts";
import { fieldPathOf, formatPod } from "./pod.ts";
import type { Pod } from "./pod.ts";
import { StartError } from "./runtime.ts";
import type { ContainerSpec, PulledImage, RunningContainer, Sandbox } from "./runtime.ts";
import { terminationLog } from "./termination-message.ts";
import type { TerminationLog } from "./termination-message.ts";
import type { PodVolumes } from "./volumes/pod-volumes.ts";

/** Where the containers of one pod start. */
export interface PodSurroundings {
  pod: Pod;
  sandbox: Sandbox;
  podIP: string;
  volumes: PodVolumes;
  node: NodeContext;
  /** Aborts when the pod is to end: what is under way then counts no more. */
  life: AbortSignal;
  /** A run is over; the pod has to be looked at again. */
  exited(record: ContainerRecord): void;
  /** Something will take a while; the status so far should be told. */
  waiting(): void;
}

/** A container that doesn't run although it should; `record.waiting` says why. `retryIn`, ms, asks for an earlier look than usual. */
export interface Postponed {
  retryIn?: number;
}

/** So long it takes until the kubelet hears what happened in the runtime, ms (PLEG relist period): states show no shorter than this. */
const EVENT_DELAY = 1000;

/**
 * Brings one container up: back-off, image, configuration, start, postStart. Undefined: it runs, or ran
 * (kuberuntime_container.go startContainer).
 */
export async function startContainer(record: ContainerRecord, around: PodSurroundings): Promise<Postponed | undefined> {
  const { pod, node } = around;
  const { container } = record;
  const tell = (type: "Normal" | "Warning", reason: string, message: string) =>
    node.events.event({ object: pod, fieldPath: fieldPathOf(record) }, type, reason, message);
  const fail = (reason: string, message: string, shown = message): Postponed => {
    record.waiting = { reason, message };
    tell("Warning", "Failed", `Error: ${shown}`);
    return {};
  };

  const held = heldBack(record, around);
  if (held > 0) {
    tell("Warning", "BackOff", `Back-off restarting failed container ${container.name} in pod ${formatPod(pod)}`);
    return { retryIn: held };
  }
  let image: PulledImage;
  try {
    image = await node.images.ensure(pod, record, () => around.waiting());
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    const first = record.waiting === undefined;
    const postponed = fail(error.reason, error.message, error.reason);
    if (error.reason === "ErrImagePull") return first ? { retryIn: EVENT_DELAY } : postponed;
    return error.reason === "ImagePullBackOff" ? { retryIn: node.images.wait(pod, container.image ?? "") } : postponed;
  }
  if (around.life.aborted) return undefined;
  const log = terminationLog(container);
  let spec: ContainerSpec;
  try {
    spec = containerSpec(record, image, log, around);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return fail("CreateContainerConfigError", error.message);
  }
  let process: RunningContainer;
  try {
    process = await around.sandbox.start(spec);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    if (error.reason === "CreateContainerError") return fail(error.reason, error.message);
    tell("Normal", "Created", `Created container: ${container.name}`);
    stillborn(record, image, error, around);
    return { ...fail("RunContainerError", error.message), retryIn: EVENT_DELAY };
  }
  tell("Normal", "Created", `Created container: ${container.name}`);
  tell("Normal", "Started", `Started container ${container.name}`);
  begin(record, newRun(record, image, process, around), log, around);
  return postStart(record, process, around, tell);
}

/** Starts a container again that ran before this kubelet did: no event, no restart counted, the times it had. */
export async function adoptContainer(
  record: ContainerRecord,
  shown: Pick<Run, "id" | "startedAt" | "started" | "ready">,
  around: PodSurroundings,
) {
  const { container } = record;
  const { runtime } = around.node;
  const image = runtime.image(container.image ?? "") ?? (await runtime.pull(container.image ?? ""));
  const log = terminationLog(container);
  const process = await around.sandbox.start(containerSpec(record, image, log, around));
  const { previous, restarts } = record;
  begin(record, { ...newRun(record, image, process, around), ...shown }, log, around);
  record.restarts = restarts;
  if (previous) record.previous = previous;
}

/** Milliseconds a crashed container has to wait before it is started again; 0 counts as the start of its next wait. */
function heldBack(record: ContainerRecord, { pod, node }: PodSurroundings): number {
  const { container, run } = record;
  if (!run?.exit) return 0;
  const key = `${pod.metadata.uid}_${container.name}_${container.image}`;
  const left = node.restarts.left(key, run.exit.finishedAt);
  if (left === 0) {
    node.restarts.next(key, run.exit.finishedAt);
    return 0;
  }
  const wait = goDuration(node.restarts.wait(key));
  const message = `back-off ${wait} restarting failed container=${container.name} pod=${formatPod(pod)}`;
  record.waiting = { reason: "CrashLoopBackOff", message };
  return left;
}

function containerSpec(record: ContainerRecord, image: PulledImage, log: TerminationLog, around: PodSurroundings): ContainerSpec {
  const { pod, podIP, node, volumes } = around;
  const { container } = record;
  refuseRoot(pod, record, image);
  const context = { client: node.client, allocatable: node.allocatable(), place: { podIP, hostIP: node.names.nodeIP } };
  const env = containerEnv(pod, container, context);
  const expanded = (text: string) => expand(text, (name) => env[name]);
  const memory = container.resources?.limits?.["memory"];
  return {
    name: container.name,
    image,
    ...(container.command && { command: container.command.map(expanded) }),
    ...(container.args && { args: container.args.map(expanded) }),
    env,
    ...(container.workingDir && { workingDir: container.workingDir }),
    mounts: [...volumes.mountsOf(container, expanded), log.mount],
    tty: container.tty ?? false,
    stdin: container.stdin ?? false,
    ...(container.stdinOnce && { stdinOnce: true }),
    ...(memory !== undefined && { memoryLimit: wholeValue(memory) }),
    ...(container.securityContext?.readOnlyRootFilesystem && { readOnlyRoot: true }),
    ...userOf(pod, container),
  };
}

/** The container's word counts before the pod's; without one the image decides. */
function userOf({ spec }: Pod, { securityContext: own }: ContainerRecord["container"]): Pick<ContainerSpec, "user"> {
  const uid = own?.runAsUser ?? spec?.securityContext?.runAsUser;
  const gid = own?.runAsGroup ?? spec?.securityContext?.runAsGroup ?? 0;
  return uid === undefined ? {} : { user: { uid, gid } };
}

/** runAsNonRoot is checked when the container is made, not before (kuberuntime/security_context.go). */
function refuseRoot(pod: Pod, { container }: ContainerRecord, image: PulledImage): void {
  const context: PodSecurityContext & SecurityContext = { ...pod.spec?.securityContext, ...container.securityContext };
  if (!context.runAsNonRoot) return;
  const where = `(pod: ${JSON.stringify(formatPod(pod))}, container: ${container.name})`;
  if (context.runAsUser === 0) throw new ConfigError(`container's runAsUser breaks non-root policy ${where}`);
  if (context.runAsUser !== undefined) return;
  const user = image.image.user ?? "";
  if (user === "" || user === "root" || /^0(:|$)/.test(user)) {
    throw new ConfigError(`container has runAsNonRoot and image will run as root ${where}`);
  }
  if (!/^\d+(:|$)/.test(user)) {
    throw new ConfigError(
      `container has runAsNonRoot and image has non-numeric user (${user}), cannot verify user is non-root ${where}`,
    );
  }
}

function newRun(record: ContainerRecord, image: PulledImage, process: RunningContainer, { pod, node }: PodSurroundings): Run {
  const { container, kind } = record;
  const probes = kind === "ephemeral" ? {} : (container as { startupProbe?: unknown; readinessProbe?: unknown });
  const context: PodSecurityContext = { ...pod.spec?.securityContext, ...container.securityContext };
  const [user = "0", group] = (image.image.user ?? "0").split(":");
  const uid = context.runAsUser ?? numericID(user);
  return {
    id: `containerd://${process.id}`,
    image: image.name,
    imageID: image.imageID,
    specImage: container.image ?? "",
    user: { uid, gid: context.runAsGroup ?? (group === undefined ? (uid === numericID(user) ? uid : 0) : numericID(group)) },
    startedAt: node.clock.now(),
    process,
    log: process.log,
    started: !probes.startupProbe,
    ready: !probes.readinessProbe && !probes.startupProbe,
    ended: Promise.resolve(),
  };
}

/** Users that images name instead of numbering them. */
const numericID = (name: string): number => Number(name) || ({ nobody: 65534, nonroot: 65532 }[name] ?? 0);

function begin(record: ContainerRecord, run: Run, log: TerminationLog, { node, exited }: PodSurroundings): void {
  const process = run.process as RunningContainer;
  run.ended = process.exited.then(({ exitCode, reason, message }) => {
    const left = message ?? log.message(exitCode, process.log);
    run.exit = {
      exitCode,
      reason: reason ?? (exitCode === 0 ? "Completed" : "Error"),
      startedAt: run.startedAt,
      finishedAt: node.clock.now(),
      ...(left && { message: left }),
    };
  });
  replace(record, run);
  void run.ended.then(() => exited(record));
}

/** A container that was made, but whose program could not be started. */
function stillborn(
  record: ContainerRecord,
  image: PulledImage,
  { message, exitCode }: StartError,
  { node }: PodSurroundings,
): void {
  const now = node.clock.now();
  replace(record, {
    id: `containerd://${node.random.hex(64)}`,
    image: image.name,
    imageID: image.imageID,
    specImage: record.container.image ?? "",
    startedAt: 0,
    started: false,
    ready: false,
    exit: { exitCode, reason: "StartError", message, startedAt: 0, finishedAt: now },
    ended: Promise.resolve(),
  });
}

function replace(record: ContainerRecord, run: Run): void {
  if (record.run) {
    record.previous = record.run;
    record.restarts++;
  }
  record.run = run;
  delete record.waiting;
}

async function postStart(
  record: ContainerRecord,
  process: RunningContainer,
  { pod, podIP, node, life }: PodSurroundings,
  tell: (type: "Normal" | "Warning", reason: string, message: string) => void,
): Promise<undefined> {
  const handler =
    record.kind === "ephemeral" ? undefined : (record.container as { lifecycle?: { postStart?: object } }).lifecycle?.postStart;
  if (!handler) return undefined;
  const ended = new AbortController();
  void record.run?.ended.then(() => ended.abort());
  const target = { container: record.container, process, podIP, host: node.host, clock: node.clock };
  const succeeded = await runHook(handler, target, AbortSignal.any([ended.signal, life]));
  if (succeeded || life.aborted || record.run?.exit) return undefined;
  tell("Warning", "FailedPostStartHook", "PostStartHook failed");
  tell("Normal", "Killing", "FailedPostStartHook");
  const grace = (pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000;
  process.kill("SIGTERM");
  const timer = node.clock.setTimeout(() => process.kill("SIGKILL"), Math.max(grace, 2000));
  await record.run?.ended;
  timer.cancel();
  return undefined;
}
