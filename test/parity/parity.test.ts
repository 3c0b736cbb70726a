import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { load } from "js-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubectlBinary } from "../helpers/kubectl.ts";
import { type PracticeCluster, startPracticeCluster } from "../helpers/practice-cluster.ts";
import { type Facts, normalise } from "./normalise.ts";
import { runScenario } from "./sandbox.ts";
import { readScenarios, type Scenario } from "./scenario.ts";
import { parseTranscript, show, type Shown } from "./transcript.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const textOf = (path: string): Promise<string> => readFile(here(path), "utf8");

const scenarios = await readScenarios(here("scenarios"));
/** Scenario → number of a step that is not equal → why. */
const known = load(await textOf("differences.yaml")) as Readonly<Record<string, Readonly<Record<number, string>>>>;

/** What kubectl prints on the practice cluster, against what it printed on a real one. */
describe("kubectl", () => {
  let cluster: PracticeCluster;
  let kubectl: string;
  let facts: Facts;
  beforeAll(async () => {
    cluster = await startPracticeCluster({ speed: 1 });
    kubectl = await kubectlBinary("1.34");
    facts = await factsOf(cluster);
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  /** The steps as they are seen now and as they were recorded, but for those known to differ. */
  const play = async (scenario: Scenario) => {
    const run = await runScenario(scenario, { kubectl, kubeconfig: cluster.kubeconfig }, scenarios.indexOf(scenario));
    const seen = normalise(run, scenario, facts).map((step) => show(step.command, step.mayFail, step));
    const recorded = parseTranscript(await textOf(`goldens/${scenario.name}.txt`));
    const reasons = known[scenario.name] ?? {};
    const counted = (steps: readonly Shown[]) => steps.filter((_, at) => !(at + 1 in reasons));
    return { seen: counted(seen), real: counted(recorded.filter((_, at) => !scenario.steps[at]?.onlyReal)) };
  };

  it.concurrent.each(scenarios.filter(({ alone }) => !alone))("prints in $name what it prints on a real cluster", async (one) => {
    const { seen, real } = await play(one);
    expect(seen).toEqual(real);
  });

  it.each(scenarios.filter(({ alone }) => alone))("prints in $name what it prints on a real cluster", async (one) => {
    const { seen, real } = await play(one);
    expect(seen).toEqual(real);
  });
});

async function factsOf(cluster: PracticeCluster): Promise<Facts> {
  const ask = async (...args: string[]) => JSON.parse((await cluster.kubectl([...args, "-o", "json"])).stdout) as unknown;
  const { items } = (await ask("get", "nodes")) as {
    items: { metadata: { name: string }; status: { addresses: { type: string; address: string }[] } }[];
  };
  const { clientVersion, serverVersion } = (await ask("version")) as Record<
    "clientVersion" | "serverVersion",
    { gitVersion: string }
  >;
  const { clusters } = (await ask("config", "view", "--minify")) as { clusters: [{ cluster: { server: string } }] };
  return {
    nodes: items.map(({ metadata, status }) => ({
      name: metadata.name,
      ip: status.addresses.find(({ type }) => type === "InternalIP")!.address,
    })),
    server: clusters[0].cluster.server,
    versions: { client: clientVersion.gitVersion, server: serverVersion.gitVersion },
  };
}
