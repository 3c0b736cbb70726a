import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeOpenapiV2 } from "../../src/simulator/protobuf/openapi-v2.ts";
import { kubectlBinary } from "../helpers/kubectl.ts";

const gvk = { group: "example.com", version: "v1", kind: "Boat" };
const operation = (action: string) => ({
  consumes: ["application/json"],
  produces: ["application/json"],
  operationId: `${action}Boat`,
  parameters: [
    { $ref: "#/parameters/name" },
    { in: "query", name: "dryRun", type: "string", uniqueItems: true },
    { in: "body", name: "body", required: true, schema: { $ref: "#/definitions/com.example.v1.Boat" } },
  ],
  responses: { 200: { description: "OK", schema: { $ref: "#/definitions/com.example.v1.Boat" } } },
  security: [{ BearerToken: [] }],
  "x-kubernetes-action": action,
  "x-kubernetes-group-version-kind": gvk,
});

const swagger = {
  swagger: "2.0",
  info: { title: "Boats", version: "v1" },
  paths: { "/apis/example.com/v1/boats/{name}": { patch: operation("patch"), put: operation("put") } },
  parameters: { name: { in: "path", name: "name", type: "string", required: true, uniqueItems: true } },
  securityDefinitions: { BearerToken: { type: "apiKey", name: "authorization", in: "header" } },
  definitions: {
    "com.example.v1.Boat": {
      description: "Boat floats – when built well.",
      type: "object",
      required: ["sails"],
      "x-kubernetes-group-version-kind": [gvk],
      properties: {
        sails: { type: "integer", format: "int32", minimum: 1, maximum: 3.5, description: "How many sails." },
        crew: {
          type: "array",
          description: "Who sails.",
          items: { $ref: "#/definitions/com.example.v1.Sailor" },
          "x-kubernetes-patch-merge-key": "name",
        },
        labels: { type: "object", additionalProperties: { type: "string" }, default: { a: "b" } },
      },
    },
    "com.example.v1.Sailor": { type: "object", properties: { name: { type: "string", enum: ["Ann", "Bo"] } } },
  },
};

/** Legacy discovery of one resource. */
const discovery: Record<string, object> = {
  "/api": { kind: "APIVersions", versions: [] },
  "/apis": {
    kind: "APIGroupList",
    apiVersion: "v1",
    groups: [
      {
        name: "example.com",
        versions: [{ groupVersion: "example.com/v1", version: "v1" }],
        preferredVersion: { groupVersion: "example.com/v1", version: "v1" },
      },
    ],
  },
  "/apis/example.com/v1": {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: "example.com/v1",
    resources: [{ name: "boats", singularName: "boat", namespaced: false, kind: "Boat", verbs: ["get", "create"] }],
  },
};

describe("OpenAPI v2 as protobuf", () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = request.url!.replace(/\?.*/, "");
      if (path === "/openapi/v2") return response.end(encodeOpenapiV2(swagger));
      response.writeHead(discovery[path] ? 200 : 404, { "Content-Type": "application/json" });
      response.end(JSON.stringify(discovery[path] ?? {}));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  const kubectl = async (args: string[], input = "") => {
    const options = [`--server=http://127.0.0.1:${(server.address() as AddressInfo).port}`, "--cache-dir=/nonexistent"];
    return execa(await kubectlBinary("1.28"), [...options, ...args], { extendEnv: false, input, reject: false });
  };

  it("is what an old kubectl explains", async () => {
    const { stdout } = await kubectl(["explain", "boats", "--output=plaintext-openapiv2"]);
    expect(stdout).toContain("Boat floats – when built well.");
    expect(stdout).toMatch(/crew\t<\[\]Object>\s+Who sails\./);
    expect(stdout).toMatch(/labels\t<map\[string\]string>/);
    expect(stdout).toMatch(/sails\t<integer> -required-\s+How many sails\./);
  });

  it("is what an old kubectl validates by", async () => {
    const boat = { apiVersion: "example.com/v1", kind: "Boat", metadata: { name: "b" }, sails: "two", crew: [{ nam: "Ann" }] };
    const { stderr } = await kubectl(["create", "-f", "-", "--dry-run=client"], JSON.stringify(boat));
    expect(stderr).toContain(
      'ValidationError(Boat.sails): invalid type for com.example.v1.Boat.sails: got "string", expected "integer"',
    );
    expect(stderr).toContain('unknown field "nam" in com.example.v1.Sailor');
  });

  it("refuses a key that has no place in the format", () => {
    expect(() => encodeOpenapiV2({ definitions: { A: { oneOf: [] } } })).toThrow("OpenAPI v2 has no place for oneOf");
  });
});
