import type { Container, Pod, PodSpec } from "kubernetes-types/core/v1";
import type { Live } from "../api/object.ts";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { same } from "./field-checks.ts";
import { jsonDiff } from "./json-diff.ts";
import { outOfRange } from "./names.ts";
import { podCells } from "./pod-cells.ts";
import { validateTolerations } from "./pod-spec/affinity.ts";
import { validateImages } from "./pod-spec/containers.ts";
import { defaultPodSpec } from "./pod-spec/defaults.ts";
import { qosClass } from "./pod-spec/qos.ts";
import { podWarnings } from "./pod-spec/warnings.ts";
import { validatePodSpec } from "./pod-template.ts";
import { defineResource } from "./resource.ts";
import type { Writable } from "./writable.ts";

const LONGEST_DEADLINE = 2 ** 31 - 1;
const UPDATABLE =
  "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/** Models pkg/registry/core/pod/strategy.go. */
export const pods = defineResource<Writable<Pod>>({
  resource: "pods",
  generation: true,
  gracePeriodSeconds({ spec, status }) {
    if (!spec?.nodeName || status?.phase === "Succeeded" || status?.phase === "Failed") return 0;
    const seconds = spec.terminationGracePeriodSeconds ?? 0;
    return seconds < 0 ? 1 : seconds;
  },
  defaults(pod) {
    const spec = (pod.spec ??= { containers: [] });
    defaultPodSpec(spec);
    spec.enableServiceLinks ??= true;
    for (const list of [spec.containers, spec.initContainers]) {
      for (const container of list ?? []) {
        defaultRequests(container);
        if (spec.hostNetwork) for (const port of container.ports ?? []) port.hostPort ||= port.containerPort;
      }
    }
  },
  prepareForCreate(pod, { now }) {
    const spec = pod.spec as PodSpec;
    if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
    const gated = (spec.schedulingGates ?? []).length > 0;
    pod.status = {
      ...(gated && { conditions: [gatedCondition(now)] }),
      phase: "Pending",
      qosClass: qosClass(spec),
    };
  },
  validate: (pod) => validatePod(pod),
  validateUpdate,
  warnings: (pod, old) => (old && same(pod.spec, old.spec) ? [] : podWarnings(pod.spec as PodSpec, pod.metadata, "")),
  cells: podCells,
  selectableFields: ({ spec, status }) => ({
    "spec.nodeName": spec?.nodeName ?? "",
    "spec.restartPolicy": spec?.restartPolicy ?? "",
    "spec.schedulerName": spec?.schedulerName ?? "",
    "spec.serviceAccountName": spec?.serviceAccountName ?? "",
    "spec.hostNetwork": String(spec?.hostNetwork ?? false),
    "status.phase": status?.phase ?? "",
    "status.podIP": status?.podIP ?? "",
    "status.nominatedNodeName": status?.nominatedNodeName ?? "",
  }),
});

/** In a Pod, unlike in a template, a limit is also the request where none is given. */
function defaultRequests({ resources }: Container): void {
  if (resources?.limits) resources.requests = { ...resources.limits, ...resources.requests };
}

const gatedCondition = (now: number) => ({
  lastProbeTime: null as unknown as string,
  lastTransitionTime: `${new Date(now).toISOString().slice(0, 19)}Z`,
  message: "Scheduling is blocked due to non-empty scheduling gates",
  reason: "SchedulingGated",
  status: "False",
  type: "PodScheduled",
});

