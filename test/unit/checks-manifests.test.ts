import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CheckContext, Outcome } from "../../src/checks/check.ts";
import { manifestAccepted } from "../../src/checks/manifest-accepted.ts";
import { manifestField } from "../../src/checks/manifest-field.ts";
import { Manifests } from "../../src/checks/manifest.ts";
import { solved, withBlanks } from "../../src/course/blanks.ts";
import { loadCourse } from "../../src/course/course.ts";

const course = await loadCourse(new URL("../../lessons", import.meta.url).pathname);
const [appYml, clusterYml] = await Promise.all(["app.yml", "cluster.yml"].map((name) => course.manifest(name)));

let dir: string;
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), "checks-"))));
afterAll(() => rm(dir, { recursive: true, force: true }));

async function context(file: string, text: string): Promise<CheckContext> {
  await writeFile(join(dir, file), text);
  return { manifests: new Manifests(dir) } as CheckContext;
}

/** What a check says of a text, in short: its code, line, and what it saw, in English. */
async function seen(look: (context: CheckContext, file: string) => Promise<Outcome>, text: string): Promise<string> {
  const outcome = await look(await context("file.yml", text), "file.yml");
  if (outcome.passed) return "passed";
  const [got, line] = [outcome.fields.got, outcome.fields["line"]].map((field) => (typeof field === "object" ? field.en : field));
  return `${outcome.code} ${line}: ${got}`;
}

const field = (args: Omit<Parameters<typeof manifestField.run>[1], "file">) => (text: string) =>
  seen((checking, file) => manifestField.run(checking, { file, ...args }), text);

const kind = (text: string) => seen((checking, file) => manifestAccepted.run(checking, { file, as: "kind-v1alpha4" }), text);

describe("a file that is no YAML", () => {
  const name = field({ path: "metadata.name", equals: "web" });

  test.each([
    ["\tkind: Pod\n", "not-yaml 1: line 1 starts with a TAB; YAML indents with spaces"],
    ["metadata:\n  name: web\n\tlabels: {}\n", "not-yaml 3: line 3 starts with a TAB; YAML indents with spaces"],
    ["metadata:\n　name: web\n", "not-yaml 2: line 2 starts with a full-width or no-break space; YAML indents with plain spaces"],
    ["metadata：\n  name: web\n", "not-yaml 1: line 1 has a full-width colon; YAML wants a plain one and a space"],
    ["kind:Pod\nmetadata: {}\n", "not-yaml 1: line 1 lacks the space after its colon"],
    ["metadata:\n  name: web\n   labels: {}\n", "not-yaml 3: line 3 is indented differently from its neighbours"],
    ["metadata:\n  name: web\nmetadata:\n  name: web\n", "not-yaml 3: line 3 repeats a key that is there already"],
    ['metadata:\n  name: "web\nkind: Pod\n', "not-yaml 2: line 2 opens a quote or a bracket and doesn't close it"],
    ["metadata:\n  name: web\nkind Pod\n", "not-yaml 3: line 3 lacks a colon after its key"],
    ["metadata:\n  name: web\n  labels: {\nkind: Pod\n", "not-yaml 3: line 3 opens a quote or a bracket and doesn't close it"],
    ["metadata: *web\n", 'not-yaml 1: line 1 is no YAML: unidentified alias "web"'],
    ["\n# nothing yet\n", "not-yaml 1: the file on disk is empty"],
  ])("%j", async (text, said) => {
    expect(await name(text)).toBe(said);
  });

  test("is no trouble when it only has a byte order mark and Windows' line ends", async () => {
    expect(await name("\uFEFFmetadata:\r\n  name: web\r\n")).toBe("passed");
  });

  test("is told from a file that isn't there", async () => {
    const outcome = await manifestField.run({ manifests: new Manifests(dir) } as CheckContext, {
      file: "none.yml",
      path: "kind",
    });
    expect(outcome).toMatchObject({ passed: false, code: "no-file", fields: { file: "none.yml" } });
  });
});

