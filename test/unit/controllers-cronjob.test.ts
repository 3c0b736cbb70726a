import { afterEach, describe, expect, test } from "vitest";
import { type CronJob, cronJobController } from "../../src/simulator/controllers/cronjob/cronjob.ts";
import { lastDue, parseSchedule } from "../../src/simulator/controllers/cronjob/schedule.ts";
import type { Job } from "../../src/simulator/controllers/job/job-pods.ts";
import { jobController } from "../../src/simulator/controllers/job/job.ts";
import type { Pod } from "../../src/simulator/controllers/pod-state.ts";
import { type Rig, runPods, startControllers } from "../helpers/controller-rig.ts";

let rig: Rig;
afterEach(() => rig?.stop());

const cron = () => rig.client.get<CronJob>("cronjobs.batch", { namespace: "default", name: "tick" }) as CronJob;
const jobs = () => rig.client.list<Job>("jobs.batch").map(({ metadata }) => metadata.name);
const containers = [{ name: "c", image: "i" }];

async function start(spec: object = {}) {
  rig = await startControllers(cronJobController, jobController);
  runPods(rig);
  await rig.make<CronJob>("cronjobs.batch", {
    metadata: { name: "tick" },
    spec: {
      schedule: "*/5 * * * *",
      jobTemplate: {
        metadata: { labels: { from: "cron" } },
        spec: { template: { spec: { restartPolicy: "Never", containers } } },
      },
      ...spec,
    },
  });
  await rig.settle();
}
async function pass(minutes: number) {
  await rig.clock.step(minutes * 60_000);
  await rig.settle();
}
async function finishPods() {
  for (const { metadata, status } of rig.client.list<Pod>("pods")) {
    if (status?.phase === "Running") await rig.patch("pods", metadata.name, { status: { phase: "Succeeded" } });
  }
  await rig.settle();
}

describe("cron jobs", () => {
  test("start a job when it is due, follow it, and keep as many as the history allows", async () => {
    await start({ successfulJobsHistoryLimit: 1, timeZone: "Asia/Tokyo" });
    expect(jobs()).toEqual([]);
    await pass(5);
    const minute = Date.UTC(2026, 0, 1, 0, 5) / 60_000;
    expect(jobs()).toEqual([`tick-${minute}`]);
    expect(rig.client.list<Job>("jobs.batch")[0]?.metadata).toMatchObject({
      labels: { from: "cron" },
      annotations: { "batch.kubernetes.io/cronjob-scheduled-timestamp": "2026-01-01T09:05:00+09:00" },
      ownerReferences: [{ kind: "CronJob", name: "tick", controller: true }],
    });
    expect(cron().status).toMatchObject({
      active: [{ kind: "Job", name: `tick-${minute}` }],
      lastScheduleTime: "2026-01-01T00:05:00Z",
    });
    await finishPods();
    expect(cron().status).not.toHaveProperty("active");
    expect(cron().status?.lastSuccessfulTime).toBeDefined();
    await pass(5);
    await finishPods();
    expect(jobs()).toEqual([`tick-${minute + 5}`]);
    expect(rig.events.filter((event) => event.includes("tick-") && !event.includes("pod"))).toEqual([
      `SuccessfulCreate: Created job tick-${minute}`,
      `SawCompletedJob: Saw completed job: tick-${minute}, condition: Complete`,
      `SuccessfulCreate: Created job tick-${minute + 5}`,
      `SuccessfulDelete: Deleted job tick-${minute}`,
      `SawCompletedJob: Saw completed job: tick-${minute + 5}, condition: Complete`,
    ]);
  });

  test("forbid, replace or allow a job beside one that still runs", async () => {
    await start({ concurrencyPolicy: "Forbid" });
    await pass(10);
    expect(jobs()).toHaveLength(1);
    expect(rig.events.at(-1)).toMatch(/^JobAlreadyActive: Not starting job because prior execution is running/);
    await rig.patch("cronjobs.batch", "tick", { spec: { concurrencyPolicy: "Replace" } });
    await pass(5);
    expect(jobs()).toHaveLength(1);
    await rig.patch("cronjobs.batch", "tick", { spec: { concurrencyPolicy: "Allow" } });
    await pass(5);
    expect(jobs()).toHaveLength(2);
  });

  test("start nothing while suspended, nor what is later than the deadline", async () => {
    await start({ suspend: true, startingDeadlineSeconds: 30 });
    await pass(12);
    await rig.patch("cronjobs.batch", "tick", { spec: { suspend: false } });
    await rig.settle();
    expect(jobs()).toEqual([]);
    await pass(3);
    expect(jobs()).toHaveLength(1);
  });

  test("know the last time they were due, however long ago", () => {
    const daily = parseSchedule("30 2 * * *", "Europe/Berlin");
    const [from, now] = [Date.UTC(2025, 0, 1), Date.UTC(2026, 6, 1, 12)];
    expect(lastDue(daily, from, now)).toEqual({ due: Date.UTC(2026, 6, 1, 0, 30), tooMany: true });
    expect(lastDue(daily, now, now + 1000)).toEqual({ tooMany: false });
    expect(parseSchedule("@every 1h30m").after(from)).toBe(from + 5_400_000);
    expect(parseSchedule("@hourly").after(from + 1)).toBe(from + 3_600_000);
    expect(parseSchedule("0 0 31 2 *").after(from)).toBeUndefined();
    expect(parseSchedule("0 0 13 * 5").after(Date.UTC(2026, 1, 1))).toBe(Date.UTC(2026, 1, 6));
  });
});
