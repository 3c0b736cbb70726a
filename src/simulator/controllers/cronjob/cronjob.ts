import type { CronJob as CronJobType, CronJobStatus } from "kubernetes-types/batch/v1";
import type { ObjectReference } from "kubernetes-types/core/v1";
import { isDeepStrictEqual } from "node:util";
import { controllerOf, controllerReference, keyOf, type Live, timestamp } from "../../api/object.ts";
import type { Controller } from "../controller.ts";
import { objectKey, queueKey, workQueue } from "../controller.ts";
import { hasCondition, isOver } from "../job/conditions.ts";
import type { Job } from "../job/job-pods.ts";
import { objectIndex } from "../object-index.ts";
import { isAlreadyExists, isNamespaceTerminating, messageOf, unlessGone } from "../refusals.ts";
import { lastDue, parseSchedule, type Schedule } from "./schedule.ts";

export type CronJob = Live<CronJobType>;

/** What is kept of a status while it is worked on. */
interface Draft {
  active: ObjectReference[];
  lastScheduleTime: string | undefined;
  lastSuccessfulTime: string | undefined;
}

/** Starts Jobs by the clock (pkg/controller/cronjob). */
export const cronJobController: Controller = (context) => {
  const { client, clock, events } = context;
  const jobs = objectIndex<Job>(client, "jobs.batch", (job) => {
    const controller = controllerOf(job);
    return controller?.kind === "CronJob" ? [controller.uid] : [];
  });

  const queue = workQueue(context, async (key) => {
    const cron = client.get<CronJob>("cronjobs.batch", objectKey(key));
    if (!cron) return;
    const children = jobs.get(cron.metadata.uid);
    await trimHistory(cron, children);
    const draft = followJobs(cron, children);
    const next = cron.metadata.deletionTimestamp || cron.spec?.suspend ? undefined : await runDue(cron, draft);
    const { active, lastScheduleTime, lastSuccessfulTime } = draft;
    const status: CronJobStatus = {
      ...(active.length > 0 && { active }),
      ...(lastScheduleTime && { lastScheduleTime }),
      ...(lastSuccessfulTime && { lastSuccessfulTime }),
    };
    const live = client.get<CronJob>("cronjobs.batch", objectKey(key));
    if (live && !isDeepStrictEqual(status, { ...cron.status }))
      await client.updateStatus<CronJob>("cronjobs.batch", { ...cron, status });
    if (next !== undefined) queue.addAfter(key, next - clock.now());
  });

  /** Takes Jobs that ended off the list of active ones, and tells of those that do not fit it. */
  function followJobs(cron: CronJob, children: readonly Job[]): Draft {
    const { status = {} } = cron;
    const draft: Draft = {
      active: [...(status.active ?? [])],
      lastScheduleTime: status.lastScheduleTime,
      lastSuccessfulTime: status.lastSuccessfulTime,
    };
    for (const job of children) {
      const { name, uid } = job.metadata;
      const listed = draft.active.some((reference) => reference.uid === uid);
      if (!listed && !isOver(job)) {
        const message = `Saw a job that the controller did not create or forgot: ${name}`;
        events.event({ object: cron }, "Warning", "UnexpectedJob", message);
      }
      const complete = hasCondition(job.status, "Complete");
      if (listed && isOver(job)) {
        draft.active = draft.active.filter((reference) => reference.uid !== uid);
        const message = `Saw completed job: ${name}, condition: ${complete ? "Complete" : "Failed"}`;
        events.event({ object: cron }, "Normal", "SawCompletedJob", message);
      }
      const ended = complete ? job.status?.completionTime : undefined;
      if (ended && ended > (draft.lastSuccessfulTime ?? "")) draft.lastSuccessfulTime = ended;
    }
    const isThere = ({ uid }: ObjectReference) => children.some((job) => job.metadata.uid === uid);
    for (const { name } of draft.active.filter((reference) => !isThere(reference))) {
      events.event({ object: cron }, "Normal", "MissingJob", `Active job went missing: ${name}`);
    }
    draft.active = draft.active.filter(isThere);
    return draft;
  }

  /** Starts the Job that is due, if any; returns when to look again. */
  async function runDue(cron: CronJob, draft: Draft): Promise<number | undefined> {
    const schedule = scheduleOf(cron);
    if (!schedule) return undefined;
    const now = clock.now();
    const next = schedule.after(now);
    const deadline = cron.spec?.startingDeadlineSeconds;
    const since = Date.parse(cron.status?.lastScheduleTime ?? cron.metadata.creationTimestamp);
    const { due, tooMany } = lastDue(schedule, Math.max(since, deadline === undefined ? 0 : now - deadline * 1000), now);
    if (tooMany) {
      const message = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew";
      events.event({ object: cron }, "Warning", "TooManyMissedTimes", message);
    }
    if (due === undefined || draft.lastScheduleTime === timestamp(due)) return next;
    if (deadline !== undefined && due + deadline * 1000 < now) {
      const at = new Date(due).toUTCString().replace("GMT", "+0000");
      events.event({ object: cron }, "Warning", "MissSchedule", `Missed scheduled time to start a job: ${at}`);
      return next;
    }
    const { concurrencyPolicy } = cron.spec ?? {};
    if (concurrencyPolicy === "Forbid" && draft.active.length > 0) {
      const message = "Not starting job because prior execution is running and concurrency policy is Forbid";
      events.event({ object: cron }, "Normal", "JobAlreadyActive", message);
      return next;
    }
    if (concurrencyPolicy === "Replace") {
      for (const { name = "", namespace = "" } of draft.active) await deleteJob(cron, { namespace, name });
      draft.active = [];
    }
    const job = await startJob(cron, due);
    if (!job) return next;
    const { name, namespace = "", uid, resourceVersion } = job.metadata;
    draft.active.push({ kind: "Job", namespace, name, uid, apiVersion: "batch/v1", resourceVersion });
    draft.lastScheduleTime = timestamp(due);
    return next;
  }

  function scheduleOf(cron: CronJob): Schedule | undefined {
    const { schedule = "", timeZone } = cron.spec ?? {};
    try {
      return parseSchedule(schedule, timeZone);
    } catch (error) {
      events.event(
        { object: cron },
        "Warning",
        "UnparseableSchedule",
        `unparseable schedule: "${schedule}" : ${messageOf(error)}`,
      );
      return undefined;
    }
  }

  async function startJob(cron: CronJob, due: number): Promise<Job | undefined> {
    const { namespace = "" } = cron.metadata;
    const template = cron.spec?.jobTemplate;
    const name = `${cron.metadata.name}-${Math.floor(due / 60_000)}`;
    const annotations = {
      ...template?.metadata?.annotations,
      "batch.kubernetes.io/cronjob-scheduled-timestamp": zonedTime(due, cron.spec?.timeZone),
    };
    const labels = template?.metadata?.labels;
    try {
      const job = await client.create<Job>("jobs.batch", {
        metadata: { name, namespace, ...(labels && { labels }), annotations, ownerReferences: [controllerReference(cron)] },
        ...(template?.spec && { spec: template.spec }),
      });
      events.event({ object: cron }, "Normal", "SuccessfulCreate", `Created job ${name}`);
      return job;
    } catch (error) {
      if (isNamespaceTerminating(error)) return undefined;
      const found = isAlreadyExists(error) ? client.get<Job>("jobs.batch", { namespace, name }) : undefined;
      if (found && controllerOf(found)?.uid === cron.metadata.uid) return isOver(found) ? undefined : found;
      events.event({ object: cron }, "Warning", "FailedCreate", `Error creating job: ${messageOf(error)}`);
      throw error;
    }
  }

  async function deleteJob(cron: CronJob, key: { namespace: string; name: string }): Promise<void> {
    try {
      await unlessGone(client.delete("jobs.batch", key, { propagationPolicy: "Background" }));
    } catch (error) {
      events.event({ object: cron }, "Warning", "FailedDelete", `Deleted job: ${messageOf(error)}`);
      throw error;
    }
    events.event({ object: cron }, "Normal", "SuccessfulDelete", `Deleted job ${key.name}`);
  }

  /** Deletes the oldest ended Jobs beyond the limits. */
  async function trimHistory(cron: CronJob, children: readonly Job[]): Promise<void> {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cron.spec ?? {};
    const trim = async (condition: string, limit: number | undefined) => {
      if (limit === undefined) return;
      const ended = children.filter(({ status }) => hasCondition(status, condition)).sort((a, b) => startedAt(a) - startedAt(b));
      for (const job of ended.slice(0, Math.max(0, ended.length - limit))) await deleteJob(cron, keyOf(job));
    };
    await trim("Failed", failedJobsHistoryLimit);
    await trim("Complete", successfulJobsHistoryLimit);
  }

  const stops = [
    client.watch<CronJob>("cronjobs.batch", ({ object }) => queue.add(queueKey(object))),
    client.watch<Job>("jobs.batch", ({ object }) => {
      const controller = controllerOf(object);
      if (controller?.kind === "CronJob") queue.add(`${object.metadata.namespace}/${controller.name}`);
    }),
  ];
  return () => [...stops, jobs.stop, queue.stop].forEach((stop) => stop());
};

const startedAt = ({ status, metadata }: Job) => Date.parse(status?.startTime ?? metadata.creationTimestamp);

/** RFC 3339 in the zone of the schedule, as upstream writes it: `2026-01-01T09:00:00+09:00`, or Z. */
function zonedTime(time: number, timeZone = "UTC"): string {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" }).format(time);
  const local = parts.replace(" ", "T");
  const minutes = Math.round((Date.parse(`${local}Z`) - time) / 60_000);
  if (minutes === 0) return timestamp(time);
  const two = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, "0");
  return `${local}${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}
