import type { Pod } from "../pod-state.ts";
import { isAvailable } from "../pod-state.ts";
import { scaledValue } from "../../resources/int-or-string.ts";
import type { DaemonChange, DaemonSync } from "./daemonset.ts";
import { fitsNode, isUpdated } from "./daemon-pods.ts";

interface NodePods {
  node: string;
  old?: Pod | undefined;
  fresh?: Pod | undefined;
  /** More than one pod of a kind: the surplus must go first. */
  crowded: boolean;
}

/** The next step from old pods to such of the current template (pkg/controller/daemon/update.go rollingUpdate). */
export function rollingUpdate(sync: DaemonSync): DaemonChange {
  const { set, template, nodes } = sync;
  const wanted = nodes.filter((node) => fitsNode(template, node).run).length;
  const { maxSurge, maxUnavailable } = set.spec?.updateStrategy?.rollingUpdate ?? {};
  const surge = scaledValue(maxSurge, wanted, "up");
  const unavailable = scaledValue(maxUnavailable, wanted, "up");
  const perNode = [...sync.pods].map(([node, pods]) => partPods(sync, node, pods));
  if (surge > 0) return surgeStep(sync, perNode, surge);
  return plainStep(sync, perNode, wanted > 0 ? Math.max(1, unavailable) : unavailable);
}

function partPods({ set, hash }: DaemonSync, node: string, pods: readonly Pod[]): NodePods {
  const left = pods.filter(({ metadata }) => !metadata.deletionTimestamp);
  const [fresh, old] = [left.filter((pod) => isUpdated(set, hash, pod)), left.filter((pod) => !isUpdated(set, hash, pod))];
  return { node, old: old[0], fresh: fresh[0], crowded: old.length > 1 || fresh.length > 1 };
}

const isServing = ({ set, now }: DaemonSync, pod: Pod) => isAvailable(pod, set.spec?.minReadySeconds ?? 0, now);

/** Old pods that do not serve go at once; of those that do, as many as may be missing. */
function plainStep(sync: DaemonSync, perNode: readonly NodePods[], allowed: number): DaemonChange {
  const [replaceable, candidates]: [Pod[], Pod[]] = [[], []];
  let missing = 0;
  for (const { old, fresh, crowded } of perNode) {
    if (old && !fresh && !crowded) {
      if (isServing(sync, old)) candidates.push(old);
      else {
        replaceable.push(old);
        missing++;
      }
    } else if (crowded || old || !fresh || !isServing(sync, fresh)) missing++;
  }
  return { create: [], remove: [...replaceable, ...candidates.slice(0, Math.max(0, allowed - missing))] };
}

/** A new pod beside the old one first; the old one goes when the new one serves. */
function surgeStep(sync: DaemonSync, perNode: readonly NodePods[], allowed: number): DaemonChange {
  const remove: Pod[] = [];
  const [urgent, candidates]: [string[], string[]] = [[], []];
  let surging = 0;
  for (const { node, old, fresh, crowded } of perNode) {
    if (crowded) surging++;
    else if (old && fresh) {
      if (isServing(sync, fresh)) remove.push(old);
      else surging++;
    } else if (old) (isServing(sync, old) ? candidates : urgent).push(node);
  }
  return { create: [...urgent, ...candidates.slice(0, Math.max(0, allowed - surging))], remove };
}
