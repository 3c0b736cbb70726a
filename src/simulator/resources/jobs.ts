import type { Job, JobSpec } from "kubernetes-types/batch/v1";
import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import { formatLabelSelector, selectorMatches } from "../api/selectors.ts";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age, humanDuration } from "./duration.ts";
import { immutable, same } from "./field-checks.ts";
import { validateJobSpec } from "./job-spec.ts";
import { validateLabelSelector } from "./label-selector.ts";
import { dns1123Label } from "./names.ts";
import { defaultPodTemplate } from "./pod-spec/defaults.ts";
import { validateSelectorMatchesTemplate } from "./pod-template.ts";
import { containerCells } from "./printing.ts";
import { defineResource } from "./resource.ts";
import { templateWarnings } from "./workload.ts";
import { dropStatus, type Writable } from "./writable.ts";

const CONTROLLER_UID = "batch.kubernetes.io/controller-uid";
/** What the server puts on a Job's pods; the names without a domain are the old ones. */
const generatedLabels = ({ metadata: { uid, name } }: Writable<Job>): Record<string, string> => ({
  [CONTROLLER_UID]: uid,
  "batch.kubernetes.io/job-name": name,
  "controller-uid": uid,
  "job-name": name,
});

/** Models pkg/registry/batch/job/strategy.go. */
export const jobs = defineResource<Writable<Job>>({
  resource: "jobs.batch",
  generation: true,
  defaults(job) {
    const spec = (job.spec ??= {} as JobSpec);
    if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
    spec.parallelism ??= 1;
    spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1;
    spec.completionMode ??= "NonIndexed";
    spec.suspend ??= false;
    spec.podReplacementPolicy ??= spec.podFailurePolicy ? "Failed" : "TerminatingOrFailed";
    spec.manualSelector ??= false;
    for (const rule of spec.podFailurePolicy?.rules ?? []) {
      for (const condition of rule.onPodConditions ?? []) condition.status ||= "True";
    }
    defaultPodTemplate((spec.template ??= {}));
    labelAsTemplate(job);
  },
  prepareForCreate(job) {
    dropStatus(job);
    const spec = job.spec as JobSpec;
    if (spec.manualSelector) return;
    const metadata = (spec.template.metadata ??= {});
    const followsTemplate = same(job.metadata.labels, metadata.labels);
    metadata.labels = { ...generatedLabels(job), ...metadata.labels };
    if (followsTemplate) delete job.metadata.labels;
    labelAsTemplate(job);
    spec.selector ??= {};
    spec.selector.matchLabels = { [CONTROLLER_UID]: job.metadata.uid, ...spec.selector.matchLabels };
  },
  validate: validateJob,
  validateUpdate,
  warnings: ({ spec }, old) => templateWarnings(spec?.template, old?.spec?.template),
  cells: (job, { now }) => {
    const { metadata, spec, status = {} } = job;
    return [
      metadata.name,
      jobStatus(job),
      completions(job),
      status.startTime
        ? humanDuration((status.completionTime ? Date.parse(status.completionTime) : now) - Date.parse(status.startTime))
        : "",
      age(metadata.creationTimestamp, now),
      ...containerCells(spec?.template.spec?.containers),
      formatLabelSelector(spec?.selector),
    ];
  },
  selectableFields: ({ status }) => ({ "status.successful": String(status?.succeeded ?? 0) }),
});

