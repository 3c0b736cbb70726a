import type { PodSpec } from "kubernetes-types/core/v1";
import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../src/simulator/api/object.ts";
import { Random } from "../../src/simulator/random.ts";
import { evaluate } from "../../src/simulator/scheduler/decision.ts";
import { fitError } from "../../src/simulator/scheduler/fit-error.ts";
import { nodeInfo, withPod } from "../../src/simulator/scheduler/node-info.ts";
import type { Node, NodeInfo } from "../../src/simulator/scheduler/node-info.ts";
import type { Snapshot } from "../../src/simulator/scheduler/plugin.ts";
import type { Pod } from "../../src/simulator/scheduler/pod-requests.ts";
import { findPreemption } from "../../src/simulator/scheduler/preemption.ts";

const meta = (name: string, more: object = {}) => ({
  name,
  namespace: "default",
  uid: name,
  resourceVersion: "1",
  creationTimestamp: "2026-01-01T00:00:00Z",
  ...more,
});

const node = (
  name: string,
  { labels = {}, ...spec }: Partial<Node["spec"]> & { labels?: Record<string, string> } = {},
): Node => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: meta(name, { namespace: "", labels: { "kubernetes.io/hostname": name, ...labels } }),
  spec,
  status: { allocatable: { cpu: "4", memory: "8Gi", pods: "110" } },
});

const pod = (name: string, spec: Partial<PodSpec> & { labels?: Record<string, string>; owner?: string } = {}): Pod => {
  const { labels = {}, owner, ...rest } = spec;
  const ownerReferences = owner ? [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: owner, uid: owner, controller: true }] : [];
  const containers = [{ name: "c", image: "echo-server" }];
  return { apiVersion: "v1", kind: "Pod", metadata: meta(name, { labels, ownerReferences }), spec: { containers, ...rest } };
};

const asking = (cpu: string, memory = "1Mi"): Partial<PodSpec> => ({
  containers: [{ name: "c", image: "echo-server", resources: { requests: { cpu, memory } } }],
});

/** Objects besides nodes and pods, as the API would give them. */
const snapshot = (nodes: readonly NodeInfo[], objects: Record<string, KubeObject[]> = {}): Snapshot => ({
  nodes,
  read: {
    get: <T extends KubeObject>(resource: string, { name }: { name: string }) =>
      objects[resource]?.find((object) => object.metadata.name === name) as T | undefined,
    list: <T extends KubeObject>(resource: string) => (objects[resource] ?? []) as T[],
  },
});

const empty = (...nodes: Node[]): NodeInfo[] => nodes.map((one) => nodeInfo(one, []));

const controlPlane = node("control-plane", { taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }] });
const cluster = () => empty(controlPlane, node("worker"), node("worker2"), node("worker3"));

/** The words of the FailedScheduling event. */
function refusal(one: Pod, state: Snapshot): string {
  const { diagnosis } = evaluate(one, state);
  const found = findPreemption(one, state, diagnosis, []);
  const words = fitError(diagnosis.nodeCount, diagnosis.rejections.values(), diagnosis.reject);
  return "message" in found
    ? `${words} | ${found.message}`
    : `${words} | ${found.node}: ${found.victims.map(({ metadata }) => metadata.name).join(" ")}`;
}

const NO_HELP = "0/4 nodes are available: 4 Preemption is not helpful for scheduling.";
const TAINT = "1 node(s) had untolerated taint(s)";

