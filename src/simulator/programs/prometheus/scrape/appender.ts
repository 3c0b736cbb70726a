import type { ScrapeConfig } from "../config/config.ts";
import { labelsOf, METRIC_NAME, withLabels, type Labels } from "../labels.ts";
import { relabel } from "../relabel.ts";
import type { Head, HeadSeries } from "../storage/head.ts";
import { readExposition, seriesLabels, type ExposedSample } from "./exposition.ts";

/** What a scrape brought: a body, or why there is none. */
export type ScrapeOutcome = { seconds: number } & ({ body: string; type: string } | { failure: string });

interface Known {
  /** None: metric_relabel_configs drop it. */
  series?: HeadSeries;
  /** The scrape that saw it last. */
  seen: number;
}

const REPORTS = [
  "up",
  "scrape_duration_seconds",
  "scrape_samples_scraped",
  "scrape_samples_post_metric_relabeling",
  "scrape_series_added",
];

/** Puts what one target exposes into the head, and marks as stale what it exposes no longer (scrape/scrape.go). */
export class Appender {
  readonly #head: Head;
  readonly #config: Pick<ScrapeConfig, "honor_labels" | "honor_timestamps" | "fallback_scrape_protocol" | "metricRelabel">;
  readonly #labels: Labels;
  readonly #reports: readonly HeadSeries[];
  /** By the series as the target writes it. */
  readonly #known = new Map<string, Known>();
  #scrapes = 0;

  constructor({ head, config, labels }: { head: Head; config: ScrapeConfig; labels: Labels }) {
    this.#head = head;
    this.#config = config;
    this.#labels = labels;
    this.#reports = REPORTS.map((name) => head.series(withLabels(labels, [[METRIC_NAME, name]])));
  }

  /** Takes the outcome of a scrape. Gives why it is a failure. */
  append(at: number, outcome: ScrapeOutcome): string | undefined {
    this.#scrapes++;
    let fault = "failure" in outcome ? outcome.failure : undefined;
    let taken: { known: Known; sample: ExposedSample }[] = [];
    let added = 0;
    if ("body" in outcome) {
      try {
        const openMetrics = isOpenMetrics(outcome.type, this.#config.fallback_scrape_protocol);
        readExposition(outcome.body, openMetrics, {
          sample: (sample) => taken.push({ sample, known: this.#lookUp(sample.key, () => added++) }),
          metadata: (metric, kind, text) => this.#note(metric, kind, text),
        });
      } catch (error) {
        fault = (error as Error).message;
        taken = [];
      }
    }
    let kept = 0;
    for (const { known, sample } of taken) {
      known.seen = this.#scrapes;
      if (!known.series) continue;
      kept++;
      const own = this.#config.honor_timestamps ? sample.at : undefined;
      known.series.append(own ?? at, sample.value);
      // Series that bring their own times are not watched for absence.
      if (own !== undefined) known.seen = Infinity;
    }
    this.#head.appended += kept;
    for (const [key, { series, seen }] of this.#known) {
      if (seen >= this.#scrapes) continue;
      series?.append(at, undefined);
      this.#known.delete(key);
    }
    const values = [fault === undefined ? 1 : 0, outcome.seconds, taken.length, kept, added];
    for (const [index, series] of this.#reports.entries()) series.append(at, values[index]);
    return fault;
  }

  /** The target is gone: all of it is stale. */
  end(at: number): void {
    for (const { series } of this.#known.values()) series?.append(at, undefined);
    for (const series of this.#reports) series.append(at, undefined);
  }

  #lookUp(exposed: string, onNew: () => void): Known {
    const known = this.#known.get(exposed);
    if (known) return known;
    // A copy: a part of the body would keep all of it in memory.
    const key = Buffer.from(exposed).toString();
    const labels = this.#sampleLabels(key);
    const made: Known = { ...(labels && { series: this.#head.series(labels) }), seen: 0 };
    this.#known.set(key, made);
    if (labels) onNew();
    return made;
  }

  /** A series' labels with the target's: of two with one name the target's holds, or with honor_labels the exposed. */
  #sampleLabels(key: string): Labels | undefined {
    const { honor_labels, metricRelabel } = this.#config;
    const exposed = labelsOf(seriesLabels(key, (metric) => this.#head.metadata.get(metric)?.type));
    if (honor_labels) return relabel(withLabels(this.#labels, Object.entries(exposed)), metricRelabel);
    const renamed = Object.keys(this.#labels).flatMap((name) => {
      if (exposed[name] === undefined) return [];
      let other = `exported_${name}`;
      while (exposed[other] !== undefined || this.#labels[other] !== undefined) other = `exported_${other}`;
      return [[other, exposed[name]] as const];
    });
    return relabel(withLabels(exposed, [...Object.entries(this.#labels), ...renamed]), metricRelabel);
  }

  #note(metric: string, kind: "type" | "help" | "unit", text: string): void {
    const { metadata } = this.#head;
    const known = metadata.get(metric);
    if (known?.[kind] === text) return;
    metadata.set(metric, { type: "unknown", help: "", unit: "", ...known, [kind]: text === "untyped" ? "unknown" : text });
  }
}

/** The format a Content-Type names. Throws an Error in Prometheus' words (model/textparse/interface.go). */
function isOpenMetrics(contentType: string, fallback: string | undefined): boolean {
  const type = contentType.split(";")[0]!.trim().toLowerCase();
  if (type === "application/openmetrics-text") return true;
  if (type === "text/plain") return false;
  if (fallback) return fallback.startsWith("OpenMetrics");
  throw new Error(
    type === ""
      ? "non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target"
      : `received unsupported Content-Type ${JSON.stringify(contentType)} and no fallback_scrape_protocol specified for target`,
  );
}
