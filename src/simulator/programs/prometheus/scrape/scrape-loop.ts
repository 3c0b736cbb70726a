import { createHash } from "node:crypto";
import type { ProgramContext } from "../../program.ts";
import type { ScrapeConfig } from "../config/config.ts";
import type { HTTPClient } from "../http-client.ts";
import { pause } from "../http-client.ts";
import { labelsKey, METRIC_NAME, labelsOf, withLabels, type Labels } from "../labels.ts";
import type { Log } from "../log.ts";
import { durationText, parseDuration } from "../promql/literals.ts";
import { relabel } from "../relabel.ts";
import type { Head, HeadSeries } from "../storage/head.ts";
import { readExposition, seriesLabels, type ExposedSample } from "./exposition.ts";
import { publicLabels, targetUrl, type FoundTarget } from "./target.ts";

const ACCEPT =
  "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

export type Health = "unknown" | "up" | "down";

interface Known {
  /** None: metric_relabel_configs drop it. */
  series?: HeadSeries;
  /** The scrape that saw it last. */
  seen: number;
}

export interface ScrapeLoopOptions {
  context: Pick<ProgramContext, "clock" | "account">;
  config: ScrapeConfig;
  target: Required<FoundTarget>;
  client: HTTPClient;
  head: Head;
  userAgent: string;
  log: Log;
}

/** Scrapes one target at its interval until it is stopped (scrape/scrape.go). */
export class ScrapeLoop {
  readonly url: string;
  readonly interval: number;
  readonly timeout: number;
  readonly labels: Labels;
  /** Of the last scrape, in milliseconds; 0 before the first. */
  lastScrape = 0;
  /** Seconds. */
  lastDuration = 0;
  lastError = "";
  health: Health = "unknown";
  readonly #options: ScrapeLoopOptions;
  readonly #stop = new AbortController();
  readonly #known = new Map<string, Known>();
  readonly #reports: ReadonlyMap<string, HeadSeries>;
  #scrapes = 0;

  constructor(options: ScrapeLoopOptions) {
    this.#options = options;
    const { labels } = options.target;
    this.labels = publicLabels(labels);
    this.url = targetUrl(labels, options.config.params);
    this.interval = parseDuration(labels["__scrape_interval__"]!)!;
    this.timeout = parseDuration(labels["__scrape_timeout__"]!)!;
    this.#reports = new Map(REPORTS.map((name) => [name, options.head.series(withLabels(this.labels, [[METRIC_NAME, name]]))]));
  }

  get discoveredLabels(): Labels {
    return this.#options.target.discoveredLabels;
  }

  async run(): Promise<void> {
    const { clock } = this.#options.context;
    const { signal } = this.#stop;
    let next = clock.now() + this.#offset();
    while (!signal.aborted) {
      await pause(clock, next - clock.now(), signal);
      if (signal.aborted) return;
      await this.scrape(next);
      next += this.interval;
      while (next < clock.now()) next += this.interval;
    }
  }

