import type { CronJob, Job } from "kubernetes-types/batch/v1";
import type { Live } from "../../../api/object.ts";
import { parseSchedule } from "../../../controllers/cronjob/schedule.ts";
import {
  alpha,
  bool,
  conditionRows,
  created,
  defineKind,
  namespaced,
  one,
  owners,
  ownLabels,
  resourceVersion,
  stable,
  unix,
  type Row,
} from "./kind.ts";

const FAILURES = ["BackoffLimitExceeded", "DeadlineExceeded", "Evicted"];

const condition = ({ status }: Live<Job>, type: string) => status?.conditions?.find((one) => one.type === type);

const outcome =
  (type: string) =>
  (job: Live<Job>): Row[] => {
    const found = condition(job, type);
    return found ? conditionRows(found.status, (value) => ({ condition: value })) : [];
  };

function failed(job: Live<Job>): number | readonly Row[] {
  const count = job.status?.failed ?? 0;
  if (count === 0) return 0;
  const reason = condition(job, "Failed")?.reason;
  const rows: Row[] = reason === undefined ? [] : FAILURES.map((one) => [{ reason: one }, bool(one === reason)]);
  return reason !== undefined && FAILURES.includes(reason) ? rows : [...rows, [{ reason: "" }, count]];
}

export const jobs = defineKind<Live<Job>>({
  resource: "jobs",
  path: "/apis/batch/v1/jobs",
  type: "*v1.Job",
  labels: namespaced("job_name"),
  families: [
    ownLabels("kube_job", "annotations"),
    ownLabels("kube_job", "labels", true),
    stable("kube_job_info", "Information about job.", () => 1),
    stable("kube_job_created", "Unix creation timestamp", created),
    stable(
      "kube_job_spec_parallelism",
      "The maximum desired number of pods the job should run at any given time.",
      ({ spec }) => spec?.parallelism,
    ),
    stable(
      "kube_job_spec_completions",
      "The desired number of successfully finished pods the job should be run with.",
      ({ spec }) => spec?.completions,
    ),
    stable(
      "kube_job_spec_active_deadline_seconds",
      "The duration in seconds relative to the startTime that the job may be active before the system tries to terminate it.",
      ({ spec }) => spec?.activeDeadlineSeconds,
    ),
    stable(
      "kube_job_status_succeeded",
      "The number of pods which reached Phase Succeeded.",
      ({ status }) => status?.succeeded ?? 0,
    ),
    stable("kube_job_status_failed", "The number of pods which reached Phase Failed and the reason for failure.", failed),
    stable("kube_job_status_active", "The number of actively running pods.", ({ status }) => status?.active ?? 0),
    alpha("kube_job_status_ready", "The number of ready pods that belong to this Job.", ({ status }) => status?.ready ?? 0),
    stable("kube_job_complete", "The job has completed its execution.", outcome("Complete")),
    stable("kube_job_failed", "The job has failed its execution.", outcome("Failed")),
    stable(
      "kube_job_status_start_time",
      "StartTime represents time when the job was acknowledged by the Job Manager.",
      ({ status }) => unix(status?.startTime),
    ),
    stable("kube_job_status_completion_time", "CompletionTime represents time when the job was completed.", ({ status }) =>
      unix(status?.completionTime),
    ),
    alpha("kube_job_status_suspended", "The number of pods which reached Phase Suspended.", (job) => {
      const found = condition(job, "Suspended");
      return found && bool(found.status === "True");
    }),
    stable("kube_job_owner", "Information about the Job's owner.", ({ metadata }) => owners(metadata.ownerReferences)),
  ],
});

function nextTime({ metadata, spec, status }: Live<CronJob>): number | undefined {
  const from = unix(status?.lastScheduleTime) ?? unix(metadata.creationTimestamp);
  if (spec?.suspend || from === undefined) return undefined;
  const next = parsed(spec)?.after(from * 1000);
  return next === undefined ? undefined : next / 1000;
}

function parsed(spec: CronJob["spec"]) {
  try {
    return parseSchedule(spec?.schedule ?? "", spec?.timeZone ?? "UTC");
  } catch {
    return undefined;
  }
}

export const cronjobs = defineKind<Live<CronJob>>({
  resource: "cronjobs",
  path: "/apis/batch/v1/cronjobs",
  type: "*v1.CronJob",
  labels: namespaced("cronjob"),
  families: [
    ownLabels("kube_cronjob", "annotations"),
    ownLabels("kube_cronjob", "labels", true),
    stable("kube_cronjob_info", "Info about cronjob.", ({ spec }) =>
      one({ schedule: spec?.schedule, concurrency_policy: spec?.concurrencyPolicy, timezone: spec?.timeZone ?? "local" }),
    ),
    stable("kube_cronjob_created", "Unix creation timestamp", created),
    stable(
      "kube_cronjob_status_active",
      "Active holds pointers to currently running jobs.",
      ({ status }) => status?.active?.length ?? 0,
    ),
    stable(
      "kube_cronjob_status_last_schedule_time",
      "LastScheduleTime keeps information of when was the last time the job was successfully scheduled.",
      ({ status }) => unix(status?.lastScheduleTime),
    ),
    stable(
      "kube_cronjob_status_last_successful_time",
      "LastSuccessfulTime keeps information of when was the last time the job was completed successfully.",
      ({ status }) => unix(status?.lastSuccessfulTime),
    ),
    stable("kube_cronjob_spec_suspend", "Suspend flag tells the controller to suspend subsequent executions.", ({ spec }) =>
      bool(spec?.suspend),
    ),
    stable(
      "kube_cronjob_spec_starting_deadline_seconds",
      "Deadline in seconds for starting the job if it misses scheduled time for any reason.",
      ({ spec }) => spec?.startingDeadlineSeconds,
    ),
    stable(
      "kube_cronjob_next_schedule_time",
      "Next time the cronjob should be scheduled. The time after lastScheduleTime, or after the cron job's creation time if it's never been scheduled. Use this to determine if the job is delayed.",
      nextTime,
    ),
    alpha(
      "kube_cronjob_schedule_invalid",
      "Emitted with value 1 for cronjobs whose schedule, in its configured timezone, cannot be parsed.",
      ({ spec }) => (parsed(spec) ? undefined : 1),
    ),
    stable(
      "kube_cronjob_metadata_resource_version",
      "Resource version representing a specific version of the cronjob.",
      resourceVersion,
    ),
    alpha(
      "kube_cronjob_spec_successful_job_history_limit",
      "Successful job history limit tells the controller how many completed jobs should be preserved.",
      ({ spec }) => spec?.successfulJobsHistoryLimit,
    ),
    alpha(
      "kube_cronjob_spec_failed_job_history_limit",
      "Failed job history limit tells the controller how many failed jobs should be preserved.",
      ({ spec }) => spec?.failedJobsHistoryLimit,
    ),
  ],
});
