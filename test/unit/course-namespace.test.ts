import { describe, expect, it } from "vitest";
import { blanksOf, solved } from "../../src/course/blanks.ts";
import { loadCourse } from "../../src/course/course.ts";
import { manifestNames } from "../../src/course/manifest-names.ts";
import { parseYaml } from "../../src/course/yaml-source.ts";
import { knownResources, resourceNamed } from "../../src/kube/resources.ts";

const folder = new URL("../../lessons", import.meta.url).pathname;
const [own, borrowed] = await Promise.all([loadCourse(folder), loadCourse(folder, { namespace: "class-ana" })]);

interface Document {
  kind: string;
  metadata: { name: string; namespace?: string };
  roleRef?: { kind: string; name: string };
  subjects?: { name: string; namespace: string }[];
}

const documents = async (course: typeof own, name: string): Promise<Document[]> =>
  parseYaml(solved(await course.manifest(name)))
    .map(({ value }) => value as Document)
    .filter((document) => document?.metadata);

describe("a course in a borrowed namespace", () => {
  it("names nothing outside it that doesn't bear its name", async () => {
    for (const name of manifestNames(own.lessons)) {
      for (const { kind, metadata } of await documents(borrowed, name)) {
        const { namespaced = true } = resourceNamed(knownResources, kind) ?? {};
        const place = namespaced ? (metadata.namespace ?? "class-ana") : metadata.name;
        expect(place, `${name}: ${kind} ${metadata.name}`).toMatch(/^class-ana(-|$)/);
      }
    }
  });

  it("changes values alone: every line and every blank stays where it was", async () => {
    for (const name of manifestNames(own.lessons)) {
      const [before, after] = await Promise.all([own.manifest(name), borrowed.manifest(name)]);
      expect(blanksOf(after).map(({ line, question }) => [line, question])).toEqual(
        blanksOf(before).map(({ line, question }) => [line, question]),
      );
      const rest = (text: string): string => text.replaceAll(/class-ana-(?=\w)/g, "").replaceAll("class-ana", "default");
      expect(rest(after)).toBe(before);
    }
  });

  it("ties a role that it has prefixed to a binding and an account of that namespace", async () => {
    const [role, binding, account] = await documents(borrowed, "role-based-access-control.yml");
    expect(role).toMatchObject({ kind: "ClusterRole", metadata: { name: "class-ana-prometheus" } });
    expect(binding).toMatchObject({
      metadata: { name: "class-ana-prometheus" },
      roleRef: { kind: "ClusterRole", name: "class-ana-prometheus" },
      subjects: [{ kind: "ServiceAccount", name: "prometheus", namespace: "class-ana" }],
    });
    expect(account).toMatchObject({ kind: "ServiceAccount", metadata: { name: "prometheus" } });
  });

  it("speaks of the same names in checks, solutions and texts", async () => {
    const step = borrowed.step("services/reach-it/other-namespace");
    expect(step.checks[0]!.args["value"]).toBe("pods(app=bootcamp)@class-ana-neighbour[0].metadata.name");
    expect(step.start.objects.at(-1)).toEqual({ manifest: "neighbour.yml", replace: [] });
    const texts = await Promise.all(["services/reach-it", "monitoring/rbac"].map((lesson) => borrowed.text(lesson, "ja")));
    const words = JSON.stringify(texts);
    expect(words).toContain("kubectl get pods -n class-ana-neighbour");
    expect(words).toContain("kubectl describe clusterrolebinding class-ana-prometheus");
    const wrong = borrowed.step("monitoring/rbac/manifest").wrong.flatMap((attempt) => attempt.do);
    const replaced = wrong.flatMap((action) => (action.type === "write" ? action.replace.map(({ from }) => from) : []));
    expect(replaced).toContain("namespace: class-ana");
    expect(replaced).toContain("kind: ClusterRole\n  name: class-ana-prometheus");
  });

  it("finds every word that its lessons replace", async () => {
    const { replaceWords } = await import("../../src/course/blanks.ts");
    for (const step of borrowed.steps) {
      for (const action of [step.solution, ...step.wrong, ...step.routes].flatMap((attempt) => attempt.do)) {
        if (action.type !== "write" || action.form === "blanks") continue;
        const text = solved(await borrowed.manifest(action.from));
        const isSettled = action.replace.filter(({ from }) => !from.includes("{{"));
        expect(replaceWords(text, isSettled), `${step.id}: ${action.file}`).not.toHaveProperty("missing");
      }
    }
  });
});
