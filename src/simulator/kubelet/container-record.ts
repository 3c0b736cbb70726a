import type { ContainerStatus } from "./container-status.ts";
import type { PodContainer } from "./pod.ts";
import type { ContainerLog, RunningContainer } from "./runtime.ts";

/** How a run of a container ended. Times in ms. */
export interface Exit {
  exitCode: number;
  reason: string;
  message?: string;
  /** 0 where the container was created but never started. */
  startedAt: number;
  finishedAt: number;
}

/** One run of a container, from its creation on. */
export interface Run {
  /** `containerd://` and 64 digits. */
  id: string;
  /** As containerStatuses[] show them. */
  image: string;
  imageID: string;
  /** What the spec said when it was started: another image there means the container must be replaced. */
  specImage: string;
  user?: { uid: number; gid: number };
  startedAt: number;
  /** Absent when nothing runs: the start failed, or the run was over before this kubelet started. */
  process?: RunningContainer;
  log?: ContainerLog;
  /** The startup probe has passed, or there is none. */
  started: boolean;
  /** The readiness probe says so, or there is none. */
  ready: boolean;
  /** A probe has found it dead; it is to be killed. */
  failedProbe?: { type: "liveness" | "startup"; grace?: number };
  exit?: Exit;
  /** Settles after `exit` is set. */
  ended: Promise<void>;
}

/** What the kubelet knows of one container of a pod. */
export interface ContainerRecord extends PodContainer {
  /** The current run, or the last. */
  run?: Run;
  previous?: Run;
  /** Runs before the current one. */
  restarts: number;
  /** Why it doesn't run although it should. */
  waiting?: { reason: string; message?: string };
}

export const newRecord = (container: PodContainer): ContainerRecord => ({ ...container, restarts: 0 });

export const isRunning = ({ run }: ContainerRecord): boolean => run?.process !== undefined && run.exit === undefined;

/** What a status says of runs that were over, so that a kubelet that starts again goes on from there. */
export function recordFromStatus(container: PodContainer, status: ContainerStatus | undefined): ContainerRecord {
  if (!status) return newRecord(container);
  const { state, lastState } = status;
  const last = runFrom(status, lastState?.terminated);
  const current = runFrom(status, state?.terminated);
  const run = current ?? (state?.waiting ? last : undefined);
  const previous = current || state?.running ? last : undefined;
  return {
    ...container,
    restarts: status.restartCount,
    ...(run && { run }),
    ...(previous && { previous }),
    ...(state?.waiting?.reason && run && { waiting: { reason: state.waiting.reason, message: state.waiting.message ?? "" } }),
  };
}

type Terminated = NonNullable<NonNullable<ContainerStatus["state"]>["terminated"]>;

function runFrom(status: ContainerStatus, terminated: Terminated | undefined): Run | undefined {
  if (!terminated) return undefined;
  const { exitCode, reason = "Error", message, containerID = status.containerID ?? "" } = terminated;
  const [startedAt, finishedAt] = [timeOf(terminated.startedAt), timeOf(terminated.finishedAt)];
  return {
    id: containerID,
    image: status.image,
    imageID: status.imageID,
    specImage: "",
    ...(status.user && { user: status.user.linux }),
    startedAt,
    started: false,
    ready: false,
    exit: { exitCode, reason, startedAt, finishedAt, ...(message !== undefined && { message }) },
    ended: Promise.resolve(),
  };
}

/** Milliseconds of a timestamp; 0 for none. */
export const timeOf = (time: unknown): number => (typeof time === "string" ? Date.parse(time) : 0);
