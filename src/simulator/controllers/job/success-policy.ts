import { parseIndexes } from "./indexes.ts";
import type { Job } from "./job-pods.ts";
import { specOf } from "./job-pods.ts";

/** Which rule of the success policy the succeeded indexes meet; undefined while none (pkg/controller/job/success_policy.go). */
export function metSuccessRule(job: Job, succeeded: ReadonlySet<number>): number | undefined {
  const rules = specOf(job).successPolicy?.rules ?? [];
  const met = rules.findIndex(({ succeededIndexes, succeededCount }) => {
    const wanted = succeededIndexes === undefined ? undefined : [...parseIndexes(succeededIndexes)];
    const done = wanted ? wanted.filter((index) => succeeded.has(index)).length : succeeded.size;
    return done >= (succeededCount ?? wanted?.length ?? Infinity);
  });
  return met === -1 ? undefined : met;
}
