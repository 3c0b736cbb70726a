import type { Pod } from "kubernetes-types/core/v1";
import type { Kube } from "../kube/kube.ts";
import { controllerOf } from "../kube/objects.ts";
import type { Clock } from "../system/clock.ts";
import { KUBECTL_APPLY } from "./like-kubectl.ts";
import type { Deed } from "./plan.ts";

/** Milliseconds: how long one waits for objects to go, and between two looks. */
const GONE_WITHIN = 60_000;
const PAUSE = 200;

/** Does what was planned: first all that has to go, then, when it is gone, what has to come. @throws ApiError, ClusterUnreachable */
export async function carryOut(deeds: readonly Deed[], kube: Kube, clock: Clock): Promise<void> {
  const going = deeds.filter(({ what }) => what === "delete" || what === "make-anew");
  await Promise.all(
    going.map(({ kind, name, namespace }) => kube.delete(kind, name, { namespace, ...(kind === "Pod" && { grace: 1 }) })),
  );
  await untilGone(going, kube, clock);
  for (const { what, object } of deeds) {
    if (what === "create" || what === "make-anew") await kube.create(object!, { manager: KUBECTL_APPLY });
    if (what === "change") await kube.replace(object!, { manager: KUBECTL_APPLY });
  }
  const settings = deeds.filter(({ what, kind }) => what === "change" && kind === "ConfigMap");
  if (settings.length > 0) await renewReaders(settings, kube);
}

/** Pods that a controller makes anew, since they go on with the configuration they began with. */
async function renewReaders(settings: readonly Deed[], kube: Kube): Promise<void> {
  const reads = ({ spec }: Pod): boolean =>
    (spec?.volumes ?? []).some(({ configMap }) => settings.some(({ name }) => configMap?.name === name));
  const readers = (await kube.list<Pod>("Pod")).filter((pod) => controllerOf(pod) !== undefined && reads(pod));
  await Promise.all(readers.map(({ metadata }) => kube.delete("Pod", metadata?.name ?? "", { grace: 1 })));
}

/** Waits for the objects, and for the Pods that belonged to them, which need no grace any more. What takes longer is left to its end. */
async function untilGone(deeds: readonly Deed[], kube: Kube, clock: Clock): Promise<void> {
  const deadline = clock.now() + GONE_WITHIN;
  const hurried = new Set<string>();
  while (deeds.length > 0 && clock.now() < deadline) {
    const there = await Promise.all(deeds.map(({ kind, name, namespace }) => kube.get(kind, name, namespace)));
    const gone = deeds.filter((_, index) => there[index] === undefined);
    const pods = await kube.list<Pod>("Pod");
    const left = pods.filter((pod) => deeds.some((deed) => isOf(pod, deed)));
    if (gone.length === deeds.length && left.length === 0) return;
    // While an owner is there it would make them anew.
    const orphans = left.filter((pod) => gone.some((deed) => isOf(pod, deed)));
    const slow = orphans.map(({ metadata }) => metadata?.name ?? "").filter((name) => !hurried.has(name));
    await Promise.all(slow.map((name) => kube.delete("Pod", name, { grace: 1 })));
    for (const name of slow) hurried.add(name);
    await clock.sleep(PAUSE);
  }
}

/** A Deployment's Pods belong to its ReplicaSets, which are called after it and the Pods' template; a CronJob's to its Jobs, called after it. */
function isOf(pod: Pod, { kind, name }: Deed): boolean {
  const owner = controllerOf(pod);
  const hash = pod.metadata?.labels?.["pod-template-hash"];
  if (kind === "Deployment") return owner?.kind === "ReplicaSet" && owner.name === `${name}-${hash}`;
  if (kind === "CronJob") return owner?.kind === "Job" && owner.name.startsWith(`${name}-`);
  return owner?.kind === kind && owner.name === name;
}
