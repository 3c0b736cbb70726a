import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { aggregatedDiscovery, apiGroups, legacyDiscovery } from "../../src/simulator/schema/discovery.ts";
import { openapiV2 } from "../../src/simulator/schema/openapi-v2.ts";
import { openapi, openapiV3 } from "../../src/simulator/schema/openapi.ts";
import type { ResourceInfo } from "../../src/simulator/schema/resource-info.ts";
import { columnsOf, resourceInfos } from "../../src/simulator/schema/resource-info.ts";
import { loadSchemas } from "../../src/simulator/schema/schemas.ts";

const resources = resourceInfos();
const schemas = loadSchemas();

/** Of the recorded bodies these are the first 16 digits; a body that is equal to the byte has the same. */
const digest = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);

/** The recordings are without prose. */
const withoutProse = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, one) => (key === "description" && typeof one === "string" ? undefined : one)));

const RECORDED = {
  "api/v1": "9350fb150b93caef",
  "apis/admissionregistration.k8s.io/v1": "c7043005381734ff",
  "apis/apiextensions.k8s.io/v1": "b4f1c3078b0f6c8d",
  "apis/apiregistration.k8s.io/v1": "449b98c2f2ec6ae7",
  "apis/apps/v1": "b74807208fcf4dca",
  "apis/authentication.k8s.io/v1": "1b41d8f5ed2cff77",
  "apis/authorization.k8s.io/v1": "ccb440346864f75c",
  "apis/autoscaling/v1": "1bdda9a06d3be2b4",
  "apis/autoscaling/v2": "0fe59740766701fc",
  "apis/batch/v1": "918baa48f4c4840a",
  "apis/certificates.k8s.io/v1": "b14943b8de3fdeee",
  "apis/coordination.k8s.io/v1": "929845a338150476",
  "apis/discovery.k8s.io/v1": "32a4eafea9bca1ab",
  "apis/events.k8s.io/v1": "80245d81fda8335c",
  "apis/flowcontrol.apiserver.k8s.io/v1": "c6913b77f6641fc6",
  "apis/networking.k8s.io/v1": "aad5d75fec0367d0",
  "apis/node.k8s.io/v1": "5c33facad288dbdc",
  "apis/policy/v1": "b1a9203eaf7e30c0",
  "apis/rbac.authorization.k8s.io/v1": "36dd25253db3d7dc",
  "apis/resource.k8s.io/v1": "3bd3229e55be3e36",
  "apis/scheduling.k8s.io/v1": "145a451d04446ffb",
  "apis/storage.k8s.io/v1": "8db94c251d5df3be",
};

const shirts: ResourceInfo = {
  group: "stable.example.com",
  version: "v1",
  resource: "shirts",
  kind: "Shirt",
  singular: "shirt",
  namespaced: true,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  shortNames: ["sh"],
  categories: [],
  subresources: [],
};

describe("discovery", () => {
  it("aggregated is what the server said, to the byte", () => {
    expect(digest(aggregatedDiscovery(resources, true, "v2"))).toBe("62ba2c9c257d9b20");
    expect(digest(aggregatedDiscovery(resources, false, "v2"))).toBe("13d1ae1006950d3e");
  });

  it("legacy is what the server said, to the byte", () => {
    const paths = ["/api", "/apis", "/api/v1", ...apiGroups(resources).flatMap(groupPaths)];
    const bodies = Object.fromEntries(paths.map((path) => [path, legacyDiscovery(resources, path, "172.18.0.2:6443")]));
    expect(digest(bodies)).toBe("e01b8979c9aee238");
  });

  it("of a group names its versions, the preferred one first", () => {
    expect(legacyDiscovery(resources, "/apis/autoscaling", "")).toEqual({
      kind: "APIGroup",
      apiVersion: "v1",
      name: "autoscaling",
      versions: [
        { groupVersion: "autoscaling/v2", version: "v2" },
        { groupVersion: "autoscaling/v1", version: "v1" },
      ],
      preferredVersion: { groupVersion: "autoscaling/v2", version: "v2" },
    });
  });

  it("knows nothing at other paths", () => {
    for (const path of ["/apis/nope", "/apis/apps/v2", "/api/v2", "/apis/apps/v1/deployments", "/version"]) {
      expect(legacyDiscovery(resources, path, "")).toBeUndefined();
    }
  });

  it("puts custom groups behind the others, their newest stable version first", () => {
    const custom = ["v1alpha1", "v2", "v1beta2", "v10", "v1"].map((version) => ({ ...shirts, version }));
    const groups = apiGroups([{ ...shirts, group: "a.example.com" }, ...custom, ...resources]);
    expect(groups.map(({ group }) => group)).toEqual([
      ...apiGroups(resources).map(({ group }) => group),
      "a.example.com",
      "stable.example.com",
    ]);
    expect(groups.at(-1)?.versions).toEqual(["v10", "v2", "v1", "v1beta2", "v1alpha1"]);
  });
});

const groupPaths = ({ group, versions }: { group: string; versions: string[] }) =>
  group ? versions.map((version) => `/apis/${group}/${version}`) : [];

