import type { Theme } from "./theme.ts";
import { padded, widthOf } from "./width.ts";

/** What became of one step's trials. */
export interface StepReport {
  id: string;
  /** What this kind of cluster lacks: nothing was tried then. */
  lacks: readonly string[];
  trials: readonly TrialRow[];
  seconds: number;
}

interface TrialRow {
  id: string;
  skipped: boolean;
  /** Names of the checks that did not pass, as they should or not. */
  failing: readonly string[];
  faults: readonly string[];
}

/** Titles of the columns. */
export type CourseTestHead = readonly [
  step: string,
  start: string,
  wrong: string,
  routes: string,
  solution: string,
  reset: string,
  time: string,
];

/** Columns are as wide from the first row on as the widest id needs. */
export const courseTestWidths = (ids: readonly string[]): readonly number[] => [Math.max(...ids.map(widthOf)), 6, 6, 7, 9, 6, 6];

/** A step as a row, with its faults below; or the head of the table. */
export function courseTestRow(row: StepReport | CourseTestHead, widths: readonly number[], theme: Theme): string {
  if (!("id" in row)) return `${theme.faint(joined(row, widths))}\n`;
  const { id, lacks, trials, seconds } = row;
  const mark = (found: StepReport["trials"]): string => {
    const tried = found.filter(({ skipped }) => !skipped);
    if (tried.length === 0) return "–";
    const good = tried.filter(({ faults }) => faults.length === 0).length;
    const sign = good === tried.length ? "✓" : "✗";
    return tried.length === 1 ? sign : `${sign} ${good}/${tried.length}`;
  };
  const one = (name: string): string => mark(trials.filter((trial) => trial.id === name));
  const named = new Set(["start", "solution", "reset"]);
  const wrong = trials.filter((trial) => /^W\d$/.test(trial.id));
  const routes = trials.filter((trial) => !named.has(trial.id) && !wrong.includes(trial));
  const cells = [id, one("start"), mark(wrong), mark(routes), one("solution"), one("reset"), `${seconds.toFixed(1)} s`];
  const faults = trials.flatMap((trial) => trial.faults.map((fault) => `    ${theme.code(trial.id)} ${fault}\n`));
  const missing = lacks.length > 0 ? `    ${theme.faint(lacks.join(", "))}\n` : "";
  return `${joined(cells, widths)}\n${missing}${faults.join("")}`;
}

const joined = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell, column) => padded(cell, widths[column] ?? 0))
    .join(" ")
    .trimEnd();
