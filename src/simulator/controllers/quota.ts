import type { ResourceQuota as QuotaType } from "kubernetes-types/core/v1";
import { isDeepStrictEqual } from "node:util";
import { add, type ResourceList } from "../admission/pod-resources.ts";
import { evaluatorOf, quotaMatches } from "../admission/quota/evaluators.ts";
import type { KubeObject, Live } from "../api/object.ts";
import type { Controller } from "./controller.ts";
import { objectKey, queueKey, workQueue } from "./controller.ts";

type Quota = Live<QuotaType>;

/** Keeps `status.used` of ResourceQuotas (pkg/controller/resourcequota). What goes beyond is refused, and charged, by admission. */
export const quotaController: Controller = (context) => {
  const { client, clock } = context;
  const watches = new Map<string, () => void>();

  /** Resources that one of the quota's limits counts. */
  const countedBy = ({ spec }: Quota) =>
    context.resources().flatMap(({ name }) => {
      const evaluator = evaluatorOf(name);
      return evaluator && Object.keys(spec?.hard ?? {}).some((limit) => evaluator.counts(limit)) ? [{ name, evaluator }] : [];
    });

  const queue = workQueue(context, async (key) => {
    const quota = client.get<Quota>("resourcequotas", objectKey(key));
    if (!quota) return;
    const hard = quota.spec?.hard ?? {};
    const wanted = { ...quota, status: { hard } };
    let sum: ResourceList = {};
    for (const { name, evaluator } of countedBy(quota)) {
      for (const object of client.list<KubeObject>(name, { namespace: quota.metadata.namespace ?? "" })) {
        if (quotaMatches(wanted, evaluator, object)) sum = add(sum, evaluator.usage(object, clock.now()));
      }
    }
    const used = Object.fromEntries(Object.keys(hard).map((limit) => [limit, sum[limit] ?? "0"]));
    if (isDeepStrictEqual({ hard, used }, { ...quota.status })) return;
    await client.updateStatus<Quota>("resourcequotas", { ...quota, status: { hard, used } });
  });

  /** Only what some quota counts is worth following. */
  function follow(quota: Quota): void {
    const touch = ({ metadata: { namespace = "" } }: KubeObject) => {
      for (const other of client.list<Quota>("resourcequotas", { namespace })) queue.add(queueKey(other));
    };
    for (const { name } of countedBy(quota)) {
      if (!watches.has(name))
        watches.set(
          name,
          client.watch(name, ({ object }) => touch(object)),
        );
    }
  }

  const stop = client.watch<Quota>("resourcequotas", ({ type, object }) => {
    if (type !== "DELETED") follow(object);
    queue.add(queueKey(object));
  });
  return () => {
    for (const end of [stop, queue.stop, ...watches.values()]) end();
  };
};
