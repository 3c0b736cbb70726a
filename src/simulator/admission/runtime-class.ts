import type { Pod, Toleration } from "kubernetes-types/core/v1";
import type { RuntimeClass } from "kubernetes-types/node/v1";
import type { AdmissionPlugin, AdmissionRequest } from "../api/admission.ts";
import type { Live } from "../api/object.ts";
import { equal } from "../api/rest/equal.ts";
import type { Store } from "../store/store.ts";
import { created } from "./created.ts";
import { refusal } from "./refusal.ts";

/** What a runtime costs and where it is to be had goes into the pods that ask for it (plugin/pkg/admission/runtimeclass). */
export const runtimeClass: AdmissionPlugin = {
  name: "RuntimeClass",
  mutate(request, { store }) {
    const spec = created<Live<Pod>>(request, "pods")?.spec;
    const found = spec && classOf(request, store);
    if (!found) return;
    const { overhead, scheduling = {} } = found;
    if (overhead) {
      if (spec.overhead && !equal(spec.overhead, overhead.podFixed)) {
        throw refusal(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
      }
      spec.overhead = { ...overhead.podFixed };
    }
    for (const [key, value] of Object.entries(scheduling.nodeSelector ?? {})) {
      const asked = spec.nodeSelector?.[key];
      if (asked !== undefined && asked !== value) {
        const both = `runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${asked}`;
        throw refusal(request, `conflict: ${both}`);
      }
      spec.nodeSelector = { ...spec.nodeSelector, [key]: value };
    }
    for (const toleration of scheduling.tolerations ?? []) {
      const known: Toleration[] = spec.tolerations ?? [];
      if (!known.some((one) => equal(one, toleration))) spec.tolerations = [...known, { ...toleration }];
    }
  },
  validate(request, { store }) {
    const spec = created<Live<Pod>>(request, "pods")?.spec;
    if (!spec?.overhead || classOf(request, store)?.overhead) return;
    throw refusal(request, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
  },
};

function classOf(request: AdmissionRequest, store: Store): Live<RuntimeClass> | undefined {
  const name = (request.object as Live<Pod>).spec?.runtimeClassName;
  if (!name) return undefined;
  const found = store.get("runtimeclasses.node.k8s.io", { namespace: "", name }) as Live<RuntimeClass> | undefined;
  if (!found) throw refusal(request, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`);
  return found;
}
