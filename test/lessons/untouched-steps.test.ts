import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deedsOf } from "../../src/checks/rights.ts";
import { examineStep } from "../../src/checks/run.ts";
import { loadCourse } from "../../src/course/course.ts";
import type { Check, Step } from "../../src/course/lesson.ts";
import { startText } from "../../src/course/scaffold.ts";
import { writeAtomically } from "../../src/course/text-file.ts";
import { connectKube, Kube } from "../../src/kube/kube.ts";
import { loadConfig, openTransport } from "../../src/kube/transport.ts";
import { type Prepared, prepareStep } from "../../src/steps/prepare.ts";
import type { Workshop } from "../../src/steps/actions.ts";
import { type PracticeCluster, startPracticeCluster } from "../helpers/practice-cluster.ts";

const course = await loadCourse(new URL("../../lessons", import.meta.url).pathname);
const steps = course.steps.filter(({ start }) => start.cluster === "full");

let cluster: PracticeCluster;
let workshop: Workshop;
const seen = { requests: 0, waits: 0 };

beforeAll(async () => {
  cluster = await startPracticeCluster({ speed: 20 });
  const { server, send } = openTransport(loadConfig(cluster));
  const kube = new Kube({
    server,
    namespace: "default",
    send: (request) => {
      seen.requests++;
      return send(request);
    },
    exec: (request) => {
      seen.requests++;
      return connectKube({ ...cluster, namespace: "default" }).exec(request);
    },
  });
  const workspace = await mkdtemp(join(tmpdir(), "workspace-"));
  const { clock, kubectl } = cluster;
  workshop = {
    course,
    language: "ja",
    target: cluster,
    namespace: "default",
    workspace,
    kube: () => Promise.resolve(kube),
    kubectl: (args) => kubectl(args, workspace),
    clock: {
      now: () => clock.now(),
      sleep: (milliseconds) => {
        seen.waits++;
        return clock.sleep(milliseconds);
      },
    },
  };
});

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await rm(workshop.workspace, { recursive: true, force: true });
});

describe.each(steps.map((step) => ({ id: step.id, step })))("$id", ({ step }) => {
  test("is judged at once, with no more requests than its checks need, before it is touched", async () => {
    const { snapshot } = await begin(step);
    // Prometheus that was just started has nothing to tell yet.
    if (step.checks.some(({ type }) => type.startsWith("prometheus-"))) await examineStep(step, workshop, { snapshot });
    Object.assign(seen, { requests: 0, waits: 0 });
    await examineStep(step, workshop, { snapshot });
    // A command in a container that fails is given two seconds: rules may be on their way to the nodes.
    const runsCommands = step.checks.some(({ type }) => type === "exec-output");
    expect(seen.waits).toBeLessThanOrEqual(runsCommands ? 7 : 0);
    expect(seen.requests).toBeLessThanOrEqual(Math.max(3, sum(step.checks.map(requestsFor))) * (seen.waits + 1));
  });
});

test.each(steps.filter(({ start }) => start.break.length === 0))("$id finds nothing to do when it is prepared again", async (step) => {
  await begin(step);
  const { did, unready } = await prepareStep(step, workshop);
  expect({ did, unready }).toEqual({ did: [], unready: [] });
});

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** Mostly one for the object, and a few to tell what is wrong with it; those that look at several things name them. */
function requestsFor({ type, args }: Check): number {
  const { allowed = [], denied = [] } = args as { allowed?: string[]; denied?: string[] };
  if (type === "rbac-can") return [...allowed, ...denied].flatMap(deedsOf).length + 2;
  const named = Object.values(args).map((value) => (Array.isArray(value) ? value.length : 0));
  return Math.max(3, Number(args["tries"] ?? 0) + 1, sum(named));
}

async function begin(step: Step): Promise<Prepared> {
  for (const use of step.start.files) {
    await writeAtomically(join(workshop.workspace, use.file), await startText(course, use, "ja"));
  }
  return prepareStep(step, workshop);
}
