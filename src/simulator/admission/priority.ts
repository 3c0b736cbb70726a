import type { Pod } from "kubernetes-types/core/v1";
import type { PriorityClass } from "kubernetes-types/scheduling/v1";
import type { AdmissionPlugin, AdmissionRequest } from "../api/admission.ts";
import type { Live } from "../api/object.ts";
import type { Store } from "../store/store.ts";
import { created } from "./created.ts";
import { refusal } from "./refusal.ts";

const CLASSES = "priorityclasses.scheduling.k8s.io";

/** Turns priorityClassName into a number, and keeps the default class single (plugin/pkg/admission/priority). */
export const priority: AdmissionPlugin = {
  name: "Priority",
  mutate(request, { store }) {
    const spec = created<Live<Pod>>(request, "pods")?.spec;
    if (!spec) return;
    const named = spec.priorityClassName;
    const found = named ? classes(store).find(({ metadata }) => metadata.name === named) : defaultClass(store);
    if (named && !found) throw refusal(request, `no PriorityClass with name ${named} was found`);
    const value = found?.value ?? 0;
    const preemptionPolicy = found?.preemptionPolicy ?? "PreemptLowerPriority";
    if (spec.priority !== undefined && spec.priority !== value) throw given(request, "integer", "priority", spec.priority, value);
    if (spec.preemptionPolicy && spec.preemptionPolicy !== preemptionPolicy) {
      throw given(request, "string", "PreemptionPolicy", spec.preemptionPolicy, preemptionPolicy);
    }
    if (found) spec.priorityClassName = found.metadata.name;
    Object.assign(spec, { priority: value, preemptionPolicy });
  },
  validate(request, { store }) {
    const { operation, endpoint, object, subresource } = request;
    if (operation === "DELETE" || endpoint.name !== CLASSES || subresource) return;
    const { globalDefault, metadata } = object as Live<PriorityClass>;
    const known = globalDefault ? defaultClass(store) : undefined;
    if (!known || known.metadata.name === metadata.name) return;
    throw refusal(request, `PriorityClass ${known.metadata.name} is already marked as default. Only one default can exist`);
  },
};

const classes = (store: Store) => store.list(CLASSES) as unknown as readonly Live<PriorityClass>[];

/** Of several the least. */
const defaultClass = (store: Store) =>
  classes(store)
    .filter(({ globalDefault }) => globalDefault)
    .sort((a, b) => a.value - b.value)[0];

const given = (request: AdmissionRequest, type: string, what: string, sent: unknown, computed: unknown) =>
  refusal(
    request,
    `the ${type} value of ${what} (${String(sent)}) must not be provided in pod spec; priority admission controller computed ${String(computed)} from the given PriorityClass name`,
  );
