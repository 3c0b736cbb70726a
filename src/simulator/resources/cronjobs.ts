import type { CronJob, CronJobSpec, JobSpec } from "kubernetes-types/batch/v1";
import { formatLabelSelector } from "../api/selectors.ts";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { cronProblem } from "./cron-schedule.ts";
import { age } from "./duration.ts";
import { nonNegative, oneOf } from "./field-checks.ts";
import { validateJobSpec } from "./job-spec.ts";
import { tooManyCharacters } from "./names.ts";
import { defaultPodTemplate } from "./pod-spec/defaults.ts";
import { containerCells, formatBoolean } from "./printing.ts";
import { defineResource } from "./resource.ts";
import { templateWarnings } from "./workload.ts";
import { dropStatus, type Writable } from "./writable.ts";

/** 63 characters of a Job's name, less the eleven that the controller appends. */
const LONGEST_NAME = 52;

/** Models pkg/registry/batch/cronjob/strategy.go. */
export const cronjobs = defineResource<Writable<CronJob>>({
  resource: "cronjobs.batch",
  generation: true,
  defaults(cronjob) {
    const spec = (cronjob.spec ??= {} as CronJobSpec);
    spec.concurrencyPolicy ||= "Allow";
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
    spec.jobTemplate ??= {};
    spec.jobTemplate.metadata ??= {};
    spec.jobTemplate.spec ??= {} as JobSpec;
    defaultPodTemplate((spec.jobTemplate.spec.template ??= {}));
  },
  prepareForCreate: dropStatus,
  validate: ({ spec, metadata: { name } }) => [
    ...validateSpec(spec as CronJobSpec),
    ...(name.length > LONGEST_NAME ? [fieldError.invalid("metadata.name", name, tooManyCharacters(LONGEST_NAME))] : []),
  ],
  warnings: ({ spec }, old) =>
    templateWarnings(spec?.jobTemplate.spec?.template, old?.spec?.jobTemplate.spec?.template, "spec.jobTemplate.spec.template."),
  cells: ({ metadata, spec, status = {} }, { now }) => [
    metadata.name,
    spec?.schedule ?? "",
    spec?.timeZone ?? "<none>",
    formatBoolean(spec?.suspend),
    (status.active ?? []).length,
    status.lastScheduleTime ? age(status.lastScheduleTime, now) : "<none>",
    age(metadata.creationTimestamp, now),
    ...containerCells(spec?.jobTemplate.spec?.template.spec?.containers),
    formatLabelSelector(spec?.jobTemplate.spec?.selector),
  ],
});

function validateSpec(spec: CronJobSpec): FieldError[] {
  const { selector, manualSelector } = spec.jobTemplate.spec as JobSpec;
  return [
    ...validateSchedule(spec),
    ...nonNegative("spec.startingDeadlineSeconds", spec.startingDeadlineSeconds),
    ...oneOf("spec.concurrencyPolicy", spec.concurrencyPolicy, ["Allow", "Forbid", "Replace"]),
    ...validateJobSpec(spec.jobTemplate.spec as JobSpec, "spec.jobTemplate.spec"),
    ...(selector ? [fieldError.invalid("spec.jobTemplate.spec.selector", selector, "`selector` will be auto-generated")] : []),
    ...(manualSelector ? [fieldError.notSupported("spec.jobTemplate.spec.manualSelector", true, ["nil", "false"])] : []),
    ...nonNegative("spec.successfulJobsHistoryLimit", spec.successfulJobsHistoryLimit),
    ...nonNegative("spec.failedJobsHistoryLimit", spec.failedJobsHistoryLimit),
  ];
}

function validateSchedule({ schedule, timeZone }: CronJobSpec): FieldError[] {
  if (!schedule) return [fieldError.required("spec.schedule")];
  const inSchedule = schedule.includes("TZ");
  const problem = cronProblem(schedule);
  return [
    ...(inSchedule
      ? [fieldError.invalid("spec.schedule", schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")]
      : problem
        ? [fieldError.invalid("spec.schedule", schedule, problem)]
        : []),
    ...(timeZone === undefined ? [] : validateTimeZone(timeZone, "spec.timeZone")),
  ];
}

function validateTimeZone(name: string, field: string): FieldError[] {
  if (name === "") return [fieldError.invalid(field, name, "timeZone must be nil or non-empty string")];
  if (name.toLowerCase() === "local") {
    return [
      fieldError.invalid(field, name, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"),
    ];
  }
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return [];
  } catch {
    return [fieldError.invalid(field, name, `unknown time zone ${name}`)];
  }
}
