import type { KubeObject } from "../api/object.ts";
import type { Controller, ControllerContext } from "./controller.ts";
import { workQueue } from "./controller.ts";
import type { Namespace } from "./namespace.ts";

type ConfigMap = KubeObject & { data?: Record<string, string> };

/** The `default` ServiceAccount of each namespace (pkg/controller/serviceaccount). */
export const serviceAccountController = inEachNamespace("serviceaccounts", "default", (_, found) =>
  found ? undefined : { metadata: {} },
);

const DESCRIPTION = {
  "kubernetes.io/description":
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service " +
    "IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.",
};

/** The ConfigMap pods verify the API server with (pkg/controller/certificates/rootcacertpublisher). */
export const rootCAController = inEachNamespace("configmaps", "kube-root-ca.crt", ({ rootCA }, found) => {
  const { annotations } = found?.metadata ?? {};
  const isRight = Object.keys(found?.data ?? {}).length === 1 && found?.data?.["ca.crt"] === rootCA;
  if (isRight && annotations?.["kubernetes.io/description"]) return undefined;
  return { metadata: { annotations: { ...annotations, ...DESCRIPTION } }, data: { "ca.crt": rootCA } };
});

type Content = Pick<ConfigMap, "data"> & { metadata: Partial<KubeObject["metadata"]> };

/**
 * An object every namespace has, made again when it is lost. `content` says what is to be written over what was found;
 * undefined when that is right.
 */
function inEachNamespace(
  resource: string,
  name: string,
  content: (context: ControllerContext, found: ConfigMap | undefined) => Content | undefined,
): Controller {
  return (context) => {
    const { client } = context;
    const queue = workQueue(context, async (namespace) => {
      const home = client.get<Namespace>("namespaces", { name: namespace });
      if (!home || home.metadata.deletionTimestamp) return;
      const found = client.get<ConfigMap>(resource, { namespace, name });
      const wanted = content(context, found);
      if (!wanted) return;
      if (!found) await client.create<ConfigMap>(resource, { ...wanted, metadata: { ...wanted.metadata, namespace, name } });
      else await client.update<ConfigMap>(resource, { ...found, ...wanted, metadata: { ...found.metadata, ...wanted.metadata } });
    });
    const stops = [
      client.watch<Namespace>("namespaces", ({ type, object }) => type !== "DELETED" && queue.add(object.metadata.name)),
      client.watch<ConfigMap>(resource, ({ type, object: { metadata } }) => {
        if (metadata.name === name && type !== "ADDED") queue.add(metadata.namespace ?? "");
      }),
    ];
    return () => [...stops, queue.stop].forEach((stop) => stop());
  };
}
