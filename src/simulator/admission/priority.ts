import type { Pod } from "kubernetes-types/core/v1";
import type { PriorityClass } from "kubernetes-types/scheduling/v1";
import type { AdmissionPlugin } from "../api/admission.ts";
import type { Live } from "../api/object.ts";
import { StatusError } from "../api/status-error.ts";

/** Turns priorityClassName into a number (plugin/pkg/admission/priority). */
export const priority: AdmissionPlugin = {
  name: "Priority",
  mutate({ operation, endpoint, subresource, name, object }, { store }) {
    if (operation !== "CREATE" || endpoint.name !== "pods" || subresource) return;
    const { spec } = object as unknown as Live<Pod>;
    if (!spec) return;
    const classes = store.list("priorityclasses.scheduling.k8s.io") as unknown as Live<PriorityClass>[];
    const named = spec.priorityClassName;
    const found = named
      ? classes.find(({ metadata }) => metadata.name === named)
      : classes.find(({ globalDefault }) => globalDefault);
    if (named && !found) throw StatusError.forbidden(endpoint.resource, name, `no PriorityClass with name ${named} was found`);
    if (found) spec.priorityClassName = found.metadata.name;
    spec.priority = found?.value ?? 0;
    spec.preemptionPolicy = found?.preemptionPolicy ?? "PreemptLowerPriority";
  },
};
