import type { Job as JobType, JobSpec } from "kubernetes-types/batch/v1";
import type { EnvVar, PodSpec } from "kubernetes-types/core/v1";
import type { Live } from "../../api/object.ts";
import { podFromTemplate } from "../pod-control.ts";
import { type Pod, podCondition } from "../pod-state.ts";

export type Job = Live<JobType>;

/** Holds a pod until its end was counted. */
export const TRACKED = "batch.kubernetes.io/job-tracking";
/** How often the index failed before this pod, and how often that was let pass. */
export const FAILURE_COUNT = "batch.kubernetes.io/job-index-failure-count";
export const IGNORED_COUNT = "batch.kubernetes.io/job-index-ignored-failure-count";
const COMPLETION_INDEX = "batch.kubernetes.io/job-completion-index";

export const specOf = (job: Job): JobSpec => job.spec as JobSpec;

export const isIndexed = (job: Job): boolean => job.spec?.completionMode === "Indexed";

export const isTracked = ({ metadata }: Pod): boolean => metadata.finalizers?.includes(TRACKED) === true;

/** The pod's place in an indexed Job; undefined outside of one. */
export function indexOf({ metadata }: Pod): number | undefined {
  const text = metadata.annotations?.[COMPLETION_INDEX];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Over without success; a pod on its way out counts, unless only pods that ended are to be replaced. */
export const isFailed = (job: Job, pod: Pod): boolean =>
  pod.status?.phase === "Failed" ||
  (job.spec?.podReplacementPolicy !== "Failed" &&
    pod.metadata.deletionTimestamp !== undefined &&
    pod.status?.phase !== "Succeeded");

/** A pod as the Job's template says, with its index and what it has to carry on where the Job has indexes. */
export function jobPod(job: Job, index?: number, carried: Record<string, string> = {}) {
  const draft = podFromTemplate(specOf(job).template, job);
  const { metadata, spec } = draft;
  const finalizers = [...(metadata.finalizers ?? []), TRACKED];
  if (index === undefined) return { metadata: { ...metadata, finalizers }, spec };
  const mark = { [COMPLETION_INDEX]: String(index) };
  const { name } = job.metadata;
  return {
    metadata: {
      ...metadata,
      generateName: `${name}-${index}-`,
      annotations: { ...metadata.annotations, ...carried, ...mark },
      labels: { ...metadata.labels, ...mark },
      finalizers,
    },
    spec: { ...withIndexVariable(spec), hostname: `${name}-${index}` },
  };
}

const INDEX_VARIABLE: EnvVar = {
  name: "JOB_COMPLETION_INDEX",
  valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: `metadata.labels['${COMPLETION_INDEX}']` } },
};

function withIndexVariable(spec: PodSpec): PodSpec {
  const add = (containers: PodSpec["containers"]) =>
    containers.map((container) =>
      container.env?.some(({ name }) => name === INDEX_VARIABLE.name)
        ? container
        : { ...container, env: [...(container.env ?? []), INDEX_VARIABLE] },
    );
  return { ...spec, containers: add(spec.containers), ...(spec.initContainers && { initContainers: add(spec.initContainers) }) };
}

/** When the pod ended, as far as its status tells; ms. */
export function endedAt(pod: Pod, now: number): number {
  const ends = (pod.status?.containerStatuses ?? []).flatMap(({ state }) => state?.terminated?.finishedAt ?? []);
  if (ends.length > 0) return Math.max(...ends.map((end) => Date.parse(end)));
  const ready = podCondition(pod, "Ready");
  const last = (ready?.status === "False" && ready.lastTransitionTime) || pod.metadata.deletionTimestamp;
  return last ? Date.parse(last) : now;
}
