import { nearestOf } from "../course/nearest.ts";
import type { KubeObject } from "../kube/objects.ts";
import type { Words } from "./check.ts";
import type { ClusterView } from "./cluster-view.ts";

/** For an object that isn't there: the same name in another namespace, else a name like it. */
export async function elsewhere(cluster: ClusterView, kind: string, name: string, namespace: string): Promise<Words> {
  const all = await everywhere(cluster, kind, namespace);
  const twin = all.find(({ metadata }) => metadata?.name === name && metadata.namespace !== namespace);
  if (twin) {
    const other = twin.metadata?.namespace ?? "";
    return { en: ` in ${namespace}; there is one in ${other}`, ja: `（namespace ${namespace}）。${other} にはあります` };
  }
  const names = all.filter(({ metadata }) => metadata?.namespace === namespace).map(({ metadata }) => metadata?.name ?? "");
  const [near] = nearestOf(name, names, 1);
  return near
    ? { en: ` in ${namespace}; there is ${near}`, ja: `（namespace ${namespace}）。${near} ならあります` }
    : { en: ` in ${namespace}`, ja: `（namespace ${namespace}）` };
}

/** All of a kind that one may see: on a borrowed cluster those of one's own namespace only. */
export async function everywhere<T extends object = KubeObject>(
  cluster: ClusterView,
  kind: string,
  namespace: string,
): Promise<T[]> {
  const all = await cluster.peek<T>(kind, { namespace: "*" });
  return all.length ? all : cluster.peek<T>(kind, { namespace });
}
