import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dump } from "js-yaml";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonPath } from "../../src/simulator/custom-resources/json-path.ts";
import { validateValue } from "../../src/simulator/custom-resources/validate-value.ts";
import { startPracticeCluster, type PracticeCluster } from "../helpers/practice-cluster.ts";

let cluster: PracticeCluster;
let folder: string;
beforeAll(async () => {
  cluster = await startPracticeCluster({ nodes: 1 });
  folder = await mkdtemp(join(tmpdir(), "custom-"));
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

const run = async (command: string) => {
  const { exitCode, stdout, stderr } = await cluster.kubectl(command.split(" "), folder);
  return { exitCode, said: `${stdout}${stderr}`.trim() };
};
async function kubectl(command: string): Promise<string> {
  const { exitCode, said } = await run(command);
  expect({ command, exitCode, said }).toEqual({ command, exitCode: 0, said });
  return said;
}
const file = async (name: string, object: object) => writeFile(join(folder, name), dump(object));

const hat = (name: string, spec: object, more: object = {}) => ({
  apiVersion: "shop.example.com/v1",
  kind: "Hat",
  metadata: { name, ...more },
  spec,
});

const schema = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      required: ["size"],
      properties: {
        size: { type: "integer", minimum: 40, maximum: 70 },
        brim: { type: "string", default: "wide", pattern: "^[a-z]+$" },
        copies: { type: "integer" },
      },
    },
    status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  },
};

