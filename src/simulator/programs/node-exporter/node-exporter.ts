import type http from "node:http";
import { Counters } from "../../metrics/counters.ts";
import { EXPOSITION_TYPE, exposition, type Family } from "../../metrics/exposition.ts";
import { goProcessFamilies } from "../../metrics/go-process.ts";
import { serveHTTP, untilGoDies } from "../http-program.ts";
import { defineImage, type Image, type ProgramContext } from "../program.ts";
import { slogLine, type LogLevel, type LogPairs } from "../slog.ts";
import { collect } from "./collectors.ts";
import { FlagFault, parseFlags, type Options } from "./flags.ts";

interface Release {
  version: string;
  go: string;
  revision: string;
}

/** Newest first. */
const RELEASES: readonly Release[] = [
  { version: "1.12.1", go: "go1.26.5", revision: "bdcdba29418ebee75c5aac46c1c4499bee006119" },
  { version: "1.12.0", go: "go1.26.5", revision: "eb1711fa890acf69110c4b82930910ecd44113c5" },
  { version: "1.11.1", go: "go1.26.1", revision: "6b2468c506ac123a36c5e3bc7db733db28efd2b5" },
  { version: "1.11.0", go: "go1.26.1", revision: "14fddfc75281ab900df5945fb3dd7fcea14d7801" },
  { version: "1.10.2", go: "go1.25.3", revision: "654f19dee6a0c41de78a8d6d870e8c742cdb43b9" },
  { version: "1.10.0", go: "go1.25.3", revision: "ead70c7ae49204df2f4d6a6320ca61787caeb8e4" },
  { version: "1.9.1", go: "go1.23.7", revision: "f2ec547b49af53815038a50265aa2adcd1275959" },
  { version: "1.9.0", go: "go1.23.6", revision: "02afa5c53c36123611533f2defea6ccd4546a9bb" },
  { version: "1.8.2", go: "go1.22.5", revision: "f1e0e8360aa60b6cb5e5cc1560bed348fc2c1895" },
  { version: "1.8.1", go: "go1.22.3", revision: "400c3979931613db930ea035f39ce7b377cdbb5b" },
  { version: "1.7.0", go: "go1.21.4", revision: "7333465abf9efba81876303bb57e6fadb946041b" },
  { version: "1.6.1", go: "go1.20.6", revision: "4a1b77600c1873a8233f3ffb55afcedbb63b8d84" },
  { version: "1.5.0", go: "go1.19.3", revision: "1b48970ffcf5630534fb00bb0687d73c66d1c959" },
  { version: "1.3.1", go: "go1.17.3", revision: "a2321e7b940ddcff26873612bccdf7cd4c42b6b6" },
];

/** Machine metrics for Prometheus (github.com/prometheus/node_exporter): an image a release. */
export const nodeExporterImages: readonly Image[] = RELEASES.map((release, index) =>
  defineImage({
    repositories: ["docker.io/prom/node-exporter", "quay.io/prometheus/node-exporter"],
    tags: [`v${release.version}`, ...(index === 0 ? ["latest"] : [])],
    size: 13_184_305,
    entrypoint: ["/bin/node_exporter"],
    cmd: [],
    user: "nobody",
    memory: 18 * 1024 * 1024,
    cpu: 0.0008,
    programs: { "/bin/node_exporter": (context) => runNodeExporter(context, release) },
  }),
);

const FILES = {
  diskstats: "diskstats_common.go:110",
  "mount-points": "filesystem_common.go:263",
  "fs-types": "filesystem_common.go:292",
};

async function runNodeExporter(context: ProgramContext, release: Release): Promise<number> {
  let options: Options;
  try {
    options = parseFlags(context.argv.slice(1));
  } catch (error) {
    if (!(error instanceof FlagFault)) throw error;
    context.stderr(`node_exporter: error: ${error.message}\n`);
    return 1;
  }
  const info = versionInfo(release);
  if (options.help) {
    context.stdout("usage: node_exporter [<flags>]\n");
    return 0;
  }
  if (options.version) {
    const built = `  build user:       root@practice\n  go version:       ${release.go}\n  platform:         linux/amd64\n  tags:             unknown\n`;
    context.stdout(`node_exporter, version ${release.version} (branch: HEAD, revision: ${release.revision})\n${built}`);
    return 0;
  }
  const log = (level: LogLevel, source: string, message: string, pairs: LogPairs = []) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(options.level.toUpperCase() as LogLevel)) return;
    context.stderr(logLine(release, options, context.clock.now(), level, source, message, pairs));
  };
  log("INFO", "node_exporter.go:217", "Starting node_exporter", [["version", info]]);
  log("INFO", "node_exporter.go:218", "Build context", [
    ["build_context", `(go=${release.go}, platform=linux/amd64, user=root@practice, date=, tags=unknown)`],
  ]);
  if (context.user.uid === 0) {
    const why =
      "Node Exporter is running as root user. This exporter is designed to run as unprivileged user, root is not required.";
    log("WARN", "node_exporter.go:220", why);
  }
  for (const [flag, pattern] of Object.entries(options.patterns)) {
    const collector = flag.split(".")[1]!;
    if (!options.collectors.includes(collector)) continue;
    const source = Object.entries(FILES).find(([part]) => flag.includes(part))![1];
    log("INFO", source, `Parsed flag --${flag}`, [
      ["collector", collector],
      ["flag", pattern],
    ]);
  }
  log("INFO", "node_exporter.go:136", "Enabled collectors");
  for (const name of options.collectors) log("INFO", "node_exporter.go:142", name);

  const port = Number(options.address.split(":").at(-1));
  const listening = options.address.startsWith(":") ? `[::]${options.address}` : options.address;
  const serve = new Exporter(context, release, options);
  try {
    serveHTTP(context, port, (request, response) => serve.answer(request, response));
  } catch (error) {
    log("ERROR", "node_exporter.go:248", (error as Error).message);
    return 1;
  }
  log("INFO", "tls_config.go:379", "Listening on", [["address", listening]]);
  log("INFO", "tls_config.go:382", "TLS is disabled.", [
    ["http2", false],
    ["address", listening],
  ]);
  return untilGoDies(context);
}

