import type { KubeObject } from "../object.ts";
import type { Endpoint } from "../registry.ts";

type Loose = KubeObject & { spec?: Record<string, unknown>; status?: Record<string, unknown> };

/**
 * Which part of an object a write to a subresource may change; everything else stays as it is. `next` is the writer's object with
 * the live identity; the result is what would be stored.
 */
export const subresourceParts: Readonly<Record<string, (live: KubeObject, next: KubeObject, endpoint: Endpoint) => KubeObject>> =
  {
    status: (live, next, { info, custom }) =>
      ({
        ...live,
        // Upstream's status strategies let labels, annotations and finalizers through; that of Deployments keeps the labels,
        // that of custom resources everything.
        metadata: {
          ...(custom ? live : next).metadata,
          ...(info.resource === "deployments" && live.metadata.labels && { labels: live.metadata.labels }),
        },
        status: (next as Loose).status,
      }) as KubeObject,
    scale: (_live, next) => next,
    finalize: (live, next) =>
      ({
        ...live,
        metadata: next.metadata,
        spec: { ...(live as Loose).spec, finalizers: (next as Loose).spec?.["finalizers"] ?? [] },
      }) as KubeObject,
    binding: (_live, next) => next,
    ephemeralcontainers: (live, next) =>
      ({
        ...live,
        spec: { ...(live as Loose).spec, ephemeralContainers: (next as Loose).spec?.["ephemeralContainers"] ?? [] },
      }) as KubeObject,
    approval: (live, next) =>
      ({ ...live, status: { ...(live as Loose).status, conditions: (next as Loose).status?.["conditions"] } }) as KubeObject,
  };
