import { beforeAll, describe, expect, it } from "vitest";
import type { StepReport } from "../../src/ui/course-test.ts";
import { openRealKind, type RealKind } from "../helpers/real-kind.ts";

/** Lessons that every run walks; of the others, those of a part that changes from day to day. */
const CORE = ["deployments/first", "services/cluster-ip", "self-healing/delete-a-pod", "monitoring/targets/targets"];
const PARTS = 3;

type Provider = "practice" | "kind";

/** Every step of these lessons, tried on both kinds of cluster by `course test`: start, wrong answers, other routes, solution, reset. */
describe("a step's verdicts", () => {
  let machine: RealKind;
  const reports: Partial<Record<Provider, readonly StepReport[]>> = {};

  beforeAll(async () => {
    machine = await openRealKind();
    const only = await lessonsOfToday(machine);
    for (const provider of ["practice", "kind"] as const) {
      const image = provider === "kind" ? machine.nodeImage : "";
      const { stdout, stderr } = await machine.line.run(`course test --provider ${provider} --only ${only} -o json ${image}`);
      if (!stdout.startsWith("{")) throw new Error(stderr);
      reports[provider] = (JSON.parse(stdout) as { steps: StepReport[] }).steps;
    }
    process.stdout.write(sideBySide(reports as Record<Provider, readonly StepReport[]>));
    return () => machine.line[Symbol.asyncDispose]();
  }, 3_000_000);

  it("are as the lesson says, on a real cluster, too", () => {
    const faults = reports.kind!.flatMap(({ id, trials }) =>
      trials.flatMap((trial) => trial.faults.map((fault) => `${id} ${trial.id}: ${fault}`)),
    );
    expect(faults).toEqual([]);
  });

  it("are the same on both, check by check", () => {
    const [real, practice] = [verdicts(reports.kind!), verdicts(reports.practice!)];
    const onBoth = (trial: string): boolean => trial in real && trial in practice;
    expect(Object.keys(real).filter(onBoth).length).toBeGreaterThan(50);
    for (const trial of Object.keys(real).filter(onBoth)) expect([trial, real[trial]]).toEqual([trial, practice[trial]]);
  });
});

/** Of all lessons, so that each comes up within PARTS days. `LESSONS` names others: `*` for all of them. */
async function lessonsOfToday({ line }: RealKind): Promise<string> {
  const asked = process.env["LESSONS"];
  if (asked) return asked;
  const { chapters } = JSON.parse((await line.run("list -o json")).stdout) as { chapters: { lessons: { id: string }[] }[] };
  const today = Math.floor(Date.now() / 86_400_000) % PARTS;
  const others = chapters.flatMap(({ lessons }) => lessons).map(({ id }) => id);
  return [...CORE, ...others.filter((_, at) => at % PARTS === today)].join(",");
}

/** By trial, the checks that did not pass. A cluster may lack what a step needs, and a wrong answer may be right on it. */
const verdicts = (steps: readonly StepReport[]): Record<string, readonly string[]> =>
  Object.fromEntries(
    steps.flatMap(({ id, trials }) =>
      trials.filter(({ skipped }) => !skipped).map((trial) => [`${id} ${trial.id}`, trial.failing] as const),
    ),
  );

function sideBySide({ practice, kind }: Record<Provider, readonly StepReport[]>): string {
  const rows = practice.map((step, at) => {
    const cell = (report: StepReport | undefined): string => {
      if (!report || report.lacks.length > 0) return "not here".padEnd(18);
      const good = report.trials.filter(({ faults }) => faults.length === 0).length;
      return `${good} of ${report.trials.length}, ${report.seconds.toFixed(0)} s`.padEnd(18);
    };
    return `${step.id.padEnd(44)} ${cell(step)} ${cell(kind[at])}`.trimEnd();
  });
  return `${"STEP".padEnd(44)} ${"PRACTICE".padEnd(18)} KIND\n${rows.join("\n")}\n`;
}
