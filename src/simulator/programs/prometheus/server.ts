import type { ProgramContext } from "../program.ts";
import { readConfig, type PrometheusConfig } from "./config/config.ts";
import { configText } from "./config/config-text.ts";
import { fileFault } from "./go-errors.ts";
import type { Log } from "./log.ts";
import { parseDuration } from "./promql/literals.ts";
import { ScrapeManager } from "./scrape/scrape-manager.ts";
import { Head } from "./storage/head.ts";

/** What a build of Prometheus says of itself. */
export interface Build {
  version: string;
  revision: string;
  goVersion: string;
}

/** How long samples are kept, whatever retention asks for: this one has its memory only. */
const LONGEST_RETENTION = 3_600_000;
const TRUNCATE_EVERY = 300_000;

/** A running Prometheus, without its web pages. */
export class Server {
  readonly context: ProgramContext;
  readonly flags: Readonly<Record<string, string>>;
  readonly build: Build;
  readonly log: Log;
  readonly head = new Head();
  readonly scrapes: ScrapeManager;
  readonly startedAt: number;
  config!: PrometheusConfig;
  ready = false;
  lastConfig = { success: false, at: 0 };

  constructor(options: { context: ProgramContext; flags: Readonly<Record<string, string>>; build: Build; log: Log }) {
    this.context = options.context;
    this.flags = options.flags;
    this.build = options.build;
    this.log = options.log;
    this.startedAt = options.context.clock.now();
    const userAgent = `Prometheus/${options.build.version}`;
    this.scrapes = new ScrapeManager({ context: options.context, head: this.head, log: options.log, userAgent });
    this.#truncateLater();
  }

  get configText(): string {
    return configText(this.config);
  }

  get lookback(): number {
    return parseDuration(this.flags["query.lookback-delta"]!)!;
  }

  /** The configuration as its file says it. Throws an Error in Prometheus' words. */
  async readConfig(): Promise<PrometheusConfig> {
    const path = this.flags["config.file"]!;
    const { files, workingDir } = this.context;
    const absolute = path.startsWith("/") ? path : `${workingDir}/${path}`;
    let text: string;
    try {
      if ((await files.stat(absolute))?.kind === "folder") throw Object.assign(new Error(), { code: "EISDIR" });
      text = String(await files.read(absolute));
    } catch (error) {
      throw new Error(fileFault(path, error), { cause: error });
    }
    let config: PrometheusConfig;
    try {
      config = readConfig(text);
    } catch (error) {
      throw new Error(`parsing YAML file ${path}: ${(error as Error).message}`, { cause: error });
    }
    if (config.rule_files.length > 0 && (await this.#anyRuleFile(config.rule_files, absolute)))
      throw new Error("the practice cluster's Prometheus does not evaluate rules: rule_files must name no file that is there");
    return config;
  }

  /** Reads the configuration and goes by it. Throws an Error when it is none; then all stays as it was. */
  async load(): Promise<void> {
    const { log, context } = this;
    const filename = this.flags["config.file"]!;
    log.info("main.go:1439", "Loading configuration file", { filename });
    try {
      this.config = await this.readConfig();
    } catch (error) {
      this.lastConfig = { ...this.lastConfig, success: false };
      throw new Error(`couldn't load configuration (--config.file=${JSON.stringify(filename)}): ${(error as Error).message}`, {
        cause: error,
      });
    }
    await this.scrapes.apply(this.config);
    this.lastConfig = { success: true, at: context.clock.now() };
    log.info("main.go:1479", "Completed loading of configuration file", {
      db_storage: "1.101µs",
      remote_storage: "1.432µs",
      web_handler: "500ns",
      query_engine: "721ns",
      scrape: "210.551µs",
      scrape_sd: "1.20417ms",
      notify: "761ns",
      notify_sd: "1.202µs",
      rules: "1.132µs",
      tracing: "3.877µs",
      filename,
      totalDuration: "2.104632ms",
    });
  }

  stop(): void {
    this.ready = false;
    this.scrapes.stop();
  }

  async #anyRuleFile(patterns: readonly string[], configFile: string): Promise<boolean> {
    const folder = configFile.slice(0, configFile.lastIndexOf("/"));
    for (const pattern of patterns) {
      const absolute = pattern.startsWith("/") ? pattern : `${folder}/${pattern}`;
      const [, parent, name] = /^(.*)\/([^/]*)$/.exec(absolute)!;
      const matches = new RegExp(
        `^${name!
          .replace(/[.+^${}()|[\]\\]/g, "\\$&")
          .replaceAll("*", ".*")
          .replaceAll("?", ".")}$`,
      );
      const names = await this.context.files.list(parent || "/").catch(() => []);
      if (names.some((one) => matches.test(one))) return true;
    }
    return false;
  }

  #truncateLater(): void {
    const { clock } = this.context;
    const retention = Math.min(
      parseDuration(this.flags["storage.tsdb.retention.time"]!)! || LONGEST_RETENTION,
      LONGEST_RETENTION,
    );
    clock.setTimeout(() => {
      this.head.truncate(clock.now() - retention);
      this.#truncateLater();
    }, TRUNCATE_EVERY);
  }
}