describe("a pod that fits nowhere is told why, node by node", () => {
  test.each<[string, Partial<PodSpec>, string]>([
    ["more than a node has", asking("100", "1Ti"), `${TAINT}, 3 Insufficient cpu, 3 Insufficient memory. | ${NO_HELP}`],
    [
      "a label no node has",
      { nodeSelector: { disk: "ssd" } },
      `${TAINT}, 3 node(s) didn't match Pod's node affinity/selector. | ${NO_HELP}`,
    ],
    [
      "a node by name",
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: ["control-plane"] }] }],
            },
          },
        },
      },
      `${TAINT}, 3 node(s) didn't satisfy plugin(s) [NodeAffinity]. | ${NO_HELP}`,
    ],
  ])("%s", (_, spec, words) => {
    expect(refusal(pod("p", spec), snapshot(cluster()))).toBe(`0/4 nodes are available: ${words}`);
  });

  test("nodes that are full but whose pods are as important have no victims", () => {
    const nodes = cluster().map((info) => withPod(info, pod(`on-${info.name}`, asking("3"))));
    expect(refusal(pod("p", asking("2")), snapshot(nodes))).toBe(
      `0/4 nodes are available: ${TAINT}, 3 Insufficient cpu. | 0/4 nodes are available: ` +
        "1 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod.",
    );
  });

  test("a missing claim stops the search before it begins", () => {
    const one = pod("p", { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "data" } }] });
    expect(refusal(one, snapshot(cluster()))).toMatch(/^0\/4 nodes are available: persistentvolumeclaim "data" not found\./);
  });

  test("a host port that is taken is no reason once the other pod is less important", () => {
    const ports = [{ containerPort: 80, hostPort: 80 }];
    const web = (name: string, priority: number) => pod(name, { priority, containers: [{ name: "c", image: "x", ports }] });
    const nodes = empty(node("only")).map((info) => withPod(info, web("old", 0)));
    expect(refusal(web("new", 0), snapshot(nodes))).toContain("1 node(s) didn't have free ports for the requested pod ports.");
    expect(refusal(web("new", 1), snapshot(nodes))).toMatch(/\| only: old$/);
  });
});

describe("preemption", () => {
  const important = pod("new", { priority: 1000, ...asking("3") });
  const holding = (name: string, priority: number, cpu: string, labels = {}) => pod(name, { priority, labels, ...asking(cpu) });

  test("takes the node whose pods matter least, and no more of them than it needs", () => {
    const nodes = [
      nodeInfo(node("a"), [holding("a1", 500, "2")]),
      nodeInfo(node("b"), [holding("b1", 10, "1"), holding("b2", 20, "1"), holding("b3", 30, "1")]),
    ];
    const state = snapshot(nodes);
    expect(findPreemption(important, state, evaluate(important, state).diagnosis, [])).toMatchObject({
      node: "b",
      victims: [{ metadata: { name: "b2" } }, { metadata: { name: "b1" } }],
    });
  });

  test("spares pods that a PodDisruptionBudget protects", () => {
    const nodes = [nodeInfo(node("a"), [holding("a1", 0, "2", { app: "safe" })]), nodeInfo(node("b"), [holding("b1", 5, "2")])];
    const budget = {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: meta("pdb"),
      spec: { selector: { matchLabels: { app: "safe" } } },
      status: { disruptionsAllowed: 0 },
    };
    const state = snapshot(nodes, { "poddisruptionbudgets.policy": [budget] });
    expect(findPreemption(important, state, evaluate(important, state).diagnosis, [])).toMatchObject({ node: "b" });
  });

  test("is not for pods that say so", () => {
    const meek = pod("new", { priority: 1000, preemptionPolicy: "Never", ...asking("3") });
    const state = snapshot([nodeInfo(node("a"), [holding("a1", 0, "2")])]);
    expect(refusal(meek, state)).toMatch(/\| not eligible due to preemptionPolicy=Never\.$/);
  });

  test("room that is nominated for an equal is taken", () => {
    const state = snapshot(empty(node("a"), node("b")));
    const waiting = { pod: pod("waiting", { priority: 1000, ...asking("3") }), node: "a" };
    const { feasible } = evaluate(important, state, [waiting]);
    expect(feasible.map(({ name }) => name)).toEqual(["b"]);
  });
});