describe("a field of a manifest", () => {
  test.each([
    ["replicas: 2", "passed"],
    ["replicas: 4", "value 6: 4"],
    ['replicas: "2"', 'type 6: "2" is a string; remove the quotes'],
    ["replicas: # TODO how many?", "todo 6: TODO"],
    ["replica: 2", "missing 5: not there"],
    ["replicas:", "value 6: empty"],
  ])("equals 2 where the file says %j: %s", async (line, said) => {
    expect(await field({ path: "spec.replicas", equals: 2 })(solved(appYml!).replace("replicas: 2", line))).toBe(said);
  });

  test("compares two places before it compares with a value", async () => {
    const agree = field({
      path: "spec.template.metadata.labels.app",
      "same-as": "spec.selector.matchLabels.app",
      equals: "bootcamp",
    });
    expect(await agree(solved(appYml!))).toBe("passed");
    expect(await agree(solved(appYml!).replace("        app: bootcamp", "        app: bootcmp"))).toBe("different 13: bootcmp");
    expect(await agree(solved(appYml!).replaceAll("app: bootcamp", "app: web"))).toBe("value 13: web");
  });

  test("names the odd one out, also when it stands first", async () => {
    const same = field({ path: "nodes[*].image", "all-equal": true, matches: "@sha256:" });
    const image = "kindest/node:v1.36.4@sha256:099e049362a1526b2db71494e1947aae99bd16290d7c895f2b7ea312e3cbfaed";
    expect(await same(solved(clusterYml!).replace(image, "kindest/node:v1.36.4"))).toBe("different 5: kindest/node:v1.36.4");
    expect(await same(solved(clusterYml!).replaceAll(image, "kindest/node:v1.36.4"))).toBe("value 5: kindest/node:v1.36.4");
  });

  test("counts", async () => {
    const roles = field({ path: "nodes[*].role", multiset: { "control-plane": 1, worker: 3 } });
    expect(await roles(withBlanks(clusterYml!, "en"))).toBe("todo 6: TODO");
    expect(await roles(solved(clusterYml!).replace("worker", "control-plane"))).toBe("count 4: 2 control-plane + 2 worker");
    expect(await field({ path: "nodes", length: 4 })(solved(clusterYml!).replace(/ {2}- role: worker\n.*\n/, ""))).toBe(
      "count 3: 3",
    );
  });

  test("may have to be absent, in the document that is named", async () => {
    const absent = field({ document: "Pod/b", path: "spec.hostNetwork", absent: true });
    const two = "kind: Pod\nmetadata: { name: a }\nspec: { hostNetwork: true }\n---\nkind: Pod\nmetadata: { name: b }\n";
    expect(await absent(two)).toBe("passed");
    expect(await absent(`${two}spec: { hostNetwork: false }\n`)).toBe("value 7: false");
  });

  test("lists every line that still asks", async () => {
    const outcome = await manifestField.run(await context("app.yml", withBlanks(appYml!, "ja")), {
      file: "app.yml",
      "no-todo": true,
    });
    expect(outcome).toMatchObject({ code: "todo", fields: { where: "app.yml:1, 2, 6, 9, 13, 17, 19" } });
    expect(await field({ "no-todo": true })(solved(appYml!))).toBe("passed");
  });
});

describe("kind's reading of cluster.yml", () => {
  test.each([
    ["", "", "passed"],
    ["role: worker", "role: wroker", 'invalid 6: "wroker" is not a valid node role; there are control-plane, worker'],
    ["role: worker", "rol: worker", 'unknown-field 6: kind knows no field "rol" here; did you mean "role"?'],
    ["nodes:", "node:", 'unknown-field 3: kind knows no field "node" here; did you mean "nodes"?'],
    ["control-plane", "worker", "invalid 3: no node is a control-plane"],
    [
      "kind: Cluster",
      "kind: Node",
      'no-match 1: kind reads "kind: Cluster" of kind.x-k8s.io/v1alpha4, not kind: Node, apiVersion: kind.x-k8s.io/v1alpha4',
    ],
    ["nodes:\n", "nodes:\n  - extraPortMappings: [{ containerPort: a }]\n", "invalid 4: containerPort must be a number, not a"],
  ])("%j as %j: %s", async (from, to, said) => {
    expect(await kind(solved(clusterYml!).replace(from, to))).toBe(said);
  });

  test("takes a blank for its own default", async () => {
    expect(await kind(withBlanks(clusterYml!, "en"))).toBe("passed");
  });
});
