import type { DaemonSet, Deployment } from "kubernetes-types/apps/v1";
import type { Pod } from "kubernetes-types/core/v1";
import type { ClusterView } from "../checks/cluster-view.ts";
import { isPodReady, settlingOf, troubleOf } from "../checks/pods.ts";
import { endpointsOf } from "../checks/service-endpoints.ts";
import { rolloutOf } from "../checks/workload-ready.ts";
import type { NamedObject } from "./wanted-objects.ts";

/** How far an object is from working. */
export interface Readiness {
  kind: string;
  name: string;
  at: "ready" | "coming" | "stuck";
  /** Why it doesn't work; may be empty. */
  trouble: string;
}

/** Each by its own wish: a Deployment that somebody scaled is ready when all those Pods are. */
export async function readinessOf({ kind, metadata }: NamedObject, cluster: ClusterView): Promise<Readiness> {
  const { name, namespace } = metadata;
  const is = (at: Readiness["at"], trouble = ""): Readiness => ({ kind, name, at, trouble });
  if (kind === "Deployment" || kind === "StatefulSet") {
    const workload = await cluster.get<Deployment>(kind, name, namespace);
    if (!workload) return is("stuck", "NotFound");
    const { wished, current, old, settling, refused } = await rolloutOf(workload, cluster, namespace);
    if (settling) return is("coming");
    if (old.length === 0 && current.filter(isPodReady).length === wished) return is("ready");
    return is("stuck", (await troubleOf(current, cluster, namespace))?.text ?? refused);
  }
  if (kind === "Pod") {
    const pod = await cluster.get<Pod>(kind, name, namespace);
    if (!pod) return is("stuck", "NotFound");
    if (isPodReady(pod)) return is("ready");
    return settlingOf([pod]) ? is("coming") : is("stuck", (await troubleOf([pod], cluster, namespace))?.text);
  }
  if (kind === "Service") return (await endpointsOf(name, cluster, namespace)).follows ? is("ready") : is("coming");
  if (kind === "DaemonSet") {
    const status = (await cluster.get<DaemonSet>(kind, name, namespace))?.status;
    return status && status.numberReady === status.desiredNumberScheduled ? is("ready") : is("coming");
  }
  return is("ready");
}
