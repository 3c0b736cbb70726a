import type { JobCondition, JobStatus } from "kubernetes-types/batch/v1";
import { isDeepStrictEqual } from "node:util";
import { controllerOf, timestamp } from "../../api/object.ts";
import { claims } from "../claims.ts";
import type { Controller } from "../controller.ts";
import { objectKey, queueKey, workQueue } from "../controller.ts";
import { deletePod } from "../pod-control.ts";
import type { Pod } from "../pod-state.ts";
import { isActive, isFinished, isReady } from "../pod-state.ts";
import { withoutZeros } from "../status.ts";
import { jobBackoff } from "./backoff.ts";
import { deadlineLeft, isOver, REACHED, setJobCondition, type Verdict, verdictOn } from "./conditions.ts";
import type { Job } from "./job-pods.ts";
import { isTracked, specOf } from "./job-pods.ts";
import { makePods } from "./make-pods.ts";
import { release, tally, tallyStatus } from "./tally.ts";

/** Runs Jobs to their end (pkg/controller/job). */
export const jobController: Controller = (context) => {
  const { client, clock, events } = context;
  const pods = claims<Job, Pod>(client, "pods", {
    resource: "jobs.batch",
    kind: "Job",
    selectorOf: ({ spec }) => spec?.selector,
  });
  const backoff = jobBackoff();

  const queue = workQueue(context, async (key) => {
    const found = client.get<Job>("jobs.batch", objectKey(key));
    if (!found || isOver(found)) return;

    const now = clock.now();
    const job = started(found, now);
    const { suspend = false, completions } = specOf(job);
    const members = await pods.claim(job);
    const count = tally(job, members);
    backoff.note(job.metadata.uid, count.ending, now);
    let verdict: Verdict | undefined = verdictOn(job, members, count, now);
    let conditions = job.status?.conditions ?? [];
    let startTime = job.status?.startTime;
    let failure: unknown;
    let active = members.filter((pod) => isActive(pod));
    if (verdict) {
      for (const pod of active) await deletePod(context, job, pod);
      active = [];
    } else if (!job.metadata.deletionTimestamp) {
      const made = await makePods(context, job, members, count, backoff.wait(job.metadata.uid, now));
      active = made.active;
      failure = made.failure;
      if (made.wait !== undefined) queue.addAfter(key, made.wait);
      const isComplete = completions === undefined ? count.succeeded > 0 : count.succeeded >= completions;
      if (isComplete && active.length === 0) verdict = REACHED;
      else {
        const before = conditions;
        conditions = suspendedCondition(conditions, suspend, now);
        if (!isDeepStrictEqual(before, conditions)) {
          const [reason, message] = suspend ? ["Suspended", "Job suspended"] : ["Resumed", "Job resumed"];
          events.event({ object: job }, "Normal", reason, message);
          if (!suspend) startTime = timestamp(now);
        }
      }
    }
    if (verdict) conditions = setJobCondition(conditions, { ...verdict, status: "True" }, now);
    await record(job, members, verdict, { conditions, startTime, active });
    const left = deadlineLeft(client.get<Job>("jobs.batch", objectKey(key)) ?? job, now);
    if (left !== undefined && !verdict) queue.addAfter(key, left);
    if (failure) throw failure;
  });

  interface Outcome {
    conditions: JobCondition[];
    startTime: string | undefined;
    active: readonly Pod[];
  }

  /** Notes who ended, lets those pods go, then counts them: nothing is lost or counted twice, whenever the process ends. */
  async function record(
    job: Job,
    members: readonly Pod[],
    verdict: Verdict | undefined,
    { conditions, startTime, active }: Outcome,
  ) {
    const now = clock.now();
    const count = tally(job, members, verdict);
    const live = members.flatMap(({ metadata }) => {
      const pod = client.get<Pod>("pods", { namespace: metadata.namespace ?? "", name: metadata.name });
      return pod?.metadata.uid === metadata.uid ? [pod] : [];
    });
    const terminating = live.filter((pod) => !isFinished(pod) && pod.metadata.deletionTimestamp).length;
    const statusWith = (list: JobCondition[], counted: boolean): JobStatus => {
      const { succeeded, failed, ...rest } = tallyStatus(job, count, counted);
      const completed = list.find(({ type }) => type === "Complete")?.lastTransitionTime;
      return {
        ...(list.length > 0 && { conditions: list }),
        ...(startTime !== undefined && { startTime }),
        ...(completed && { completionTime: completed }),
        ...withoutZeros({ active: active.length, succeeded, failed }),
        ready: active.filter(isReady).length,
        terminating,
        ...rest,
      };
    };
    const write = async (current: Job, status: JobStatus) =>
      isDeepStrictEqual(status, current.status) ? current : await client.updateStatus<Job>("jobs.batch", { ...current, status });

    let current = await write(job, statusWith(conditions, count.ending.length === 0 && !verdict));
    for (const pod of count.ending) await release(context, pod);
    const isEnd = verdict && terminating === 0;
    const last = isEnd ? setJobCondition(conditions, final(verdict), now) : conditions;
    current = await write(current, statusWith(last, true));
    if (isEnd) tellEnd(current, verdict);
  }

  function tellEnd(job: Job, { type, reason, message }: Verdict): void {
    backoff.forget(job.metadata.uid);
    if (type === "SuccessCriteriaMet") events.event({ object: job }, "Normal", "Completed", "Job completed");
    else events.event({ object: job }, "Warning", reason, message);
  }

  /** Pods whose Job is gone, or that are nobody's any longer, are not counted. */
  const strays = workQueue(context, async (key) => {
    const pod = client.get<Pod>("pods", objectKey(key));
    if (!pod || !isTracked(pod)) return;
    const controller = controllerOf(pod);
    const job =
      controller?.kind === "Job"
        ? client.get<Job>("jobs.batch", { namespace: pod.metadata.namespace ?? "", name: controller.name })
        : undefined;
    if (job && job.metadata.uid === controller?.uid && !isOver(job)) return;
    await release(context, pod);
  });

  const stops = [
    client.watch<Job>("jobs.batch", ({ type, object }) => {
      queue.add(queueKey(object));
      if (type === "DELETED") for (const pod of pods.ownedBy(object.metadata.uid)) strays.add(queueKey(pod));
    }),
    client.watch<Pod>("pods", (event) => {
      const keys = pods.concerned(event);
      keys.forEach(queue.add);
      if (event.type !== "DELETED" && isTracked(event.object)) strays.add(queueKey(event.object));
    }),
  ];
  return () => [...stops, pods.stop, queue.stop, strays.stop].forEach((stop) => stop());
};

/** A Job starts when it is first seen, unless it is suspended. */
function started(job: Job, now: number): Job {
  if (job.status?.startTime || specOf(job).suspend) return job;
  return { ...job, status: { ...job.status, startTime: timestamp(now) } };
}

const suspendedCondition = (conditions: JobCondition[], suspend: boolean, now: number) =>
  setJobCondition(
    conditions,
    suspend
      ? { type: "Suspended", status: "True", reason: "JobSuspended", message: "Job suspended" }
      : { type: "Suspended", status: "False", reason: "JobResumed", message: "Job resumed" },
    now,
  );

const final = ({ type, reason, message }: Verdict) => ({
  type: type === "SuccessCriteriaMet" ? "Complete" : "Failed",
  status: "True",
  reason,
  message,
});
