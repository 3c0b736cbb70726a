import { describe, expect, it } from "vitest";
import { readKindConfig } from "../../src/clusters/kind-config.ts";
import { parseYaml } from "../../src/course/yaml-source.ts";

const head = "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n";
const read = (body: string) => readKindConfig(parseYaml(head + body)[0]!);
const firstFault = (text: string) => {
  const reading = readKindConfig(parseYaml(text)[0]!);
  return "faults" in reading ? reading.faults[0] : undefined;
};

describe("a kind configuration", () => {
  it("gives the nodes, with images and labels", () => {
    expect(read("nodes:\n- role: control-plane\n  image: a@sha256:1\n- role: worker\n  labels: { tier: 2 }\n")).toEqual({
      nodes: [
        { role: "control-plane", image: "a@sha256:1" },
        { role: "worker", labels: { tier: "2" } },
      ],
    });
  });

  it("is one control plane where it says nothing, as kind has it", () => {
    expect(read("")).toEqual({ nodes: [{ role: "control-plane" }] });
    expect(read("nodes:\n- role:\n- role: worker\n")).toEqual({ nodes: [{ role: "control-plane" }, { role: "worker" }] });
  });

  it.each([
    ["apiVersion: kind.x-k8s.io/v1alpha3\nkind: Cluster\n", "no-match", 1, "unknown apiVersion: kind.x-k8s.io/v1alpha3"],
    [
      "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Clusters\n",
      "no-match",
      2,
      "unknown kind Clusters for apiVersion: kind.x-k8s.io/v1alpha4",
    ],
    ["nodes: []\n", "no-match", 1, "unknown apiVersion: "],
    [`${head}node: []\n`, "unknown-field", 3, "field node not found in type v1alpha4.Cluster"],
    [`${head}nodes:\n- rol: worker\n`, "unknown-field", 4, "field rol not found in type v1alpha4.Node"],
    [`${head}nodes:\n- role: wroker\n`, "invalid", 4, 'invalid configuration for node 0: "wroker" is not a valid node role'],
    [`${head}nodes:\n- role: worker\n`, "invalid", 3, "must have at least one control-plane node"],
    [`${head}nodes: four\n`, "invalid", 3, "cannot unmarshal !!str `four` into []v1alpha4.Node"],
    [`${head}nodes:\n- role: [worker]\n`, "invalid", 4, "cannot unmarshal !!seq into v1alpha4.NodeRole"],
    [`${head}networking:\n  apiServerPort: auto\n`, "invalid", 4, "cannot unmarshal !!str `auto` into int32"],
    [
      `${head}nodes:\n- extraPortMappings:\n  - hostPort: 70000\n`,
      "invalid",
      5,
      "invalid configuration for node 0: invalid hostPort: invalid port number: 70000",
    ],
  ])("is refused in kind's words: %j", (text, code, line, message) => {
    expect(firstFault(text)).toMatchObject({ code, line, message });
  });
});