const definition = (kind: string, plural: string, shortNames: string[]) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.shop.example.com` },
  spec: {
    group: "shop.example.com",
    scope: "Namespaced",
    names: { kind, plural, shortNames },
    versions: ["v1", "v1beta1"].map((name) => ({
      name,
      served: true,
      storage: name === "v1",
      schema: { openAPIV3Schema: schema },
      subresources: { status: {}, scale: { specReplicasPath: ".spec.copies", statusReplicasPath: ".status.copies" } },
      selectableFields: [{ jsonPath: ".spec.brim" }],
      additionalPrinterColumns: [
        { name: "Size", type: "integer", jsonPath: ".spec.size" },
        { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
      ],
    })),
  },
});

test("a kind is served from its definition until that is deleted, and its objects go with it", async () => {
  await file("crd.yml", definition("Hat", "hats", ["ht"]));
  await kubectl("apply -f crd.yml");
  await kubectl("wait crd/hats.shop.example.com --for=condition=Established --timeout=20s");
  await file("hat.yml", hat("bowler", { size: 58 }));
  expect(await kubectl("apply -f hat.yml")).toBe("hat.shop.example.com/bowler created");
  expect(await kubectl("get ht --field-selector=spec.brim=wide")).toMatch(/^NAME +SIZE +AGE\nbowler +58 +\d+[sm]/);
  expect(await kubectl("get hats.v1beta1.shop.example.com bowler -o jsonpath={.apiVersion},{.spec.brim}")).toBe(
    "shop.example.com/v1beta1,wide",
  );
  expect(await kubectl("explain hats.spec --recursive")).toMatch(/size\t<integer> -required-/);

  expect((await run('patch hat bowler --type=merge -p {"spec":{"size":90,"brim":"W1"}}')).said).toBe(
    [
      'The Hat "bowler" is invalid: ',
      "* spec.brim: Invalid value: \"W1\": spec.brim in body should match '^[a-z]+$'",
      "* spec.size: Invalid value: 90: spec.size in body should be less than or equal to 70",
    ].join("\n"),
  );
  await kubectl('patch hat bowler --subresource=status --type=merge -p {"status":{"copies":2},"spec":{"size":41}}');
  await kubectl("scale hat bowler --replicas=3");
  expect(await kubectl("get hat bowler -o jsonpath={.spec.size},{.spec.copies},{.status.copies},{.metadata.generation}")).toBe(
    "58,3,2,2",
  );
  await file("apply.yml", hat("bowler", { size: 60 }));
  expect((await run("apply --server-side --field-manager=other -f apply.yml")).said).toContain(
    'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using shop.example.com/v1: .spec.size',
  );

  expect(await kubectl("delete crd hats.shop.example.com")).toContain("deleted");
  expect((await run("get hats")).exitCode).toBe(1);
  await kubectl("apply -f crd.yml");
  await kubectl("wait crd/hats.shop.example.com --for=condition=Established --timeout=20s");
  expect(await kubectl("get hats")).toBe("No resources found in default namespace.");
  expect(cluster.reports).toEqual([]);
});

test("a definition that is deleted waits for the finalizers of its objects, and takes no new ones", async () => {
  const [bags, bag] = [
    "bags.shop.example.com",
    { ...hat("held", { size: 50 }, { finalizers: ["example.com/hold"] }), kind: "Bag" },
  ];
  await file("bags.yml", definition("Bag", "bags", []));
  await file("held.yml", bag);
  await file("late.yml", { ...hat("late", { size: 50 }), kind: "Bag" });
  await kubectl("apply -f bags.yml");
  await kubectl(`wait crd/${bags} --for=condition=Established --timeout=20s`);
  await kubectl("apply -f held.yml");
  await kubectl(`delete crd ${bags} --wait=false`);
  await kubectl(`wait crd/${bags} --for=condition=Terminating --timeout=20s`);
  expect((await run("create -f late.yml")).said).toContain("create not allowed while custom resource definition is terminating");
  await kubectl('patch bag held --type=merge -p {"metadata":{"finalizers":null}}');
  await kubectl(`wait crd/${bags} --for=delete --timeout=20s`);
});

test("a definition whose names are taken waits until they are free", async () => {
  await file("first.yml", definition("Coat", "coats", ["co"]));
  await file("second.yml", definition("Cowl", "cowls", ["co"]));
  await kubectl("apply -f first.yml");
  await kubectl("wait crd/coats.shop.example.com --for=condition=Established --timeout=20s");
  await kubectl("apply -f second.yml");
  await kubectl("wait crd/cowls.shop.example.com --for=condition=NamesAccepted=false --timeout=20s");
  expect(
    await kubectl('get crd cowls.shop.example.com -o jsonpath={.status.conditions[?(@.type=="NamesAccepted")].message}'),
  ).toBe('"co" is already in use');
  await kubectl("delete crd coats.shop.example.com");
  await kubectl("wait crd/cowls.shop.example.com --for=condition=Established --timeout=20s");
});

test("values are refused in upstream's words", () => {
  const refusals = (value: unknown, own: Parameters<typeof validateValue>[1]) =>
    validateValue(value, { type: "object", properties: { a: own } }).map(({ field, message }) => `${field}: ${message}`);
  expect(refusals({ a: "x" }, { type: "integer" })).toEqual([
    'a: Invalid value: "string": a in body must be of type integer: "string"',
  ]);
  expect(refusals({ a: [1, 1] }, { type: "array", items: { type: "integer" }, "x-kubernetes-list-type": "set" })).toEqual([
    "a[1]: Duplicate value: 1",
  ]);
  expect(refusals({ a: {} }, { type: "object", oneOf: [{ required: ["b"] }, { required: ["c"] }] })).toEqual([
    '<nil>: Invalid value: "": "a" must validate one and only one schema (oneOf). Found none valid',
    "a.b: Required value",
  ]);
  expect(refusals({ a: [1, 2, 3] }, { type: "array", items: { type: "integer" }, maxItems: 2 })).toEqual([
    "a: Too many: 3: must have at most 2 items",
  ]);
  expect(refusals({ a: null }, { type: "string", nullable: true })).toEqual([]);
});

test("columns find what their paths name", () => {
  const object = {
    metadata: { labels: { "app.kubernetes.io/name": "web" } },
    status: {
      conditions: [
        { type: "Ready", status: "True" },
        { type: "Live", status: "False" },
      ],
    },
  };
  expect(jsonPath('.status.conditions[?(@.type=="Live")].status')?.(object)).toEqual(["False"]);
  expect(jsonPath(".metadata.labels.app\\.kubernetes\\.io/name")?.(object)).toEqual(["web"]);
  expect(jsonPath(".status.conditions[-1].type")?.(object)).toEqual(["Live"]);
  expect(jsonPath(".status.absent[0]")?.(object)).toEqual([]);
  expect(jsonPath("status")).toBeUndefined();
});