  /** Ends the loop; what the target showed last is stale from now on. */
  stop(): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    const now = this.#options.context.clock.now();
    for (const { series } of this.#known.values()) series?.append(now, undefined);
    for (const series of this.#reports.values()) series.append(now, undefined);
  }

  /** Scrapes once; `at` is the time its samples get. */
  async scrape(at: number): Promise<void> {
    const { client, context, userAgent, config, log } = this.#options;
    const { clock } = context;
    const started = clock.now();
    let body = "";
    let type = "";
    let failure = "";
    try {
      const answer = await client.get(
        this.url,
        {
          accept: ACCEPT,
          "accept-encoding": "gzip",
          "user-agent": userAgent,
          "x-prometheus-scrape-timeout-seconds": String(this.timeout / 1000),
        },
        this.timeout,
      );
      if (answer.status === 200) [body, type] = [String(answer.body), answer.type];
      else failure = `server returned HTTP status ${answer.statusText}`;
    } catch (error) {
      failure = (error as Error).message;
    }
    if (this.#stop.signal.aborted) return;
    const seconds = (clock.now() - started) / 1000;
    const fields = { component: "scrape manager", scrape_pool: config.job_name, target: this.url };
    if (failure) log.debug("scrape.go:1467", "Scrape failed", { ...fields, err: failure });
    context.account({ cpuSeconds: 0.001 });
    failure = this.append(at, { body, type, failure, seconds });
    if (failure && body) log.debug("scrape.go:1488", "Append failed", { ...fields, err: failure });
    this.lastScrape = started;
    this.lastDuration = seconds;
    this.lastError = failure;
    this.health = failure ? "down" : "up";
  }

  /** Takes what a scrape brought, or that it brought nothing. Gives why it is a failure. */
  append(at: number, { body, type, failure, seconds }: { body: string; type: string; failure: string; seconds: number }): string {
    this.#scrapes++;
    let why = failure;
    const taken: { known: Known; sample: ExposedSample }[] = [];
    let added = 0;
    if (!why) {
      try {
        const format = formatOf(type, this.#options.config.fallback_scrape_protocol);
        readExposition(body, format === "openmetrics", {
          sample: (sample) => taken.push({ sample, known: this.#lookUp(sample.key, () => added++) }),
          metadata: (metric, kind, text) => this.#note(metric, kind, text),
        });
      } catch (error) {
        why = (error as Error).message;
        taken.length = 0;
      }
    }
    let kept = 0;
    for (const { known, sample } of taken) {
      const { series } = known;
      if (!series) continue;
      kept++;
      const own = this.#options.config.honor_timestamps ? sample.at : undefined;
      series.append(own ?? at, sample.value);
      this.#options.head.appended++;
      // Series that bring their own times are not watched for absence.
      known.seen = own === undefined ? this.#scrapes : Infinity;
    }
    for (const [key, { series, seen }] of this.#known) {
      if (seen >= this.#scrapes) continue;
      series?.append(at, undefined);
      this.#known.delete(key);
    }
    const values = [why ? 0 : 1, seconds, taken.length, kept, added];
    for (const [index, name] of REPORTS.entries()) this.#reports.get(name)!.append(at, values[index]);
    return why;
  }

  #lookUp(key: string, onNew: () => void): Known {
    const known = this.#known.get(key);
    if (known) {
      if (!known.series) known.seen = this.#scrapes;
      return known;
    }
    const labels = this.#sampleLabels(key);
    const made: Known = { ...(labels && { series: this.#options.head.series(labels) }), seen: this.#scrapes };
    this.#known.set(key, made);
    if (labels) onNew();
    return made;
  }

  /** A series' labels with the target's: of two with one name the target's holds, or with honor_labels the exposed. */
  #sampleLabels(key: string): Labels | undefined {
    const { config, head } = this.#options;
    const exposed = labelsOf(seriesLabels(key, (metric) => head.metadata.get(metric)?.type));
    const clashes = Object.keys(this.labels).filter((name) => exposed[name] !== undefined);
    if (config.honor_labels) return relabel(withLabels(this.labels, Object.entries(exposed)), config.metricRelabel);
    const renamed = clashes.map((name) => {
      let other = `exported_${name}`;
      while (exposed[other] !== undefined || this.labels[other] !== undefined) other = `exported_${other}`;
      return [other, exposed[name]!] as const;
    });
    return relabel(withLabels(exposed, [...Object.entries(this.labels), ...renamed]), config.metricRelabel);
  }

  #note(metric: string, kind: "type" | "help" | "unit", text: string): void {
    const { metadata } = this.#options.head;
    const known = metadata.get(metric);
    if (known?.[kind] === text) return;
    metadata.set(metric, { type: "unknown", help: "", unit: "", ...known, [kind]: text === "untyped" ? "unknown" : text });
  }

  /** Spreads targets over the interval, each always at the same place of it. */
  #offset(): number {
    const hash = createHash("md5")
      .update(labelsKey(this.labels) + this.url)
      .digest()
      .readUInt32BE(0);
    const base = this.interval - (this.#options.context.clock.now() % this.interval);
    return (base + (hash % this.interval)) % this.interval;
  }

  get settings(): { scrapeInterval: string; scrapeTimeout: string } {
    return { scrapeInterval: durationText(this.interval), scrapeTimeout: durationText(this.timeout) };
  }
}

const REPORTS = [
  "up",
  "scrape_duration_seconds",
  "scrape_samples_scraped",
  "scrape_samples_post_metric_relabeling",
  "scrape_series_added",
];

/** The format a Content-Type names. Throws an Error in Prometheus' words (model/textparse/interface.go). */
function formatOf(contentType: string, fallback: string | undefined): "text" | "openmetrics" {
  const type = contentType.split(";")[0]!.trim().toLowerCase();
  if (type === "application/openmetrics-text") return "openmetrics";
  if (type === "text/plain") return "text";
  if (fallback) return fallback.startsWith("OpenMetrics") ? "openmetrics" : "text";
  throw new Error(
    type === ""
      ? "non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target"
      : `received unsupported Content-Type ${JSON.stringify(contentType)} and no fallback_scrape_protocol specified for target`,
  );
}
