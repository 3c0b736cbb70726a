import { keyOf, timestamp } from "../api/object.ts";
import type { ControllerContext } from "./controller.ts";
import type { Pod } from "./pod-state.ts";
import { unlessGone } from "./refusals.ts";

/** Writes into a pod's status why it is about to be deleted; `phase` where it is over with it. */
export async function markDisrupted(
  { client, clock }: ControllerContext,
  pod: Pod,
  reason: string,
  message: string,
  phase?: "Failed",
): Promise<void> {
  const others = pod.status?.conditions?.filter(({ type }) => type !== "DisruptionTarget") ?? [];
  const lastTransitionTime = timestamp(clock.now());
  const condition = { type: "DisruptionTarget", status: "True", reason, message, lastProbeTime: null, lastTransitionTime };
  const status = { ...(phase && { phase }), conditions: [...others, condition] };
  await unlessGone(client.patch("pods", keyOf(pod), { status }, { subresource: "status" }));
}