/** A Job without labels takes those of its template, at each decode. */
function labelAsTemplate({ metadata, spec }: Writable<Job>): void {
  const labels = spec?.template.metadata?.labels;
  if (labels && Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
}

/** The STATUS column: the first of these that is true. */
function jobStatus({ metadata, status = {} }: Writable<Job>): string {
  const is = (type: string) =>
    (status.conditions ?? []).some((condition) => condition.type === type && condition.status === "True");
  if (is("Complete")) return "Complete";
  if (is("Failed")) return "Failed";
  if (metadata.deletionTimestamp) return "Terminating";
  return ["Suspended", "FailureTarget", "SuccessCriteriaMet"].find(is) ?? "Running";
}

function completions({ spec, status }: Writable<Job>): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function validateJob(job: Writable<Job>): FieldError[] {
  const spec = job.spec as JobSpec;
  const { completionMode, completions: count = 0, selector } = spec;
  const { name } = job.metadata;
  const lastHostname = `${name}-${count - 1}`;
  return [
    ...(spec.manualSelector ? [] : validateGenerated(job)),
    ...validateJobSpec(spec, "spec"),
    ...(selector ? validateLabelSelector(selector, "spec.selector") : [fieldError.required("spec.selector")]),
    ...validateSelectorMatchesTemplate(selector, spec.template, "spec.template"),
    ...(completionMode === "Indexed" && count > 0 && dns1123Label(lastHostname).length > 0
      ? [fieldError.invalid("metadata.name", name, `will not able to create pod with invalid DNS label: ${lastHostname}`)]
      : []),
  ];
}

/** Labels that the writer set may not contradict those that the server would set. */
function validateGenerated(job: Writable<Job>): FieldError[] {
  const { selector, template } = job.spec as JobSpec;
  const expected = generatedLabels(job);
  const field = "spec.template.metadata.labels";
  const order = ["controller-uid", "job-name", CONTROLLER_UID, "batch.kubernetes.io/job-name"];
  return [
    ...order.flatMap((key) => {
      const actual = template.metadata?.labels?.[key];
      if (actual === undefined) return [fieldError.required(`${field}[${key}]`, `must be '${expected[key]}'`)];
      return actual === expected[key]
        ? []
        : [fieldError.invalid(`${field}[${key}]`, template.metadata?.labels, `must be '${expected[key]}'`)];
    }),
    ...(selector && !selectorMatches(selector, expected)
      ? [fieldError.invalid("spec.selector", selector, "`selector` not auto-generated")]
      : []),
  ];
}

function validateUpdate({ spec: next }: Writable<Job>, oldJob: Writable<Job>): FieldError[] {
  const spec = next as JobSpec;
  const old = oldJob.spec as JobSpec;
  // A Job that has not begun may still be told where to run.
  const unstarted = old.suspend && !oldJob.status?.startTime;
  const [template, before] = unstarted ? [undirected(spec.template), undirected(old.template)] : [spec.template, old.template];
  return [
    ...validateCompletions(spec, old),
    ...immutable("spec.selector", spec.selector, old.selector),
    ...(same(template, before) ? [] : [fieldError.invalid("spec.template", spec.template, "field is immutable")]),
    ...immutable("spec.completionMode", spec.completionMode, old.completionMode),
    ...immutable("spec.podFailurePolicy", spec.podFailurePolicy, old.podFailurePolicy),
    ...immutable("spec.backoffLimitPerIndex", spec.backoffLimitPerIndex, old.backoffLimitPerIndex),
    ...immutable("spec.managedBy", spec.managedBy, old.managedBy),
    ...immutable("spec.successPolicy", spec.successPolicy, old.successPolicy),
  ];
}

/** An Indexed Job may grow or shrink, completions and parallelism as one. */
function validateCompletions(spec: JobSpec, old: JobSpec): FieldError[] {
  const field = "spec.completions";
  if (spec.completions === old.completions || spec.completionMode !== "Indexed" || spec.completions === undefined) {
    return immutable(field, spec.completions, old.completions);
  }
  return spec.completions === spec.parallelism
    ? []
    : [fieldError.invalid(field, spec.completions, "can only be modified in tandem with spec.parallelism")];
}

function undirected({ metadata = {}, spec }: PodTemplateSpec): PodTemplateSpec {
  const { labels: _labels, annotations: _annotations, ...rest } = metadata;
  const {
    nodeSelector: _selector,
    affinity,
    tolerations: _tolerations,
    schedulingGates: _gates,
    ...podSpec
  } = spec ?? { containers: [] };
  const { nodeAffinity: _node, ...otherAffinity } = affinity ?? {};
  return { metadata: rest, spec: { ...podSpec, affinity: otherAffinity } };
}