const LEVELS: readonly LogLevel[] = ["DEBUG", "INFO", "WARN", "ERROR"];

const versionInfo = ({ version, revision }: Release): string => `(version=${version}, branch=HEAD, revision=${revision})`;

/** Releases before 1.9 wrote go-kit's format. */
function logLine(
  { version }: Release,
  { format }: Options,
  now: number,
  level: LogLevel,
  source: string,
  message: string,
  pairs: LogPairs,
): string {
  const line = slogLine(format, now, level, source, message, pairs);
  const [major, minor] = version.split(".").map(Number) as [number, number];
  if (major > 1 || minor >= 9 || format === "json") return line;
  return line.replace(
    /^time=(\S+) level=(\S+) source=(\S+)/,
    (_, time: string) => `ts=${time} caller=${source} level=${level.toLowerCase()}`,
  );
}

/** The answers of one running exporter. */
class Exporter {
  readonly #context: ProgramContext;
  readonly #release: Release;
  readonly #options: Options;
  readonly #startedAt: number;
  readonly #scrapes = new Counters("promhttp_metric_handler_requests_total", "Total number of scrapes by HTTP status code.");

  constructor(context: ProgramContext, release: Release, options: Options) {
    this.#context = context;
    this.#release = release;
    this.#options = options;
    this.#startedAt = context.clock.now();
    for (const code of ["200", "500", "503"]) this.#scrapes.add({ code }, 0);
  }

  answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const { metricsPath } = this.#options;
    if (pathname === metricsPath) return this.#metrics(searchParams, response);
    if (pathname !== "/") {
      response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" });
      return void response.end("404 page not found\n");
    }
    response.writeHead(200, { "Content-Type": "text/html; charset=UTF-8" });
    response.end(landingPage(versionInfo(this.#release), metricsPath));
  }

  #metrics(query: URLSearchParams, response: http.ServerResponse): void {
    const [only, without] = [query.getAll("collect[]"), query.getAll("exclude[]")];
    const refuse = (text: string) => response.writeHead(400).end(text);
    if (only.length > 0 && without.length > 0) return void refuse("Combined collect and exclude queries are not allowed.");
    const { collectors } = this.#options;
    const missing = only.find((name) => !collectors.includes(name));
    if (missing !== undefined)
      return void refuse(`Couldn't create filtered metrics handler: couldn't create collector: missing collector: ${missing}`);
    const chosen = only.length > 0 ? only : collectors.filter((name) => !without.includes(name));
    const { machine, hostname, clock } = this.#context;
    const families = [...this.#own(), ...collect(chosen, { machine, hostname, now: clock.now() })];
    this.#context.account({ cpuSeconds: 0.004 });
    this.#scrapes.add({ code: "200" });
    response.writeHead(200, { "Content-Type": EXPOSITION_TYPE });
    response.end(exposition(families));
  }

  #own(): Family[] {
    const { version, go, revision } = this.#release;
    const labels = { branch: "HEAD", goarch: "amd64", goos: "linux", goversion: go, revision, tags: "unknown", version };
    const build: Family = {
      name: "node_exporter_build_info",
      type: "gauge",
      help: "A metric with a constant '1' value labeled by version, revision, branch, goversion from which node_exporter was built, and the goos and goarch for the build.",
      samples: [{ labels, value: 1 }],
    };
    if (!this.#options.exporterMetrics) return [build];
    const { host, clock, usage } = this.#context;
    return [
      build,
      ...goProcessFamilies({
        ...usage(),
        version: go,
        now: clock.now(),
        startedAt: this.#startedAt,
        goroutines: 8,
        threads: 1,
        received: host.traffic.receivedBytes,
        sent: host.traffic.sentBytes,
      }),
      this.#scrapes.family(),
      {
        name: "promhttp_metric_handler_requests_in_flight",
        type: "gauge",
        help: "Current number of scrapes being served.",
        samples: [{ value: 1 }],
      },
      {
        name: "promhttp_metric_handler_errors_total",
        type: "counter",
        help: "Total number of internal errors encountered by the promhttp metric handler.",
        samples: ["encoding", "gathering"].map((cause) => ({ labels: { cause }, value: 0 })),
      },
    ];
  }
}

const landingPage = (version: string, metricsPath: string): string => `<html lang="en">
  <head>
    <meta charset="UTF-8">
    <title>Node Exporter</title>
  </head>
  <body>
    <header>
      <h1>Node Exporter</h1>
    </header>
    <main>
      <h2>Prometheus Node Exporter</h2>
      <div>Version: ${version}</div>
      <ul>
        <li><a href="${metricsPath}">Metrics</a></li>
      </ul>
    </main>
  </body>
</html>
`;
