import { describe, expect, it } from "vitest";
import { nodesOf } from "../../src/clusters/kind-config.ts";
import { parseYaml } from "../../src/course/yaml-source.ts";

const read = (text: string) => nodesOf(parseYaml(text)[0]?.value);

describe("the nodes of a kind configuration", () => {
  it("have their roles, images and labels, which are text", () => {
    expect(read("nodes:\n- role: control-plane\n  image: a@sha256:1\n- role: worker\n  labels: { tier: 2 }\n")).toEqual([
      { role: "control-plane", image: "a@sha256:1" },
      { role: "worker", labels: { tier: "2" } },
    ]);
  });

  it("are one control plane where the file says nothing, as kind has it", () => {
    expect(read("kind: Cluster\n")).toEqual([{ role: "control-plane" }]);
    expect(read("nodes: []\n")).toEqual([{ role: "control-plane" }]);
    expect(read("nodes:\n-\n- role:\n- role: worker\n").map(({ role }) => role)).toEqual([
      "control-plane",
      "control-plane",
      "worker",
    ]);
  });
});
