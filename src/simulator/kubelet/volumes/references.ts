import type { Pod } from "../pod.ts";

/** `configmaps/colors`, `secrets/keys`: what a pod's volumes show and follow. */
export function followedObjects(pod: Pod): Set<string> {
  const found = new Set<string>();
  const see = (configMap?: { name?: string }, secret?: { name?: string; secretName?: string }) => {
    if (configMap?.name) found.add(`configmaps/${configMap.name}`);
    const name = secret?.secretName ?? secret?.name;
    if (name) found.add(`secrets/${name}`);
  };
  for (const { configMap, secret, projected } of pod.spec?.volumes ?? []) {
    see(configMap, secret);
    for (const source of projected?.sources ?? []) see(source.configMap, source.secret);
  }
  return found;
}
