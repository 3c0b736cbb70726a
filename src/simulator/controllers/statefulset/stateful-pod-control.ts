import { isDeepStrictEqual } from "node:util";
import { keyOf } from "../../api/object.ts";
import type { ControllerRevision } from "../controller-revisions.ts";
import type { ControllerContext } from "../controller.ts";
import type { Pod } from "../pod-state.ts";
import { isNotFound, messageOf, unlessGone } from "../refusals.ts";
import type { Claim, StatefulSet } from "./stateful-pods.ts";
import { claimOwners, claimsOf, statefulPod } from "./stateful-pods.ts";

/** Makes the claims of an ordinal, then its pod. */
export async function createStatefulPod(
  context: ControllerContext,
  set: StatefulSet,
  ordinal: number,
  revision: ControllerRevision,
  isUpdate: boolean,
): Promise<void> {
  await ensureClaims(context, set, ordinal);
  const pod = statefulPod(set, ordinal, revision, isUpdate);
  await told(context, set, "create", pod.metadata.name, context.client.create<Pod>("pods", pod));
}

export async function deleteStatefulPod(context: ControllerContext, set: StatefulSet, pod: Pod): Promise<void> {
  const { name, uid } = pod.metadata;
  const deletion = context.client.delete("pods", keyOf(pod), { preconditions: { uid } });
  await told(context, set, "delete", name, deletion);
}

/** Makes claims that are missing; those that are there keep what they hold. */
export async function ensureClaims({ client, events }: ControllerContext, set: StatefulSet, ordinal: number): Promise<void> {
  for (const claim of claimsOf(set, ordinal)) {
    if (client.get("persistentvolumeclaims", claim.metadata)) continue;
    const { name } = claim.metadata;
    const pod = `${set.metadata.name}-${ordinal}`;
    try {
      await client.create<Claim>("persistentvolumeclaims", claim);
    } catch (error) {
      const message = `create Claim ${name} for Pod ${pod} in StatefulSet ${set.metadata.name} failed error: ${messageOf(error)}`;
      events.event({ object: set }, "Warning", "FailedCreate", message);
      throw error;
    }
    const message = `create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success`;
    events.event({ object: set }, "Normal", "SuccessfulCreate", message);
  }
}

/** Brings the claims' owners in line with the retention policy. */
export async function ownClaims(
  { client }: ControllerContext,
  set: StatefulSet,
  ordinal: number,
  condemned: Pod | undefined,
): Promise<void> {
  for (const { metadata } of claimsOf(set, ordinal)) {
    const claim = client.get<Claim>("persistentvolumeclaims", metadata);
    if (!claim) continue;
    const owners = claimOwners(set, claim, condemned);
    if (isDeepStrictEqual(owners, claim.metadata.ownerReferences ?? [])) continue;
    const ownerReferences = owners.length > 0 ? owners : null;
    await unlessGone(client.patch("persistentvolumeclaims", keyOf(claim), { metadata: { ownerReferences } }));
  }
}

async function told(
  { events }: ControllerContext,
  set: StatefulSet,
  verb: "create" | "delete",
  pod: string,
  write: Promise<unknown>,
): Promise<void> {
  const suffix = verb === "create" ? "Create" : "Delete";
  const subject = `${verb} Pod ${pod} in StatefulSet ${set.metadata.name}`;
  try {
    await write;
  } catch (error) {
    if (verb === "delete" && isNotFound(error)) return;
    events.event({ object: set }, "Warning", `Failed${suffix}`, `${subject} failed error: ${messageOf(error)}`);
    throw error;
  }
  events.event({ object: set }, "Normal", `Successful${suffix}`, `${subject} successful`);
}
