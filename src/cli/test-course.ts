import type { makingProviders } from "../clusters/choose.ts";
import type { Step } from "../course/lesson.ts";
import { lackUnasked } from "../steps/lack.ts";
import { trialsOf, tryStep } from "../steps/trial.ts";
import { type StepReport, courseTestRow, courseTestWidths } from "../ui/course-test.ts";
import { renderData } from "../ui/data.ts";
import { ExitCode } from "./exit-code.ts";
import type { OutputFlag } from "./output-flag.ts";
import { openProvingGround, type ProvingGround } from "./proving-ground.ts";
import type { Session } from "./session.ts";
import { UsageError } from "./usage-error.ts";

export interface TestFlags extends OutputFlag {
  provider?: (typeof makingProviders)[number];
  only?: string;
}

/** How many times as fast time passes on a practice cluster that nobody watches. */
const SPEED = 10;

/** `course test`: every step's start, wrong answers, routes, solution and reset, on a cluster of its own. */
export async function testCourse(session: Session, { provider = "practice", only, output }: TestFlags): Promise<ExitCode> {
  const { clock, messages, signal, theme } = session;
  const steps = await chosen(session, only);
  const began = clock.now();
  const reports = await session.toTheEnd(async () => {
    const ground = await openProvingGround(session, provider, SPEED);
    try {
      const widths = courseTestWidths(steps.map(({ id }) => id));
      if (!output) session.print(courseTestRow(messages.courseTest.head, widths, theme));
      const done: StepReport[] = [];
      for (const step of steps) {
        if (signal.aborted) throw signal.reason;
        const report = await testStep(session, step, ground);
        if (!output) session.print(courseTestRow(report, widths, theme));
        done.push(report);
      }
      return done;
    } finally {
      await ground.remove();
    }
  });
  const trials = reports.flatMap((report) => report.trials);
  const faults = trials.flatMap((trial) => trial.faults).length;
  const seconds = Math.round((clock.now() - began) / 1000);
  const summary = {
    provider,
    steps: reports.length,
    trials: trials.length,
    leftOut: trials.filter(({ skipped }) => skipped).length,
    lacking: reports.filter(({ lacks }) => lacks.length > 0).length,
    faults,
    seconds,
  };
  if (output) session.print(await renderData({ steps: reports, summary }, output));
  else session.print(`${messages.courseTest.summary(summary)}\n`);
  return faults > 0 ? ExitCode.notYet : ExitCode.passed;
}

async function testStep(session: Session, step: Step, { workshop, granted }: ProvingGround): Promise<StepReport> {
  const { clock, signal } = session;
  const began = clock.now();
  const lacks = lackUnasked(step, granted)?.needs ?? step.needs.filter((need) => !granted.has(need));
  const trials: StepReport["trials"][number][] = [];
  for (const trial of lacks.length > 0 ? [] : trialsOf(step)) {
    if (signal.aborted) throw signal.reason;
    const { id, skipped, faults, verdicts } = await tryStep(step, trial, workshop);
    const failing = verdicts?.en.checks.filter(({ passed }) => !passed).map(({ name }) => name) ?? [];
    trials.push({ id, skipped, failing, faults });
  }
  return { id: step.id, lacks, trials, seconds: (clock.now() - began) / 1000 };
}

/** `monitoring/*`, `deployments/first` and all below it, `deployments*`; several with commas between. @throws UsageError when there is no such step */
async function chosen(session: Session, only: string | undefined): Promise<readonly Step[]> {
  const { steps } = await session.course("default");
  if (only === undefined) return steps;
  const escaped = only.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&");
  const fits = new RegExp(`^(${escaped.replaceAll("*", ".*").replaceAll(",", "|")})(/.*)?$`);
  const found = steps.filter(({ id }) => fits.test(id));
  if (found.length > 0) return found;
  throw new UsageError({
    code: "flag-value-invalid",
    flag: "--only",
    given: only,
    known: ["LESSON", "LESSON/STEP", "CHAPTER/*"],
    near: [],
  });
}