function validatePod({ metadata, spec }: Live<Pod>): FieldError[] {
  const { containers, initContainers, schedulingGates = [], nodeName } = spec as PodSpec;
  const mirror = metadata.annotations?.["kubernetes.io/config.mirror"];
  return [
    ...(mirror !== undefined && !nodeName
      ? [
          fieldError.invalid(
            "metadata.annotations[kubernetes.io/config.mirror]",
            mirror,
            "must set spec.nodeName if mirror pod annotation is set",
          ),
        ]
      : []),
    ...validatePodSpec(spec as PodSpec, "spec", true),
    ...validateImages(containers, "spec.containers"),
    ...validateImages(initContainers, "spec.initContainers"),
    ...(nodeName && schedulingGates.length > 0
      ? [fieldError.forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared")]
      : []),
  ];
}

/** Nearly all of a Pod's spec is fixed once it is made (core validation ValidatePodUpdate). */
function validateUpdate(pod: Live<Pod>, oldPod: Live<Pod>): FieldError[] {
  const spec = pod.spec as PodSpec;
  const old = oldPod.spec as PodSpec;
  for (const list of ["containers", "initContainers"] as const) {
    if ((spec[list] ?? []).length !== (old[list] ?? []).length) {
      return [fieldError.forbidden(`spec.${list}`, "pod updates may not add or remove containers")];
    }
  }
  const deadline = validateDeadline(spec.activeDeadlineSeconds, old.activeDeadlineSeconds);
  if (deadline.length > 0) return deadline;
  const errors = [
    ...validateAddedTolerations(spec, old),
    ...(spec.schedulingGates ?? []).flatMap(({ name }, index) =>
      old.schedulingGates?.some((gate) => gate.name === name)
        ? []
        : [
            fieldError.forbidden(
              `spec.schedulingGates[${index}].name`,
              `only deletion is allowed, but found new scheduling gate '${name}'`,
            ),
          ],
    ),
  ];
  const rest = withoutUpdatable(spec, old);
  if (!same(rest, old)) {
    errors.push(
      fieldError.forbidden("spec", `pod updates may not change fields other than ${UPDATABLE}\n${jsonDiff(old, rest)}`),
    );
  }
  return errors;
}

function validateDeadline(seconds: number | undefined, old: number | undefined): FieldError[] {
  const field = "spec.activeDeadlineSeconds";
  if (seconds === undefined) {
    return old === undefined ? [] : [fieldError.invalid(field, null, "must not update from a positive integer to nil value")];
  }
  if (seconds < 0 || seconds > LONGEST_DEADLINE) return [fieldError.invalid(field, seconds, outOfRange(0, LONGEST_DEADLINE))];
  return old !== undefined && old < seconds
    ? [fieldError.invalid(field, seconds, "must be less than or equal to previous value")]
    : [];
}

function validateAddedTolerations({ tolerations = [] }: PodSpec, { tolerations: before = [] }: PodSpec): FieldError[] {
  const kept = before.every((old) =>
    tolerations.some((toleration) => same({ ...old, tolerationSeconds: toleration.tolerationSeconds }, toleration)),
  );
  return kept
    ? validateTolerations(tolerations, "spec.tolerations")
    : [fieldError.forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds")];
}

/** The new spec with what may change set back; what then differs may not. A gated Pod may still narrow where it can run. */
function withoutUpdatable(spec: PodSpec, old: PodSpec): PodSpec {
  const withOldImages = (list: readonly Container[] | undefined, before: readonly Container[] | undefined) =>
    list?.map((container, index) => ({ ...container, image: before?.[index]?.image as string }));
  const { activeDeadlineSeconds: _, ...rest } = spec;
  const result = {
    ...rest,
    containers: withOldImages(spec.containers, old.containers) as Container[],
    ...(spec.initContainers && { initContainers: withOldImages(spec.initContainers, old.initContainers) as Container[] }),
    ...(old.activeDeadlineSeconds !== undefined && { activeDeadlineSeconds: old.activeDeadlineSeconds }),
    tolerations: old.tolerations ?? [],
    schedulingGates: old.schedulingGates ?? [],
  };
  if ((old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1) {
    result.terminationGracePeriodSeconds = old.terminationGracePeriodSeconds as number;
  }
  if ((old.schedulingGates ?? []).length > 0 && onlyAdds(spec.nodeSelector, old.nodeSelector)) {
    result.nodeSelector = old.nodeSelector ?? {};
  }
  return result;
}

const onlyAdds = (map: Record<string, string> = {}, old: Record<string, string> = {}): boolean =>
  Object.entries(old).every(([key, value]) => map[key] === value);
