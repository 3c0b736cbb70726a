import type { PriorityClass } from "kubernetes-types/scheduling/v1";
import type { Live } from "../api/object.ts";
import { fieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { oneOf } from "./field-checks.ts";
import { defineResource } from "./resource.ts";

/** Above this only the system's own classes are. */
const HIGHEST_USER_PRIORITY = 1_000_000_000;
const SYSTEM_PREFIX = "system-";
const SYSTEM_CLASSES: Record<string, number> = {
  "system-node-critical": 2_000_001_000,
  "system-cluster-critical": 2_000_000_000,
};

/** Models pkg/registry/scheduling/priorityclass and pkg/apis/scheduling/validation. */
export const priorityclasses = defineResource<Live<PriorityClass>>({
  resource: "priorityclasses.scheduling.k8s.io",
  generation: true,
  defaults(priorityClass) {
    priorityClass.preemptionPolicy ??= "PreemptLowerPriority";
    priorityClass.value ??= 0;
  },
  validate({ metadata: { name }, value, preemptionPolicy }) {
    if (name.startsWith(SYSTEM_PREFIX)) {
      if (SYSTEM_CLASSES[name] === undefined) {
        const text =
          "priority class names with 'system-' prefix are reserved for system use only. error: system-node-critical, system-cluster-critical";
        return [fieldError.forbidden("metadata.name", text)];
      }
    } else if (value > HIGHEST_USER_PRIORITY) {
      return [fieldError.forbidden("value", `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`)];
    }
    return oneOf("preemptionPolicy", preemptionPolicy, ["PreemptLowerPriority", "Never"]);
  },
  validateUpdate: (priorityClass, old) => [
    ...(priorityClass.value === old.value ? [] : [fieldError.forbidden("value", "may not be changed in an update.")]),
    ...(priorityClass.preemptionPolicy === old.preemptionPolicy
      ? []
      : [fieldError.invalid("preemptionPolicy", priorityClass.preemptionPolicy, "field is immutable")]),
  ],
  cells: ({ metadata, value, globalDefault = false, preemptionPolicy = "" }, { now }) => [
    metadata.name,
    value,
    globalDefault,
    age(metadata.creationTimestamp, now),
    preemptionPolicy,
  ],
});
