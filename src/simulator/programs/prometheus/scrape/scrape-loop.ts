import { createHash } from "node:crypto";
import type { ProgramContext } from "../../program.ts";
import type { ScrapeConfig } from "../config/config.ts";
import { pause } from "../../../clock.ts";
import type { HTTPClient } from "../http-client.ts";
import { labelsKey, type Labels } from "../labels.ts";
import type { Log } from "../log.ts";
import { durationText, parseDuration } from "../promql/literals.ts";
import type { Head } from "../storage/head.ts";
import { Appender } from "./appender.ts";
import { publicLabels, targetUrl, type FoundTarget } from "./target.ts";

const ACCEPT =
  "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

export type Health = "unknown" | "up" | "down";

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
  readonly labels: Labels;
  /** Start of the last scrape, in milliseconds; 0 before the first. */
  lastScrape = 0;
  /** Seconds. */
  lastDuration = 0;
  lastError = "";
  health: Health = "unknown";
  readonly #options: ScrapeLoopOptions;
  readonly #interval: number;
  readonly #timeout: number;
  readonly #appender: Appender;
  readonly #stop = new AbortController();

  constructor(options: ScrapeLoopOptions) {
    const { target, config, head } = options;
    this.#options = options;
    this.labels = publicLabels(target.labels);
    this.url = targetUrl(target.labels, config.params);
    this.#interval = parseDuration(target.labels["__scrape_interval__"]!)!;
    this.#timeout = parseDuration(target.labels["__scrape_timeout__"]!)!;
    this.#appender = new Appender({ head, config, labels: this.labels });
  }

  get discoveredLabels(): Labels {
    return this.#options.target.discoveredLabels;
  }

  get settings(): { scrapeInterval: string; scrapeTimeout: string } {
    return { scrapeInterval: durationText(this.#interval), scrapeTimeout: durationText(this.#timeout) };
  }

  async run(): Promise<void> {
    const { clock } = this.#options.context;
    const { signal } = this.#stop;
    let next = clock.now() + this.#offset();
    while (!signal.aborted) {
      await pause(clock, next - clock.now(), signal);
      if (signal.aborted) return;
      await this.#scrape(next);
      next += this.#interval;
      while (next < clock.now()) next += this.#interval;
    }
  }

  /** Ends the loop; what the target showed last is stale from now on. */
  stop(): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    this.#appender.end(this.#options.context.clock.now());
  }

  /** Scrapes once; `at` is the time its samples get. */
  async #scrape(at: number): Promise<void> {
    const { client, context, userAgent, config, log } = this.#options;
    const { clock } = context;
    const fields = { component: "scrape manager", scrape_pool: config.job_name, target: this.url };
    const headers = {
      accept: ACCEPT,
      "accept-encoding": "gzip",
      "user-agent": userAgent,
      "x-prometheus-scrape-timeout-seconds": String(this.#timeout / 1000),
    };
    const started = clock.now();
    let body = "";
    let type = "";
    let failure: string | undefined;
    try {
      const answer = await client.get(this.url, headers, this.#timeout);
      if (answer.status !== 200) throw new Error(`server returned HTTP status ${answer.statusText}`);
      [body, type] = [String(answer.body), answer.type];
    } catch (error) {
      failure = (error as Error).message;
      log.debug("scrape.go:1467", "Scrape failed", { ...fields, err: failure });
    }
    if (this.#stop.signal.aborted) return;
    context.account({ cpuSeconds: 0.001 });
    const seconds = (clock.now() - started) / 1000;
    const fault = this.#appender.append(at, failure === undefined ? { body, type, seconds } : { failure, seconds });
    if (fault && failure === undefined) log.debug("scrape.go:1488", "Append failed", { ...fields, err: fault });
    this.lastScrape = started;
    this.lastDuration = seconds;
    this.lastError = fault ?? "";
    this.health = fault === undefined ? "up" : "down";
  }

  /** Spreads targets over the interval, each always at the same place of it. */
  #offset(): number {
    const hash = createHash("md5")
      .update(labelsKey(this.labels) + this.url)
      .digest()
      .readUInt32BE(0);
    const base = this.#interval - (this.#options.context.clock.now() % this.#interval);
    return (base + (hash % this.#interval)) % this.#interval;
  }
}
