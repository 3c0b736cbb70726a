import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Place, verifyStep } from "../../src/checks/run.ts";
import { loadCourse } from "../../src/course/course.ts";
import { ClusterUnreachable } from "../../src/kube/api-error.ts";

const course = await loadCourse(new URL("../../lessons", import.meta.url).pathname);

let place: Place;

beforeAll(async () => {
  const workspace = await mkdtemp(join(tmpdir(), "checks-"));
  const version = { clientVersion: { gitVersion: "v1.34.4" }, kustomizeVersion: "v5.7.1" };
  place = {
    course,
    workspace,
    namespace: "default",
    target: { kubeconfig: join(workspace, "kubeconfig"), context: "none" },
    kube: () => Promise.reject(new ClusterUnreachable("https://127.0.0.1:1", "ECONNREFUSED")),
    kubectl: async () => ({ exitCode: 0, stdout: JSON.stringify(version), stderr: "" }),
    clock: { now: () => 0, sleep: () => Promise.reject(new Error("nothing is under way")) },
  };
});

afterAll(() => rm(place.workspace, { recursive: true, force: true }));

async function verify(id: string, language: "en" | "ja", answer?: string) {
  const step = course.step(id);
  const text = (await course.text(step.lesson, language)).steps.find(({ name }) => name === step.name)!;
  return verifyStep(step, place, text, language, answer === undefined ? {} : { answer });
}

describe("without a cluster", () => {
  test("a step that needs none is judged; what only the cluster knows is passed over", async () => {
    expect(await verify("setup/tools/versions", "en", "1.34.4")).toMatchObject({ passed: true });
    expect(await verify("setup/tools/versions", "en", "v5.7.1")).toMatchObject({
      passed: false,
      checks: [{ code: "wrong", why: "that is Kustomize, built into kubectl; read the line `Client Version`" }],
    });
    expect(await verify("setup/tools/versions", "ja", "v1.24.0")).toMatchObject({ checks: [{ actual: "v1.24.0" }] });
  });

  test("a step that needs one says so instead of failing", async () => {
    await expect(verify("setup/cluster/trial", "en", "6443")).rejects.toThrow(ClusterUnreachable);
  });
});

test("a choice is explained by its own words, and the right one is not given away", async () => {
  const { passed, checks } = await verify("deployments/scale/predict", "ja", " b ");
  expect({ passed, code: checks[0]?.code, why: checks[0]?.why }).toEqual({
    passed: false,
    code: "wrong",
    why: "`replicas` は Pod の template の一部ではありません。新しいバージョンはできないので、入れ替えも起きません。",
  });
  expect(Object.values(checks[0]!.fields)).not.toContain("A");
  expect(await verify("deployments/scale/predict", "ja", "Z")).toMatchObject({ checks: [{ code: "no-option" }] });
});
