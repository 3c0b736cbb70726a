import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCourse } from "../../src/course/course.ts";
import { readIfThere } from "../../src/course/text-file.ts";
import { connectKube, type Kube } from "../../src/kube/kube.ts";
import type { Workshop } from "../../src/steps/actions.ts";
import { trialsOf, tryStep } from "../../src/steps/trial.ts";
import { type PracticeCluster, startPracticeCluster } from "../helpers/practice-cluster.ts";

const course = await loadCourse(new URL("../../lessons", import.meta.url).pathname);

const SPEED = 10;

/** A learner's folder and cluster, which lessons may replace. */
let workspace: string;
let cluster: { nodes: number; running: PracticeCluster; kube: Kube } | undefined;

const workshop: Workshop = {
  course,
  language: "en",
  namespace: "default",
  get workspace() {
    return workspace;
  },
  get target() {
    return cluster!.running;
  },
  get clock() {
    return cluster!.running.clock;
  },
  kube: () => Promise.resolve(cluster!.kube),
  kubectl: (args) => cluster!.running.kubectl(args, workspace),
  stay: (args) => cluster!.running.stay(args, workspace),
  async cluster(what) {
    const nodes = what === "trial" ? 1 : what === "full" ? 4 : await nodesInFile();
    if (what !== "create" && nodes === cluster?.nodes) return;
    await stop();
    const running = await startPracticeCluster({ nodes, speed: SPEED });
    cluster = { nodes, running, kube: connectKube({ ...running, namespace: "default" }) };
  },
};

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), "workspace-"));
  await workshop.cluster?.("trial");
});

afterAll(async () => {
  await stop();
  await rm(workspace, { recursive: true, force: true });
});

const judged = course.steps.filter(({ checks }) => checks.length > 0);

describe.each(judged.map((step) => ({ id: step.id, step })))("$id", ({ step }) => {
  test.each(trialsOf(step))("$id must $must", async (trial) => {
    const { faults, commands } = await tryStep(step, trial, workshop);
    const said = commands.filter(({ exitCode }) => exitCode !== 0).map(({ stderr }) => stderr);
    expect({ faults, said }).toMatchObject({ faults: [] });
  });
});

async function nodesInFile(): Promise<number> {
  const file = load((await readIfThere(join(workspace, "cluster.yml"))) ?? "") as { nodes: unknown[] };
  return file.nodes.length;
}

async function stop(): Promise<void> {
  await cluster?.running[Symbol.asyncDispose]();
  cluster = undefined;
}
