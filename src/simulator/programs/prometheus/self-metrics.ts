import { Counters } from "../../metrics/counters.ts";
import { exposition, type Family } from "../../metrics/exposition.ts";
import { goProcessFamilies } from "../../metrics/go-process.ts";
import type { Server } from "./server.ts";

/** What Prometheus tells of itself: a part of what a real one does. */
export class SelfMetrics {
  readonly #server: Server;
  readonly #requests = new Counters("prometheus_http_requests_total", "Counter of HTTP requests.");
  #traffic = { received: 0, sent: 0 };

  constructor(server: Server) {
    this.#server = server;
  }

  /** Counts an answered request; bytes are those of the bodies. */
  request(handler: string, code: number, sent: number): void {
    this.#requests.add({ code: String(code), handler });
    this.#traffic.received += 400;
    this.#traffic.sent += sent + 200;
  }

  text(): string {
    const { context, startedAt, build, head, scrapes, lastConfig, ready } = this.#server;
    const pools = scrapes.pools();
    const process = goProcessFamilies({
      version: build.goVersion,
      now: context.clock.now(),
      startedAt,
      ...context.usage(),
      goroutines: 44 + 4 * pools.flatMap(({ active }) => active).length,
      threads: 2,
      ...this.#traffic,
    });
    const chunks = [...head.all()].flatMap((series) => series.chunks);
    const { version, revision, goVersion } = build;
    return exposition([
      ...process,
      this.#requests.family(),
      gauge(
        "prometheus_build_info",
        "A metric with a constant '1' value labeled by version, revision, branch, goversion from which prometheus was built, and the goos and goarch for the build.",
        1,
        { branch: "HEAD", goarch: "amd64", goos: "linux", goversion: goVersion, revision, tags: "unknown", version },
      ),
      gauge(
        "prometheus_ready",
        "Whether Prometheus startup was fully completed and the server is ready for normal operation.",
        Number(ready),
      ),
      gauge(
        "prometheus_config_last_reload_successful",
        "Whether the last configuration reload attempt was successful.",
        Number(lastConfig.success),
      ),
      gauge(
        "prometheus_config_last_reload_success_timestamp_seconds",
        "Timestamp of the last successful configuration reload.",
        lastConfig.at / 1000,
      ),
      {
        name: "prometheus_sd_discovered_targets",
        type: "gauge",
        help: "Current number of discovered targets.",
        samples: pools.map(({ name, active, dropped }) => ({
          labels: { config: name, name: "scrape" },
          value: active.length + dropped.length,
        })),
      },
      {
        name: "prometheus_target_scrape_pool_targets",
        type: "gauge",
        help: "Current number of targets in this scrape pool.",
        samples: pools.map(({ name, active }) => ({ labels: { scrape_job: name }, value: active.length })),
      },
      gauge("prometheus_tsdb_head_series", "Total number of series in the head block.", head.size),
      gauge("prometheus_tsdb_head_chunks", "Total number of chunks in the head block.", chunks.length),
      gauge(
        "prometheus_tsdb_head_min_time_seconds",
        "Minimum time bound of the head block.",
        least(chunks.map(({ start }) => start)) / 1000,
      ),
      {
        name: "prometheus_tsdb_head_samples_appended_total",
        type: "counter",
        help: "Total number of appended samples.",
        samples: [{ labels: { type: "float" }, value: head.appended }],
      },
    ]);
  }
}

const gauge = (name: string, help: string, value: number, labels: Readonly<Record<string, string>> = {}): Family => ({
  name,
  type: "gauge",
  help,
  samples: [{ labels, value }],
});

const least = (values: readonly number[]): number => values.reduce((low, value) => Math.min(low, value), values[0] ?? 0);
