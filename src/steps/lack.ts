import type { Need, Step } from "../course/lesson.ts";
import type { Right } from "../kube/rights.ts";

/** Why a step can't be done on this cluster. */
export interface Lack {
  /** What the lesson says it needs, as far as it isn't given here. */
  needs: readonly Need[];
  /** What one would have to be allowed. */
  rights: readonly Right[];
}

/** Needs that a cluster grants by the rights one has in it; the others it has or hasn't. */
const byRights: ReadonlySet<Need> = new Set(["exec", "nodes>=3", "cluster-admin"]);

/** What no right gives: told without asking. */
export function lackUnasked({ needs }: Step, granted: ReadonlySet<Need>): Lack | undefined {
  const without = needs.filter((need) => !granted.has(need) && !byRights.has(need));
  return without.length > 0 ? { needs: without, rights: [] } : undefined;
}
