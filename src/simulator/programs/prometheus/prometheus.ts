import { busyboxCommands } from "../commands/busybox-commands.ts";
import { untilSignal } from "../http-program.ts";
import { defineImage, type Image, type ProgramContext } from "../program.ts";
import type { LogLevel } from "../slog.ts";
import { FlagFault, parseFlags } from "./flags.ts";
import { fileFault } from "./go-errors.ts";
import { Log } from "./log.ts";
import { promtool } from "./promtool.ts";
import { buildOf, RELEASES } from "./releases.ts";
import { Server, type Build } from "./server.ts";
import { serveWeb } from "./web/web.ts";

const CONFIG_FILE = `# my global config
global:
  scrape_interval: 15s # Set the scrape interval to every 15 seconds. Default is every 1 minute.
  evaluation_interval: 15s # Evaluate rules every 15 seconds. The default is every 1 minute.

scrape_configs:
  # The job name is added as a label \`job=<job_name>\` to any timeseries scraped from this config.
  - job_name: "prometheus"
    static_configs:
      - targets: ["localhost:9090"]
        labels:
          app: "prometheus"
`;

/** Prometheus, an image a release (github.com/prometheus/prometheus). */
export const prometheusImages: readonly Image[] = RELEASES.map(({ version, tags }) => {
  const build = buildOf(version);
  return defineImage({
    repositories: ["docker.io/prom/prometheus", "quay.io/prometheus/prometheus"],
    tags,
    size: 118_204_370,
    entrypoint: ["/bin/prometheus"],
    cmd: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
    workingDir: "/prometheus",
    user: "nobody",
    memory: 62 * 1024 * 1024,
    cpu: 0.004,
    files: { "/etc/prometheus/prometheus.yml": CONFIG_FILE, "/prometheus/": "" },
    programs: {
      ...busyboxCommands,
      "/bin/prometheus": (context) => runPrometheus(context, build),
      "/bin/promtool": (context) => promtool(context, build),
    },
  });
});

async function runPrometheus(context: ProgramContext, build: Build): Promise<number> {
  const args = context.argv.slice(1);
  if (args.includes("--version")) {
    context.stdout(
      `prometheus, version ${build.version} (branch: HEAD, revision: ${build.revision})\n  build user:       root@practice\n  build date:       \n  go version:       ${build.goVersion}\n  platform:         linux/amd64\n  tags:             netgo,builtinassets\n`,
    );
    return 0;
  }
  let flags: Readonly<Record<string, string>>;
  try {
    flags = parseFlags(args);
  } catch (error) {
    if (!(error instanceof FlagFault)) throw error;
    context.stderr(error.message);
    return error.exitCode;
  }
  const log = new Log(context, {
    level: flags["log.level"]!.toUpperCase() as LogLevel,
    format: flags["log.format"] as "logfmt" | "json",
    old: build.version.startsWith("2."),
  });
  const server = new Server({ context, flags, build, log });
  const path = flags["config.file"]!;
  try {
    await server.readConfig();
  } catch (error) {
    const file = path.startsWith("/") ? path : `${context.workingDir}/${path}`;
    log.error("main.go:580", `Error loading config (--config.file=${path})`, { file, err: (error as Error).message });
    return 2;
  }
  greet(context, log, flags, build);
  if (!(await openQueryLog(context, log, flags["storage.tsdb.path"]!))) return 2;
  return run(server, log);
}

function greet({ hostname }: ProgramContext, log: Log, flags: Readonly<Record<string, string>>, build: Build): void {
  const { version, revision, goVersion } = build;
  if (flags["storage.tsdb.retention.time"] === "15d")
    log.info("main.go:660", "No time or size retention was set so using the default time retention", { duration: "15d" });
  log.info("main.go:711", "Starting Prometheus Server", {
    mode: "server",
    version: `(version=${version}, branch=HEAD, revision=${revision})`,
  });
  log.info("main.go:716", "operational information", {
    build_context: `(go=${goVersion}, platform=linux/amd64, user=root@practice, date=, tags=netgo,builtinassets)`,
    host_details: `(Linux 6.1.0 #1 SMP x86_64 ${hostname} (none))`,
    fd_limits: "(soft=1048576, hard=1048576)",
    vm_limits: "(soft=unlimited, hard=unlimited)",
  });
}

