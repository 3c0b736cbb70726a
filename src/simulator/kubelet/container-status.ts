import type { ContainerState, ContainerStatus as CoreStatus, ResourceRequirements } from "kubernetes-types/core/v1";
import { timestamp } from "../api/object.ts";
import type { ContainerRecord, Exit, Run } from "./container-record.ts";
import { isRunning } from "./container-record.ts";

/** The core type with what came after 1.30. */
export type ContainerStatus = CoreStatus & {
  volumeMounts?: { name: string; mountPath: string; readOnly?: true; recursiveReadOnly?: "Disabled" }[];
  user?: { linux: { uid: number; gid: number; supplementalGroups: number[] } };
};

/** `waitingReason` is shown for a container nobody has tried to start yet. */
export function containerStatus(record: ContainerRecord, waitingReason: string): ContainerStatus {
  const { container, kind, run, restarts } = record;
  const running = isRunning(record);
  const mounts = (container.volumeMounts ?? []).map(({ name, mountPath, readOnly }) => ({
    name,
    mountPath,
    ...(readOnly && { readOnly: true as const, recursiveReadOnly: "Disabled" as const }),
  }));
  const status = {
    name: container.name,
    state: stateOf(record, waitingReason),
    lastState: lastStateOf(record),
    ready: kind === "init" ? run?.exit?.exitCode === 0 : kind !== "ephemeral" && running && run?.ready,
    restartCount: restarts,
    image: run?.image ?? container.image ?? "",
    imageID: run?.imageID ?? "",
    ...(run && { containerID: run.id }),
    ...(kind !== "ephemeral" && { started: running && kind !== "init" && run?.started }),
    ...(run && resourcesOf(container.resources)),
    ...(mounts.length > 0 && { volumeMounts: mounts }),
    ...(run?.user && {
      user: { linux: { uid: run.user.uid, gid: run.user.gid, supplementalGroups: [run.user.gid] } },
    }),
  };
  return status as ContainerStatus;
}

function stateOf(record: ContainerRecord, waitingReason: string): ContainerState {
  const { run, waiting } = record;
  if (waiting) return { waiting };
  if (!run) return { waiting: { reason: waitingReason } };
  return run.exit ? { terminated: terminated(run, run.exit) } : { running: { startedAt: timestamp(run.startedAt) as never } };
}

function lastStateOf({ run, previous, waiting }: ContainerRecord): ContainerState {
  if (waiting && run?.exit) return { terminated: terminated(run, run.exit) };
  return previous?.exit ? { terminated: terminated(previous, previous.exit) } : {};
}

const terminated = (
  run: Run,
  { exitCode, reason, message, startedAt, finishedAt }: Exit,
): NonNullable<ContainerState["terminated"]> => ({
  exitCode,
  reason,
  ...(message && { message }),
  startedAt: timestamp(startedAt) as never,
  finishedAt: timestamp(finishedAt) as never,
  ...(run.id && { containerID: run.id }),
});

/** The amounts as the runtime was given them. */
function resourcesOf({ limits, requests }: ResourceRequirements = {}): Partial<ContainerStatus> {
  return {
    ...(requests && { allocatedResources: requests }),
    resources: { ...(limits && { limits }), ...(requests && { requests }) },
  };
}
