import type { DeploymentCondition, DeploymentStatus } from "kubernetes-types/apps/v1";
import { timestamp } from "../../api/object.ts";
import type { ControllerContext } from "../controller.ts";
import type { ReplicaSet } from "../replicas.ts";
import { withCondition } from "../status.ts";
import type { Deployment } from "./quantities.ts";

/** One sync of a Deployment: what is known of it, kept up to date by what the sync writes. */
export interface Rollout {
  context: ControllerContext;
  deployment: Deployment;
  /** The ReplicaSet of the current template; undefined until it is made. */
  newSet?: ReplicaSet | undefined;
  oldSets: ReplicaSet[];
}

export const allSets = ({ oldSets, newSet }: Rollout): ReplicaSet[] => (newSet ? [...oldSets, newSet] : oldSets);

/** Takes over the ReplicaSet a write returned. */
export function remember(rollout: Rollout, written: ReplicaSet): void {
  const isIt = (set: ReplicaSet | undefined) => set?.metadata.uid === written.metadata.uid;
  if (isIt(rollout.newSet)) rollout.newSet = written;
  else rollout.oldSets = rollout.oldSets.map((set) => (isIt(set) ? written : set));
}

/** Writes the Deployment's status; annotations go the same way, as upstream sends the revision. */
export async function saveStatus(
  rollout: Rollout,
  status: DeploymentStatus,
  annotations?: Record<string, string>,
): Promise<void> {
  const { context, deployment } = rollout;
  const { metadata } = deployment;
  rollout.deployment = await context.client.updateStatus<Deployment>("deployments.apps", {
    ...deployment,
    metadata: { ...metadata, ...(annotations && { annotations: { ...metadata.annotations, ...annotations } }) },
    status,
  });
}

export const conditionsOf = ({ deployment }: Rollout): readonly DeploymentCondition[] => deployment.status?.conditions ?? [];

export const progressing = ({ deployment }: Rollout): DeploymentCondition | undefined =>
  deployment.status?.conditions?.find(({ type }) => type === "Progressing");

export function newCondition(
  { context }: Rollout,
  type: string,
  status: "True" | "False" | "Unknown",
  reason: string,
  message: string,
): DeploymentCondition {
  const now = timestamp(context.clock.now());
  return { type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message };
}

/** The Deployment's status with the condition set. */
export const statusWith = (rollout: Rollout, condition: DeploymentCondition): DeploymentStatus => ({
  ...rollout.deployment.status,
  conditions: withCondition(conditionsOf(rollout), condition),
});

/** The longest deadline there is means none (deploymentutil.HasProgressDeadline). */
export const progressDeadline = ({ deployment }: Rollout): number | undefined => {
  const seconds = deployment.spec?.progressDeadlineSeconds;
  return seconds === undefined || seconds === 2_147_483_647 ? undefined : seconds;
};