/** The log of queries that run: without a place for it Prometheus panics (promql/query_logger.go). */
async function openQueryLog({ files, workingDir, stderr }: ProgramContext, log: Log, folder: string): Promise<boolean> {
  const component = "activeQueryTracker";
  const absolute = (folder.startsWith("/") ? folder : `${workingDir}/${folder}`).replace(/\/$/, "");
  await files.makeFolder(absolute, { parents: true }).catch(() => {
    log.error("query_logger.go:137", "Failed to create directory for logging active queries", { component });
  });
  const file = `${folder.replace(/\/$/, "")}/queries.active`;
  try {
    await files.write(`${absolute}/queries.active`, `[${"\0".repeat(20_000)}`);
    return true;
  } catch (error) {
    log.error("query_logger.go:113", "Error opening query log file", { component, file, err: fileFault(file, error) });
    stderr(
      "panic: Unable to create mmap-ed active query log\n\ngoroutine 1 [running]:\ngithub.com/prometheus/prometheus/promql.NewActiveQueryTracker({0x7ffc2d6d9e0f, 0x5}, 0x14, 0xc000a0e5a0)\n\t/app/promql/query_logger.go:145 +0x345\nmain.main()\n\t/app/cmd/prometheus/main.go:796 +0x8605\n",
    );
    return false;
  }
}

async function run(server: Server, log: Log): Promise<number> {
  const { context, flags } = server;
  const address = flags["web.listen-address"]!;
  let quit!: () => void;
  const asked = new Promise<string>((resolve) => (quit = () => resolve("quit")));
  log.info("web.go:641", "Start listening for connections", { component: "web", address });
  try {
    serveWeb(server, Number(address.split(":").at(-1)), quit);
  } catch {
    log.error("main.go:996", "Unable to start web listener", { err: `listen tcp ${address}: bind: address already in use` });
    return 1;
  }
  const listening = address.replace(/^(0\.0\.0\.0)?:/, "[::]:");
  log.info("main.go:1230", "Starting TSDB ...");
  log.info("tls_config.go:379", "Listening on", { component: "web", address: listening });
  log.info("tls_config.go:382", "TLS is disabled.", { component: "web", http2: false, address: listening });
  const tsdb = { component: "tsdb" };
  log.info("head.go:657", "Replaying on-disk memory mappable chunks if any", tsdb);
  log.info("head.go:744", "On-disk memory mappable chunks replay completed", { ...tsdb, duration: "1.042µs" });
  log.info("head.go:752", "Replaying WAL, this may take a while", tsdb);
  log.info("head.go:825", "WAL segment loaded", { ...tsdb, segment: 0, maxSegment: 0, duration: "411.203µs" });
  log.info("main.go:1251", "filesystem information", { fs_type: "EXT4_SUPER_MAGIC" });
  log.info("main.go:1254", "TSDB started");
  try {
    await server.load();
  } catch (error) {
    log.error("main.go:1400", "Error loading config", { err: (error as Error).message });
    return 1;
  }
  server.ready = true;
  log.info("main.go:1215", "Server is ready to receive web requests.");
  log.info("manager.go:176", "Starting rule manager...", { component: "rule manager" });
  context.processes.onSignal((signal) => {
    if (signal !== "SIGHUP") return false;
    server.load().catch((error: Error) => log.error("main.go:1153", "Error reloading config", { err: error.message }));
    return true;
  });

  const reason = await Promise.race([asked, untilSignal(context)]);
  if (reason === "quit") log.warn("main.go:1021", "Received termination request via web service, exiting gracefully...");
  else
    log.warn("main.go:1017", "Received an OS signal, exiting gracefully...", {
      signal: reason === "SIGINT" ? "interrupt" : "terminated",
    });
  log.info("main.go:1042", "Stopping scrape discovery manager...");
  log.info("main.go:1056", "Stopping notify discovery manager...");
  log.info("manager.go:190", "Stopping rule manager...", { component: "rule manager" });
  log.info("manager.go:206", "Rule manager stopped", { component: "rule manager" });
  log.info("main.go:1093", "Stopping scrape manager...");
  server.stop();
  log.info("main.go:1038", "Scrape discovery manager stopped");
  log.info("main.go:1052", "Notify discovery manager stopped");
  log.info("main.go:1085", "Scrape manager stopped");
  log.info("manager.go:540", "Stopping notification manager...", { component: "notifier" });
  log.info("main.go:1363", "Notifier manager stopped");
  log.info("main.go:1377", "See you next time!");
  return 0;
}
