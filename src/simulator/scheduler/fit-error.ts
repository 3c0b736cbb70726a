import type { Rejection } from "./plugin.ts";

/** What preemption says of a node whose refusal no eviction would change. */
const NO_HELP: Rejection = { reasons: ["Preemption is not helpful for scheduling"], unresolvable: true };

/** `0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 Insufficient cpu.` (framework/types.go FitError). */
export function fitError(nodeCount: number, rejections: Iterable<Rejection>, reject?: string): string {
  const start = `0/${nodeCount} nodes are available`;
  if (reject !== undefined) return `${start}: ${reject}.`;
  const counts = new Map<string, number>();
  for (const { reasons } of rejections) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  return parts.length > 0 ? `${start}: ${parts.join(", ")}.` : `${start}:`;
}

/** The same about preemption: nodes it did not try are counted, too. */
export const preemptionError = (nodeNames: readonly string[], tried: ReadonlyMap<string, Rejection>): string =>
  fitError(
    nodeNames.length,
    nodeNames.map((name) => tried.get(name) ?? NO_HELP),
  );
