import { labelsKey, METRIC_NAME, type Labels } from "../labels.ts";
import type { Matcher } from "../promql/ast.ts";
import type { Point, Queryable, QueryableSeries } from "../promql/values.ts";
import { Chunk } from "./chunk.ts";

/** One series and its samples. */
export class HeadSeries implements QueryableSeries {
  readonly labels: Labels;
  #chunks: Chunk[] = [];

  constructor(labels: Labels) {
    this.labels = labels;
  }

  get chunks(): readonly Chunk[] {
    return this.#chunks;
  }

  /** Takes a sample, or the mark that the series is stale; one that is not newer than all others is passed over. */
  append(at: number, value: number | undefined): void {
    let chunk = this.#chunks.at(-1);
    if (chunk && at <= chunk.end) return;
    if (!chunk || chunk.full) this.#chunks.push((chunk = new Chunk(at)));
    chunk.append(at, value);
  }

  between(from: number, to: number): Point[] {
    const points: Point[] = [];
    for (const chunk of this.#chunks) {
      if (chunk.end <= from || chunk.start > to) continue;
      const end = chunk.countUntil(to);
      for (let index = chunk.countUntil(from); index < end; index++) {
        const point = chunk.point(index);
        if (point) points.push(point);
      }
    }
    return points;
  }

  latest(from: number, to: number): Point | undefined {
    const chunk = this.#chunks.findLast(({ start }) => start <= to);
    if (!chunk) return undefined;
    const point = chunk.point(chunk.countUntil(to) - 1);
    return point && point.at > from ? point : undefined;
  }

  /** Drops chunks that end before a time. False: nothing is left. */
  truncate(before: number): boolean {
    this.#chunks = this.#chunks.filter(({ end }) => end >= before);
    return this.#chunks.length > 0;
  }
}

export interface MetricMetadata {
  type: string;
  help: string;
  unit: string;
}

/** All series of a Prometheus, in memory. */
export class Head implements Queryable {
  readonly metadata = new Map<string, MetricMetadata>();
  readonly #series = new Map<string, HeadSeries>();
  readonly #byMetric = new Map<string, Set<HeadSeries>>();
  /** Samples ever taken. */
  appended = 0;

  /** The series of a label set, made when there is none. */
  series(labels: Labels): HeadSeries {
    const key = labelsKey(labels);
    const known = this.#series.get(key);
    if (known) return known;
    const series = new HeadSeries(labels);
    this.#series.set(key, series);
    const metric = labels[METRIC_NAME] ?? "";
    const same = this.#byMetric.get(metric) ?? new Set();
    this.#byMetric.set(metric, same.add(series));
    return series;
  }

  all(): IterableIterator<HeadSeries> {
    return this.#series.values();
  }

  get size(): number {
    return this.#series.size;
  }

  select(matchers: readonly Matcher[]): readonly HeadSeries[] {
    const named = matchers.find(({ name, op, value }) => name === METRIC_NAME && op === "=" && value !== "");
    const candidates = named ? [...(this.#byMetric.get(named.value) ?? [])] : [...this.#series.values()];
    return candidates.filter(({ labels }) => matchers.every((one) => one.matches(labels[one.name] ?? "")));
  }

  /** Forgets samples older than a time, and series of which nothing is left. */
  truncate(before: number): void {
    for (const [key, series] of this.#series) {
      if (series.truncate(before)) continue;
      this.#series.delete(key);
      this.#byMetric.get(series.labels[METRIC_NAME] ?? "")?.delete(series);
    }
  }
}