describe("among nodes that fit", () => {
  const labels = { app: "web" };
  const replicaSet = {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: meta("web"),
    spec: { selector: { matchLabels: labels }, template: {} },
  };

  /** Where pods of a ReplicaSet land one after the other. */
  function place(count: number, seed: number): string[] {
    const random = new Random(seed);
    let nodes = cluster();
    return Array.from({ length: count }, (_, index) => {
      const next = pod(`web-${index}`, { labels, owner: "web" });
      const chosen = evaluate(next, snapshot(nodes, { "replicasets.apps": [replicaSet] })).best(random);
      nodes = nodes.map((info) => (info.name === chosen.name ? withPod(info, next) : info));
      return chosen.name;
    });
  }

  test.each([1, 2, 3, 4, 5])("replicas of one owner spread over all workers (seed %i)", (seed) => {
    expect(place(3, seed).sort()).toEqual(["worker", "worker2", "worker3"]);
  });

  test("the same seed makes the same choices", () => {
    expect(place(6, 9)).toEqual(place(6, 9));
  });

  test("a preferred label outweighs chance, a PreferNoSchedule taint repels", () => {
    const nodes = empty(
      node("a", { taints: [{ key: "k", effect: "PreferNoSchedule" }] }),
      node("b"),
      node("c", { labels: { disk: "ssd" } }),
    );
    const preference = { matchExpressions: [{ key: "disk", operator: "In", values: ["ssd"] }] };
    const wish = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference }] } };
    expect(evaluate(pod("p", { affinity: wish }), snapshot(nodes)).best(new Random(1)).name).toBe("c");
    const plain = evaluate(pod("q"), snapshot(nodes));
    expect(Array.from({ length: 8 }, (_, seed) => plain.best(new Random(seed)).name)).not.toContain("a");
  });

  test("anti-affinity keeps equals apart in both directions", () => {
    const selfish = {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: labels } },
        ],
      },
    };
    const nodes = empty(node("a"), node("b"));
    const taken = [withPod(nodes[0] as NodeInfo, pod("first", { labels, affinity: selfish })), nodes[1] as NodeInfo];
    for (const affinity of [selfish, undefined]) {
      const next = pod("next", { labels, ...(affinity && { affinity }) });
      expect(evaluate(next, snapshot(taken)).feasible.map(({ name }) => name)).toEqual(["b"]);
    }
    const both = taken.map((info) => (info.name === "b" ? withPod(info, pod("second", { labels, affinity: selfish })) : info));
    expect(refusal(pod("third", { labels, affinity: selfish }), snapshot(both))).toContain(
      "2 node(s) didn't match pod anti-affinity rules.",
    );
    expect(refusal(pod("third", { labels }), snapshot(both))).toContain(
      "2 node(s) didn't satisfy existing pods anti-affinity rules.",
    );
  });

  test("affinity waits for its first companion, unless the pod is its own", () => {
    const near = (wanted: Record<string, string>) => ({
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: wanted } },
        ],
      },
    });
    const state = snapshot(empty(node("a"), node("b")));
    expect(refusal(pod("p", { affinity: near({ app: "db" }) }), state)).toContain("2 node(s) didn't match pod affinity rules.");
    expect(evaluate(pod("p", { labels, affinity: near(labels) }), state).feasible).toHaveLength(2);
  });

  test("a hard spread constraint refuses the crowded domain and nodes outside all domains", () => {
    const constraint = {
      maxSkew: 1,
      topologyKey: "zone",
      whenUnsatisfiable: "DoNotSchedule",
      labelSelector: { matchLabels: labels },
    };
    const nodes = [
      nodeInfo(node("a", { labels: { zone: "x" } }), [pod("one", { labels })]),
      nodeInfo(node("b", { labels: { zone: "y" } }), []),
      nodeInfo(node("c"), []),
    ];
    const { feasible, diagnosis } = evaluate(pod("p", { labels, topologySpreadConstraints: [constraint] }), snapshot(nodes));
    expect(feasible.map(({ name }) => name)).toEqual(["b"]);
    expect(fitError(3, diagnosis.rejections.values())).toBe(
      "0/3 nodes are available: 1 node(s) didn't match pod topology spread constraints, " +
        "1 node(s) didn't match pod topology spread constraints (missing required label).",
    );
  });
});
