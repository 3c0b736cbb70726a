import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fillSettings } from "../../src/checks/settings.ts";
import { loadCourse } from "../../src/course/course.ts";
import { isFileAction } from "../../src/course/file-actions.ts";
import type { Step } from "../../src/course/lesson.ts";
import type { StepText } from "../../src/course/lesson-text.ts";
import { startText } from "../../src/course/scaffold.ts";
import { writeAtomically } from "../../src/course/text-file.ts";
import { connectKube } from "../../src/kube/kube.ts";
import { doAction, type Workshop } from "../../src/steps/actions.ts";
import { prepareStep } from "../../src/steps/prepare.ts";
import { type PracticeCluster, startPracticeCluster } from "../helpers/practice-cluster.ts";

/** Errata of old texts are commands that don't run and output that doesn't come. So all that ours say is run, and looked up. */
const course = await loadCourse(new URL("../../lessons", import.meta.url).pathname);

let cluster: PracticeCluster;
let workshop: Workshop;

beforeAll(async () => {
  cluster = await startPracticeCluster({ speed: 10 });
  const workspace = await mkdtemp(join(tmpdir(), "workspace-"));
  const kube = connectKube({ ...cluster, namespace: "default" });
  workshop = {
    course,
    language: "en",
    target: cluster,
    namespace: "default",
    workspace,
    kube: () => Promise.resolve(kube),
    kubectl: (args) => cluster.kubectl(args, workspace),
    stay: (args) => cluster.stay(args, workspace),
    clock: cluster.clock,
  };
});

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await rm(workshop.workspace, { recursive: true, force: true });
});

const texts = await Promise.all(
  course.steps.map(async (step) => {
    const { steps } = await course.text(step.lesson, "en");
    return { step, text: steps.find(({ name }) => name === step.name)! };
  }),
);
const told = texts.filter(({ text }) => commandsIn(text).length > 0);

describe.each(told.map(({ step, text }) => ({ id: step.id, step, text })))("$id", ({ step, text }) => {
  test("its commands run, and print the columns that the text speaks of", async () => {
    await begin(step);
    let printed = "";
    const commands = commandsIn(text);
    // A watch says nothing before there is something to see.
    const watches = commands.filter((command) => command.endsWith(" -w")).map(run);
    for (const command of commands.filter((one) => !one.endsWith(" -w"))) {
      const { exitCode, output } = await run(command);
      // These say "no" by exit code 1.
      const most = /^(diff|auth can-i) /.test(command) ? 1 : 0;
      expect({ command, output, failed: exitCode > most }).toEqual({ command, output, failed: false });
      printed += output;
    }
    for (const { output } of await Promise.all(watches)) printed += output;
    expect(columnsIn(text).filter((column) => !printed.includes(column))).toEqual([]);
  });
});

/** What texts quote, word for word: the step it is said in, and a command that makes the cluster say it. */
test.each([
  ["deployments/first/api-version", "get pods", "No resources found in default namespace."],
  ["concepts/declarative/twice", "apply -f promise.yml", "unchanged"],
  [
    "monitoring/rbac/limits",
    "auth can-i list nodes --as=system:serviceaccount:default:prometheus",
    "Warning: resource 'nodes' is not namespace scoped",
  ],
  ["monitoring/rbac/limits", "get secrets", "No resources found in default namespace."],
  [
    "monitoring/prometheus/token",
    "exec deploy/prometheus -- ls /var/run/secrets/kubernetes.io/serviceaccount",
    "ca.crt\nnamespace\ntoken\n",
  ],
  ["monitoring/node-exporter/host", "get ds node-exporter", "DESIRED"],
])("%s: kubectl %s prints %j", async (id, command, claim) => {
  const step = course.step(id);
  await begin(step);
  if (command.startsWith("apply")) await run(command);
  expect((await run(command)).output).toContain(claim);
});

/** The step's start, with its files complete and as the solution changes them. */
async function begin(step: Step): Promise<void> {
  for (const use of step.start.files)
    await writeAtomically(join(workshop.workspace, use.file), await startText(course, { ...use, form: "solved" }, "en"));
  await prepareStep(step, workshop);
  for (const action of step.solution.do) if (isFileAction(action) && action.type !== "remove") await doAction(action, workshop);
}

/** A kubectl command line of a text; what stays is ended after its first words, and takes any port that is free. */
async function run(command: string): Promise<{ exitCode: number; output: string }> {
  const words = await filled(command);
  const stays = words[0] === "proxy" || words[0] === "port-forward" || words.includes("-w");
  if (!stays) {
    const { exitCode, stdout, stderr } = await workshop.kubectl(words);
    return { exitCode, output: stdout + stderr };
  }
  const args = words[0] === "proxy" ? ["proxy", "--port=0"] : words.map((word) => word.replace(/^\d+:(\d+)$/, ":$1"));
  const { result, stop } = await workshop.stay!(args);
  await stop();
  return { exitCode: result.exitCode, output: result.stdout + result.stderr };
}

/** Words of a command line, quotes gone; `bootcamp-…` is the first Pod of that name. */
async function filled(command: string): Promise<string[]> {
  const kube = await workshop.kube();
  const names = (await kube.list("pods")).map(({ metadata }) => metadata?.name ?? "");
  const withSettings = fillSettings(command, { namespace: "default", images: course.images });
  return (withSettings.match(/(?:"[^"]*"|[^\s"])+/g) ?? []).map((word) =>
    word
      .replaceAll('"', "")
      .replace(/([\w-]+-)…/, (whole, prefix: string) => names.find((name) => name.startsWith(prefix)) ?? whole),
  );
}

/** kubectl's arguments: lines of code blocks, and what stands in hints; not those that leave a name to the learner. */
function commandsIn({ text, task, hints }: StepText): string[] {
  const blocks = [text, task].flatMap((part) => part.match(/^```[\s\S]*?^```/gm) ?? []);
  const lines = blocks.flatMap((block) => block.split("\n")).filter((line) => line.startsWith("kubectl "));
  const inline = hints.flatMap((hint) => [...hint.matchAll(/`(kubectl [^`]+)`/g)].map(([, command = ""]) => command));
  const looks = [text, task].flatMap((part) => [...part.matchAll(/`(kubectl (?:get|config get|api-|explain )[^`]*)`/g)]);
  const all = [...lines, ...looks.map(([, command = ""]) => command), ...inline].map((line) =>
    line.trim().replace(/^kubectl /, ""),
  );
  return [...new Set(all)].filter(
    (line) => !/\b(NAME|FILE|KIND|VERB|LOCAL)\b|--answer|config set-context|cluster create/.test(line),
  );
}

/** Names of columns that a text speaks of. */
function columnsIn({ text, task, hints }: StepText): string[] {
  const prose = [text, task, ...hints].join("\n").replaceAll(/```[\s\S]*?```|`[^`]*`/g, " ");
  const words = prose.match(/\b[A-Z][A-Z-]{2,}[A-Z]\b/g) ?? [];
  return [...new Set(words)].filter((word) => !noColumns.has(word));
}

const noColumns = new Set(
  "HTTP HTTPS YAML JSON TODO RBAC PATH CNCF NODE-IP KEY VALUE LICENSE POST PromQL NAME:EFFECT API DNS CNI UTC IANA CIDR MiB".split(
    " ",
  ),
);
