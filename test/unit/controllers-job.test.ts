import { afterEach, describe, expect, test } from "vitest";
import { timestamp } from "../../src/simulator/api/object.ts";
import { formatIndexes, parseIndexes } from "../../src/simulator/controllers/job/indexes.ts";
import type { Job } from "../../src/simulator/controllers/job/job-pods.ts";
import { jobController } from "../../src/simulator/controllers/job/job.ts";
import type { Pod } from "../../src/simulator/controllers/pod-state.ts";
import { type Rig, runPods, startControllers } from "../helpers/controller-rig.ts";

const key = { namespace: "default", name: "job" };
let rig: Rig;
afterEach(() => rig.stop());

const job = () => rig.client.get<Job>("jobs.batch", key) as Job;
const pods = () => rig.client.list<Pod>("pods");
const running = () => pods().filter((pod) => pod.status?.phase === "Running" && !pod.metadata.deletionTimestamp);
const conditions = () =>
  job().status?.conditions?.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);

async function start(spec: object) {
  rig = await startControllers(jobController);
  runPods(rig);
  await rig.client.create<Job>("jobs.batch", {
    metadata: key,
    spec: {
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      completionMode: "NonIndexed",
      podReplacementPolicy: "TerminatingOrFailed",
      template: {
        metadata: { labels: { job: "job" } },
        spec: { restartPolicy: "Never", containers: [{ name: "c", image: "i" }] },
      },
      ...spec,
    },
  });
  await rig.settle();
}
async function finish(pod: Pod | undefined, phase: "Succeeded" | "Failed", exitCode = 0) {
  const containerStatuses = [{ name: "c", state: { terminated: { exitCode, finishedAt: timestamp(rig.clock.now()) } } }];
  await rig.patch("pods", pod?.metadata.name ?? "", { status: { phase, conditions: null, containerStatuses } });
  await rig.settle();
}

