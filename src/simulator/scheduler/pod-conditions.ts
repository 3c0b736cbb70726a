import type { Client } from "../api/client.ts";
import { keyOf, timestamp } from "../api/object.ts";
import type { Clock } from "../clock.ts";
import type { Pod } from "./pod-requests.ts";

interface Verdict {
  type: string;
  status: "True" | "False";
  reason: string;
  message: string;
}

/** Writes a condition, and the nominated node where given ("" takes it away), unless the pod's status says so already. */
export async function setCondition(
  client: Client,
  clock: Clock,
  pod: Pod,
  verdict: Verdict,
  nominatedNode?: string,
): Promise<void> {
  const live = client.get<Pod>("pods", keyOf(pod));
  if (!live || live.metadata.uid !== pod.metadata.uid) return;
  const conditions = live.status?.conditions ?? [];
  const old = conditions.find(({ type }) => type === verdict.type);
  const known = old?.status === verdict.status && old.reason === verdict.reason && old.message === verdict.message;
  const nominated = nominatedNode === undefined || (live.status?.nominatedNodeName ?? "") === nominatedNode;
  if (known && nominated) return;
  const condition = {
    type: verdict.type,
    ...(live.metadata.generation !== undefined && { observedGeneration: live.metadata.generation }),
    status: verdict.status,
    lastProbeTime: null,
    lastTransitionTime: old?.status === verdict.status ? old.lastTransitionTime : timestamp(clock.now()),
    reason: verdict.reason,
    message: verdict.message,
  };
  await client.patch(
    "pods",
    keyOf(pod),
    {
      status: {
        conditions: old ? conditions.map((one) => (one === old ? condition : one)) : [...conditions, condition],
        ...(nominatedNode !== undefined && { nominatedNodeName: nominatedNode || null }),
      },
    },
    { subresource: "status" },
  );
}
