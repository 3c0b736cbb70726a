import { labelsText, METRIC_NAME, withoutName, type Labels } from "../labels.ts";
import { valueText } from "../promql/literals.ts";
import type { Point, Range } from "../promql/values.ts";
import { html, type Html } from "./page.ts";

const SIZE = { width: 1160, height: 380, left: 70, right: 16, top: 12, bottom: 28 };
const COLOURS = "#1f77b4 #d6562c #2f9e58 #8a5fb8 #b8860b #0f8f9c #c2417c #5f6b2d #7a4b3a #4b5a6b".split(" ");
/** More lines than that nobody can tell apart. */
const MOST_LINES = 60;

/** Lines of a range query between two moments, drawn as SVG, with a legend. */
export function graph(series: readonly Range[], { start, end, step }: { start: number; end: number; step: number }): Html {
  const shown = series.slice(0, MOST_LINES);
  const finite = shown.flatMap(({ points }) => points.map(({ value }) => value)).filter(Number.isFinite);
  const scale = valueScale(finite);
  const plot = { width: SIZE.width - SIZE.left - SIZE.right, height: SIZE.height - SIZE.top - SIZE.bottom };
  const x = (at: number) => round(SIZE.left + (plot.width * (at - start)) / Math.max(1, end - start));
  const y = (value: number) => round(SIZE.top + plot.height * (1 - (value - scale.low) / (scale.high - scale.low)));
  const colour = (index: number) => COLOURS[index % COLOURS.length]!;

  return html`<svg
      viewBox="0 0 ${SIZE.width} ${SIZE.height}"
      width="100%"
      role="img"
      aria-label="Graph"
      font-family="system-ui,sans-serif"
      font-size="11"
    >
      ${scale.ticks.map(
        (tick) =>
          html`<line x1="${SIZE.left}" x2="${SIZE.width - SIZE.right}" y1="${y(tick)}" y2="${y(tick)}" stroke="#e4e8ed" /><text
              x="${SIZE.left - 8}"
              y="${y(tick) + 4}"
              text-anchor="end"
              fill="#5b6673"
              >${tickText(tick)}</text
            >`,
      )}
      ${timeTicks(start, end).map(
        (at) =>
          html`<line x1="${x(at)}" x2="${x(at)}" y1="${SIZE.top}" y2="${SIZE.top + plot.height}" stroke="#f0f2f5" /><text
              x="${x(at)}"
              y="${SIZE.height - 8}"
              text-anchor="middle"
              fill="#5b6673"
              >${new Date(at).toISOString().slice(11, 19)}</text
            >`,
      )}
      ${shown.map(({ points }, index) => html`<path d="${path(points, step, x, y)}" fill="none" stroke="${colour(index)}" stroke-width="1.6" stroke-linejoin="round" />`)}
    </svg>
    <table>
      ${shown.map(
        ({ labels, points }, index) =>
          html`<tr>
            <td>
              <svg width="12" height="12"><rect width="12" height="12" rx="2" fill="${colour(index)}" /></svg>
            </td>
            <td><code>${seriesText(labels)}</code></td>
            <td class="value">${valueText(points.at(-1)!.value)}</td>
          </tr>`,
      )}
    </table>
    ${series.length > shown.length && html`<p class="muted">${series.length - shown.length} more series are not drawn.</p>`}`;
}

/** `up{job="x"}`, as the expression browser writes a series. */
export function seriesText(labels: Labels): string {
  const rest = labelsText(withoutName(labels));
  const name = labels[METRIC_NAME] ?? "";
  return name && rest === "{}" ? name : name + rest;
}

/** Points a step apart are joined, and gaps left open. */
function path(points: readonly Point[], step: number, x: (at: number) => number, y: (value: number) => number): string {
  let text = "";
  let last = -Infinity;
  for (const { at, value } of points) {
    if (!Number.isFinite(value)) continue;
    const joined = at - last <= step;
    // A point alone would not be seen.
    text += joined ? `L${x(at)} ${y(value)}` : `M${x(at)} ${y(value)}h.1`;
    last = at;
  }
  return text;
}

function valueScale(values: readonly number[]): { low: number; high: number; ticks: number[] } {
  const [least, most] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  const [low, high] =
    least > most
      ? [0, 1]
      : least === most
        ? [least - (Math.abs(least) || 1) / 2, most + (Math.abs(most) || 1) / 2]
        : [least, most];
  const size = niceStep((high - low) / 5);
  const [first, last] = [Math.floor(low / size), Math.ceil(high / size)];
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * size);
  return { low: first * size, high: last * size, ticks };
}

/** The next of 1, 2, 5, 10… */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
}

function timeTicks(start: number, end: number): number[] {
  const size =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400].find(
      (seconds) => (end - start) / (seconds * 1000) <= 9,
    ) ?? 172_800;
  const first = Math.ceil(start / (size * 1000));
  return Array.from({ length: Math.floor(end / (size * 1000)) - first + 1 }, (_, index) => (first + index) * size * 1000);
}

const SUFFIXES: readonly (readonly [size: number, suffix: string])[] = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

function tickText(value: number): string {
  const [size, suffix] = SUFFIXES.find(([least]) => Math.abs(value) >= least) ?? [1, ""];
  return `${Number((value / size).toPrecision(4))}${suffix}`;
}

const round = (value: number) => Math.round(value * 10) / 10;