describe("jobs", () => {
  test("run a pod, count its success, and end as upstream's do", async () => {
    await start({});
    expect(pods()[0]?.metadata.finalizers).toEqual(["batch.kubernetes.io/job-tracking"]);
    expect(job().status).toEqual({
      active: 1,
      ready: 1,
      startTime: "2026-01-01T00:00:00Z",
      terminating: 0,
      uncountedTerminatedPods: {},
    });
    await finish(running()[0], "Succeeded");
    expect(job().status).toMatchObject({
      ready: 0,
      succeeded: 1,
      terminating: 0,
      uncountedTerminatedPods: {},
      completionTime: expect.any(String),
    });
    expect(job().status).not.toHaveProperty("active");
    expect(conditions()).toEqual([
      "SuccessCriteriaMet=True CompletionsReached: Reached expected number of succeeded pods",
      "Complete=True CompletionsReached: Reached expected number of succeeded pods",
    ]);
    expect(pods()[0]?.metadata.finalizers).toBeUndefined();
    expect(rig.events.map((event) => event.replace(/job-\w+$/, "POD"))).toEqual([
      "SuccessfulCreate: Created pod: POD",
      "Completed: Job completed",
    ]);
    expect(rig.errors).toEqual([]);
  });

  test("wait longer after each failure, and give up at the backoff limit", async () => {
    await start({ backoffLimit: 2 });
    await finish(running()[0], "Failed", 1);
    expect(running()).toHaveLength(0);
    await rig.clock.step(10_000);
    await rig.settle();
    await finish(running()[0], "Failed", 1);
    await rig.clock.step(10_000);
    expect(running()).toHaveLength(0);
    await rig.clock.step(10_000);
    await rig.settle();
    await finish(running()[0], "Failed", 1);
    expect(conditions()).toEqual([
      "FailureTarget=True BackoffLimitExceeded: Job has reached the specified backoff limit",
      "Failed=True BackoffLimitExceeded: Job has reached the specified backoff limit",
    ]);
    expect(job().status?.failed).toBe(3);
    expect(rig.events.at(-1)).toBe("BackoffLimitExceeded: Job has reached the specified backoff limit");
  });

  test("indexed: each index once, its number in the pod, the done ones in the status", async () => {
    await start({ completions: 5, parallelism: 3, completionMode: "Indexed" });
    expect(pods()[1]).toMatchObject({
      metadata: {
        name: expect.stringMatching(/^job-1-/),
        labels: { "batch.kubernetes.io/job-completion-index": "1" },
        annotations: { "batch.kubernetes.io/job-completion-index": "1" },
      },
      spec: { hostname: "job-1", containers: [{ env: [{ name: "JOB_COMPLETION_INDEX" }] }] },
    });
    await finish(running()[0], "Succeeded");
    await finish(running()[0], "Succeeded");
    await finish(running()[0], "Succeeded");
    await finish(running()[1], "Succeeded");
    expect(job().status).toMatchObject({ completedIndexes: "0-2,4", succeeded: 4, active: 1 });
    await finish(running()[0], "Succeeded");
    expect(job().status).toMatchObject({ completedIndexes: "0-4", succeeded: 5 });
    expect(conditions()?.at(-1)).toMatch("Complete=True");
  });

  test("a deadline ends the pods and the job, counting them as failed", async () => {
    await start({ activeDeadlineSeconds: 60, parallelism: 2, completions: 2 });
    await rig.clock.step(61_000);
    await rig.settle();
    expect(conditions()).toEqual([
      "FailureTarget=True DeadlineExceeded: Job was active longer than specified deadline",
      "Failed=True DeadlineExceeded: Job was active longer than specified deadline",
    ]);
    expect(job().status).toMatchObject({ failed: 2, ready: 0 });
    expect(pods()).toEqual([]);
  });

  test("suspend ends the pods without counting them, resume starts the clock anew", async () => {
    await start({ parallelism: 2, completions: 2 });
    await rig.client.patch("jobs.batch", key, { spec: { suspend: true } });
    await rig.settle();
    expect(pods()).toEqual([]);
    expect(conditions()).toEqual(["Suspended=True JobSuspended: Job suspended"]);
    expect(job().status).not.toHaveProperty("failed");
    await rig.clock.step(100_000);
    await rig.client.patch("jobs.batch", key, { spec: { suspend: false } });
    await rig.settle();
    expect(conditions()).toEqual(["Suspended=False JobResumed: Job resumed"]);
    expect(running()).toHaveLength(2);
    expect(Date.parse(job().status?.startTime ?? "")).toBeGreaterThan(Date.parse(job().metadata.creationTimestamp) + 100_000);
    expect(rig.events.filter((event) => event.includes("Job "))).toEqual(["Suspended: Job suspended", "Resumed: Job resumed"]);
  });

  test("a failure policy fails the job at once, or lets a failure pass", async () => {
    const rule = (action: string, code: number) => ({
      action,
      onExitCodes: { containerName: "c", operator: "In", values: [code] },
    });
    await start({ podReplacementPolicy: "Failed", podFailurePolicy: { rules: [rule("Ignore", 7), rule("FailJob", 42)] } });
    await finish(running()[0], "Failed", 7);
    expect(job().status).not.toHaveProperty("failed");
    await rig.clock.step(10_000);
    await rig.settle();
    const [pod] = running();
    await finish(pod, "Failed", 42);
    expect(conditions()?.at(-1)).toBe(
      `Failed=True PodFailurePolicy: Container c for pod default/${pod?.metadata.name} failed with exit code 42 matching FailJob rule at index 1`,
    );
  });

  test("indexes fail on their own, up to a number of them", async () => {
    const rule = { action: "FailIndex", onExitCodes: { operator: "In", values: [42] } };
    const indexed = { completions: 4, parallelism: 4, completionMode: "Indexed", backoffLimit: 99, backoffLimitPerIndex: 1 };
    await start({ ...indexed, podReplacementPolicy: "Failed", podFailurePolicy: { rules: [rule] }, maxFailedIndexes: 2 });
    await finish(running()[0], "Failed", 42);
    expect(job().status).toMatchObject({ failedIndexes: "0", active: 3 });
    await finish(running()[0], "Failed", 1);
    expect(running()).toHaveLength(2);
    await rig.clock.step(10_000);
    await rig.settle();
    const again = running().find((pod) => pod.spec?.hostname === "job-1");
    expect(again?.metadata.annotations?.["batch.kubernetes.io/job-index-failure-count"]).toBe("1");
    await finish(again, "Failed", 1);
    expect(job().status).toMatchObject({ failedIndexes: "0,1", failed: 3 });
    for (const pod of running()) await finish(pod, "Succeeded");
    expect(job().status).toMatchObject({ completedIndexes: "2,3", succeeded: 2 });
    expect(conditions()?.at(-1)).toBe("Failed=True FailedIndexes: Job has failed indexes");
  });

  test("a success policy ends the job before all indexes are done", async () => {
    const rules = [{ succeededIndexes: "3" }, { succeededIndexes: "0-2", succeededCount: 2 }];
    await start({ completions: 4, parallelism: 3, completionMode: "Indexed", backoffLimit: 6, successPolicy: { rules } });
    await finish(running()[0], "Succeeded");
    expect(conditions()).toBeUndefined();
    await finish(running()[1], "Succeeded");
    expect(conditions()).toEqual([
      "SuccessCriteriaMet=True SuccessPolicy: Matched rules at index 1",
      "Complete=True SuccessPolicy: Matched rules at index 1",
    ]);
    expect(running()).toEqual([]);
    expect(job().status).not.toHaveProperty("failed");
  });

  test("a deleted job lets its pods go", async () => {
    await start({});
    await rig.client.delete("jobs.batch", key);
    await rig.settle();
    expect(pods()[0]?.metadata.finalizers).toBeUndefined();
  });

  test.each(["", "0", "0,1", "0-2,5,7-9"])("indexes %j read and written back", (text) => {
    expect(formatIndexes(parseIndexes(text))).toBe(text);
  });
});
