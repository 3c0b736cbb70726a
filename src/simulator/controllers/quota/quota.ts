import type { ResourceQuota as QuotaType } from "kubernetes-types/core/v1";
import { isDeepStrictEqual } from "node:util";
import type { KubeObject, Live } from "../../api/object.ts";
import type { Controller } from "../controller.ts";
import { objectKey, queueKey, workQueue } from "../controller.ts";
import { resourceOfQuota, usedOf } from "./usage.ts";

type Quota = Live<QuotaType>;

/** Keeps `status.used` of ResourceQuotas (pkg/controller/resourcequota). What goes beyond is refused by admission. */
export const quotaController: Controller = (context) => {
  const { client } = context;
  const watches = new Map<string, () => void>();

  const queue = workQueue(context, async (key) => {
    const quota = client.get<Quota>("resourcequotas", objectKey(key));
    if (!quota) return;
    const { namespace = "" } = quota.metadata;
    const known = new Set(context.resources().map(({ name }) => name));
    const used = usedOf(quota.spec ?? {}, (resource) =>
      known.has(resource) ? client.list<KubeObject>(resource, { namespace }) : [],
    );
    const status = { hard: quota.spec?.hard ?? {}, used };
    if (!isDeepStrictEqual(status, { ...quota.status })) await client.updateStatus<Quota>("resourcequotas", { ...quota, status });
  });

  /** Only what some quota counts is worth following. */
  function follow(quota: Quota): void {
    const known = new Set(context.resources().map(({ name }) => name));
    for (const resource of new Set(Object.keys(quota.spec?.hard ?? {}).map(resourceOfQuota))) {
      if (watches.has(resource) || !known.has(resource)) continue;
      const touch = ({ metadata: { namespace = "" } }: KubeObject) => {
        for (const other of client.list<Quota>("resourcequotas", { namespace })) queue.add(queueKey(other));
      };
      watches.set(
        resource,
        client.watch(resource, ({ object }) => touch(object)),
      );
    }
  }

  const stop = client.watch<Quota>("resourcequotas", ({ type, object }) => {
    if (type !== "DELETED") follow(object);
    queue.add(queueKey(object));
  });
  return () => [stop, queue.stop, ...watches.values()].forEach((end) => end());
};