describe("schemas", () => {
  it("are there for every kind that is served", () => {
    expect(resources.filter((one) => schemas.forKind(one)?.["x-kubernetes-group-version-kind"] === undefined)).toEqual([]);
  });

  it("tell kinds of the same name apart", () => {
    const name = (group: string) => schemas.nameFor({ group, version: "v1", kind: "Event" });
    expect([name(""), name("events.k8s.io"), name("apps")]).toEqual([
      "io.k8s.api.core.v1.Event",
      "io.k8s.api.events.v1.Event",
      undefined,
    ]);
  });

  it("are resolved through references, keeping what stands beside them", () => {
    const spec = schemas.definition("io.k8s.api.apps.v1.DeploymentSpec");
    const strategy = schemas.resolve(spec!.properties!["strategy"]!);
    expect(strategy["x-kubernetes-patch-strategy"]).toBe("retainKeys");
    expect(Object.keys(strategy.properties!)).toEqual(["rollingUpdate", "type"]);
  });
});

describe("columns", () => {
  it("of pods are the server's, wide ones marked", () => {
    const columns = columnsOf({ group: "", version: "v1", resource: "pods" });
    expect(columns?.map(({ name, priority }) => `${name} ${priority}`)).toEqual([
      "Name 0",
      "Ready 0",
      "Status 0",
      "Restarts 0",
      "Age 0",
      "IP 1",
      "Node 1",
      "Nominated Node 1",
      "Readiness Gates 1",
    ]);
  });

  it("are there for everything that can be listed", () => {
    expect(resources.filter((one) => one.verbs.includes("list") && !columnsOf(one))).toEqual([]);
  });
});

describe("OpenAPI", () => {
  it.each(Object.entries(RECORDED))("v3 of %s is what the server said, but for the prose", (path, recorded) => {
    const [version = "", group = ""] = path.split("/").slice(1).toReversed();
    expect(digest(withoutProse(openapiV3(schemas, resources, group, version)))).toBe(recorded);
  });

  it("describes kinds and fields", () => {
    const { components } = openapiV3(schemas, resources, "apps", "v1");
    const spec = components.schemas["io.k8s.api.apps.v1.DeploymentSpec"];
    expect(components.schemas["io.k8s.api.apps.v1.Deployment"]?.description).toMatch(/^Deployment enables declarative updates/);
    expect(spec?.properties?.["replicas"]?.description).toMatch(/^Number of desired pods/);
    expect(spec?.properties?.["template"]?.description).toMatch(/^Template describes the pods/);
  });

  it("v2 has every path and definition of v3, with its own kind of references", () => {
    const { paths, definitions } = openapiV2(schemas, resources) as Record<string, Record<string, Record<string, unknown>>>;
    const documents = apiGroups(resources).flatMap(({ group, versions }) =>
      versions.map((version) => openapiV3(schemas, resources, group, version)),
    );
    expect(Object.keys(paths!).toSorted()).toEqual(documents.flatMap((one) => Object.keys(one.paths)).toSorted());
    expect(new Set(Object.keys(definitions!))).toEqual(new Set(documents.flatMap((one) => Object.keys(one.components.schemas))));
    expect(JSON.stringify(paths) + JSON.stringify(definitions)).not.toContain("#/components/");
    expect(definitions!["io.k8s.apimachinery.pkg.util.intstr.IntOrString"]).toMatchObject({
      type: "string",
      format: "int-or-string",
    });
  });

  it("names each document in the index by a hash that changes with custom resources", () => {
    const served = [...resources];
    const withShirts = loadSchemas();
    const api = openapi(withShirts, () => served);
    const before = JSON.parse(api.index().text) as { paths: Record<string, { serverRelativeURL: string }> };
    expect(Object.keys(before.paths)).toHaveLength(22);
    expect(before.paths["apis/apps/v1"]?.serverRelativeURL).toBe(
      `/openapi/v3/apis/apps/v1?hash=${api.document("apis/apps/v1")?.hash}`,
    );
    expect(api.document("apis/stable.example.com/v1")).toBeUndefined();

    served.push(shirts);
    withShirts.add(shirts, { type: "object", properties: { spec: { type: "object" } } });
    const first = api.document("apis/stable.example.com/v1");
    expect(Object.keys(JSON.parse(api.index().text).paths)).toHaveLength(23);
    expect(api.document("apis/stable.example.com/v1")).toBe(first);

    withShirts.add(shirts, { type: "object", properties: { spec: { type: "string" } } });
    expect(api.document("apis/stable.example.com/v1")?.hash).not.toBe(first?.hash);
  });

  it("offers no strategic merge for custom resources", () => {
    const withShirts = loadSchemas();
    withShirts.add(shirts, { type: "object", properties: { spec: { type: "object" } } });
    const { paths } = openapiV3(withShirts, [...resources, shirts], shirts.group, shirts.version);
    const { patch } = paths["/apis/stable.example.com/v1/namespaces/{namespace}/shirts/{name}"]!;
    expect(Object.keys(patch!.requestBody!.content)).toEqual([
      "application/apply-patch+yaml",
      "application/json-patch+json",
      "application/merge-patch+json",
    ]);
  });
});
