import type { Timer } from "../../../clock.ts";
import type { ProgramContext } from "../../program.ts";
import type { PrometheusConfig, ScrapeConfig } from "../config/config.ts";
import { discoverKubernetes, type Discovery } from "../discovery/kubernetes.ts";
import { HTTPClient } from "../http-client.ts";
import { labelsKey, type Labels } from "../labels.ts";
import type { Log } from "../log.ts";
import type { Head } from "../storage/head.ts";
import { ScrapeLoop } from "./scrape-loop.ts";
import { populate, type TargetGroup } from "./target.ts";

/** How long what discovery found is gathered before targets change (scrape.discovery-reload-interval). */
const RELOAD_INTERVAL = 5_000;

export interface ScrapeManagerOptions {
  context: ProgramContext;
  head: Head;
  log: Log;
  userAgent: string;
}

interface Pool {
  config: ScrapeConfig;
  client: HTTPClient;
  statics: readonly TargetGroup[];
  discoveries: readonly Discovery[];
  loops: Map<string, ScrapeLoop>;
  dropped: readonly Labels[];
}

/** Keeps a scrape loop for each target of each job (scrape/manager.go, discovery/manager.go). */
export class ScrapeManager {
  readonly #options: ScrapeManagerOptions;
  #pools: Pool[] = [];
  #pending: Timer | undefined;

  constructor(options: ScrapeManagerOptions) {
    this.#options = options;
  }

  /** Takes a configuration in place of the one before. */
  async apply({ scrapes }: PrometheusConfig): Promise<void> {
    const { context, log, userAgent } = this.#options;
    const before = this.#pools;
    this.#pools = [];
    for (const config of scrapes) {
      const discoveries: Discovery[] = [];
      for (const one of config.kubernetes) {
        const options = { context, config: one, userAgent, log, onChange: () => this.#changed() };
        try {
          discoveries.push(await discoverKubernetes(options));
        } catch (error) {
          log.error("manager.go:466", "Cannot create service discovery", {
            component: "discovery manager scrape",
            err: (error as Error).message,
            type: "kubernetes",
            config: config.job_name,
          });
        }
      }
      this.#pools.push({
        config,
        client: new HTTPClient(context, config),
        statics: config.statics.map(({ targets, labels }, index) => ({
          source: String(index),
          labels,
          targets: targets.map((address) => ({ __address__: address })),
        })),
        discoveries,
        loops: new Map(),
        dropped: [],
      });
    }
    for (const pool of before) stopPool(pool);
    this.#changed();
  }

  stop(): void {
    this.#pending?.cancel();
    for (const pool of this.#pools) stopPool(pool);
  }

  /** Jobs by name, and what is scraped and dropped of each. */
  pools(): { name: string; active: readonly ScrapeLoop[]; dropped: readonly Labels[] }[] {
    return this.#pools
      .map(({ config, loops, dropped }) => ({ name: config.job_name, active: [...loops.values()].toSorted(byLabels), dropped }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  #changed(): void {
    const { clock } = this.#options.context;
    this.#pending ??= clock.setTimeout(() => {
      this.#pending = undefined;
      for (const pool of this.#pools) void this.#sync(pool);
    }, RELOAD_INTERVAL);
  }

  async #sync(pool: Pool): Promise<void> {
    const { context, head, log, userAgent } = this.#options;
    const { config, client, loops } = pool;
    const fault = await client.fault();
    if (fault) {
      log.error("manager.go:193", "error creating new scrape pool", {
        component: "scrape manager",
        err: `error creating HTTP client: ${fault}`,
        scrape_pool: config.job_name,
      });
      return;
    }
    const groups = [...pool.statics, ...pool.discoveries.flatMap((discovery) => discovery.groups())];
    const onFault = (err: string) =>
      log.error("scrape.go:418", "Creating target failed", { component: "scrape manager", scrape_pool: config.job_name, err });
    const found = groups.flatMap((group) => populate(group, config, onFault));
    pool.dropped = found.filter(({ labels }) => !labels).map(({ discoveredLabels }) => discoveredLabels);
    const wanted = new Map(
      found.flatMap(({ discoveredLabels, labels }) => (labels ? [[labelsKey(labels), { discoveredLabels, labels }]] : [])),
    );
    for (const [key, loop] of loops) {
      if (wanted.has(key)) continue;
      loop.stop();
      loops.delete(key);
    }
    for (const [key, target] of wanted) {
      if (loops.has(key)) continue;
      const loop = new ScrapeLoop({ context, config, target, client, head, userAgent, log });
      loops.set(key, loop);
      void loop.run();
    }
  }
}

function stopPool({ discoveries, loops }: Pool): void {
  for (const discovery of discoveries) discovery.stop();
  for (const loop of loops.values()) loop.stop();
}

const byLabels = (a: ScrapeLoop, b: ScrapeLoop): number => (labelsKey(a.labels) < labelsKey(b.labels) ? -1 : 1);
