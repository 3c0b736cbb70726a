import { busyboxCommands } from "../commands/busybox-commands.ts";
import { debianCommands } from "../commands/debian-commands.ts";
import { curl } from "../commands/curl.ts";
import { serveHTTP, untilSignal } from "../http-program.ts";
import { defineImage, type Image, type ProgramContext } from "../program.ts";
import { SIGNALS, type Signal } from "../signals.ts";
import { ConfigFault } from "./config.ts";
import { loadConfiguration } from "./load.ts";
import { IMAGE_FILES } from "./image-files.ts";
import { NginxServer } from "./serve.ts";

/** Releases and the tags that lead to them. */
const RELEASES: Readonly<Record<string, readonly string[]>> = {
  "1.29.4": ["latest", "mainline", "1", "1.29", "1.29.4", "1.29.3", "1.29.2", "1.29.1", "1.29.0"],
  "1.28.0": ["stable", "1.28", "1.28.0", "1.28.1"],
  "1.27.5": ["1.27", "1.27.5", "1.27.4", "1.27.3", "1.27.2", "1.27.1", "1.27.0"],
  "1.26.3": ["1.26", "1.26.3", "1.26.2"],
  "1.25.5": ["1.25", "1.25.5", "1.25.3"],
  "1.24.0": ["1.24", "1.24.0"],
  "1.23.4": ["1.23", "1.23.4"],
  "1.22.1": ["1.22", "1.22.1"],
  "1.21.6": ["1.21", "1.21.6", "1.21.5"],
  "1.20.2": ["1.20", "1.20.2"],
  "1.19.10": ["1.19", "1.19.10"],
  "1.17.10": ["1.17", "1.17.10"],
  "1.16.1": ["1.16", "1.16.1", "1.16.0"],
  "1.15.12": ["1.15", "1.15.12"],
  "1.14.2": ["1.14", "1.14.2", "1.14.1", "1.14.0"],
  "1.7.9": ["1.7.9", "1.7"],
};

/** nginx of every release, on Debian and on Alpine. */
export const nginxImages: readonly Image[] = Object.entries(RELEASES).flatMap(([version, tags]) => [
  nginxImage(version, tags, false),
  nginxImage(
    version,
    tags.map((tag) => (tag === "latest" ? "alpine" : `${tag}-alpine`)),
    true,
  ),
]);

function nginxImage(version: string, tags: readonly string[], alpine: boolean): Image {
  const run = (context: ProgramContext) => runNginx(context, version);
  return defineImage({
    repositories: ["docker.io/library/nginx", "registry.k8s.io/e2e-test-images/nginx", "registry.k8s.io/nginx"],
    tags,
    size: alpine ? 22_477_192 : 59_774_010,
    entrypoint: ["/docker-entrypoint.sh"],
    cmd: ["nginx", "-g", "daemon off;"],
    env: { NGINX_VERSION: version, PKG_RELEASE: "1" },
    stopSignal: "SIGQUIT",
    memory: 7 * 1024 * 1024,
    files: IMAGE_FILES,
    programs: {
      ...(alpine ? busyboxCommands : debianCommands),
      "/usr/bin/curl": curl,
      "/docker-entrypoint.sh": entrypoint,
      "/usr/sbin/nginx": run,
    },
  });
}

const ENTRYPOINT_LOG = [
  "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration",
  "/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/",
  "/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh",
  "10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf",
  "10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf",
  "/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh",
  "/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh",
  "/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh",
  "/docker-entrypoint.sh: Configuration complete; ready for start up",
];

/** Says what it prepares, and becomes the command. */
async function entrypoint(context: ProgramContext): Promise<number> {
  const { argv, env, workingDir, processes } = context;
  const command = argv.slice(1);
  if (/^nginx(-debug)?$/.test(command[0] ?? "") && !env["NGINX_ENTRYPOINT_QUIET_LOGS"]) {
    for (const line of ENTRYPOINT_LOG) context.stdout(`${line}\n`);
  }
  try {
    return await processes.replace(command, { ...processes.inherited, env, workingDir });
  } catch {
    context.stderr(`/docker-entrypoint.sh: 47: exec: ${command[0]}: not found\n`);
    return 127;
  }
}

async function runNginx(context: ProgramContext, version: string): Promise<number> {
  const args = context.argv.slice(1);
  const value = (option: string) => args[args.indexOf(option) + 1] ?? "";
  const path = args.includes("-c") ? value("-c") : "/etc/nginx/nginx.conf";
  if (args.includes("-v") || args.includes("-V")) {
    context.stderr(`nginx version: nginx/${version}\n`);
    return 0;
  }
  if (args.includes("-s")) return signalMaster(context, value("-s"));
  const complain = (text: string) => {
    context.stderr(`${logTime(context)} [emerg] ${context.processes.pid}#${context.processes.pid}: ${text}\n`);
    context.stderr(
      args.includes("-t")
        ? `nginx: [emerg] ${text}\nnginx: configuration file ${path} test failed\n`
        : `nginx: [emerg] ${text}\n`,
    );
    return 1;
  };
  try {
    const configuration = await loadConfiguration(path, context);
    if (args.includes("-t") || args.includes("-T")) {
      context.stderr(
        `nginx: the configuration file ${path} syntax is ok\nnginx: configuration file ${path} test is successful\n`,
      );
      return 0;
    }
    if (/daemon\s+off/.test(args.includes("-g") ? value("-g") : "") || configuration.foreground)
      return await serve(context, version, path);
  } catch (error) {
    if (error instanceof ConfigFault) return complain(error.message);
    if ((error as { code?: string }).code === "EADDRINUSE")
      return complain("bind() to 0.0.0.0:80 failed (98: Address already in use)");
    throw error;
  }
  const { processes, env, workingDir } = context;
  processes.fork((child) => serve(child, version, path), { ...processes.inherited, env, workingDir });
  return 0;
}

async function serve(context: ProgramContext, version: string, path: string): Promise<number> {
  const { pid } = context.processes;
  const notice = (text: string) => context.stderr(`${logTime(context)} [notice] ${pid}#${pid}: ${text}\n`);
  const { configuration } = await loadConfiguration(path, context);
  let server = new NginxServer(context, version, configuration);
  for (const port of new Set(configuration.servers.flatMap(({ ports }) => ports))) {
    serveHTTP(context, port, (request, response) => server.handle(port, request, response));
  }
  try {
    await context.files.write("/run/nginx.pid", `${pid}\n`);
  } catch {
    throw new ConfigFault('open() "/run/nginx.pid" failed (30: Read-only file system)');
  }
  notice('using the "epoll" event method');
  notice(`nginx/${version}`);
  notice("built by gcc 12.2.0 (Debian 12.2.0-14+deb12u1) ");
  notice("OS: Linux 6.1.0");
  notice("getrlimit(RLIMIT_NOFILE): 1048576:1048576");
  notice("start worker processes");
  notice("start worker process 29");

  const reload = async () => {
    notice("signal 1 (SIGHUP) received from 40, reconfiguring");
    try {
      server = new NginxServer(context, version, (await loadConfiguration(path, context)).configuration);
      notice("reconfiguring");
    } catch (error) {
      context.stderr(`${logTime(context)} [emerg] ${pid}#${pid}: ${(error as Error).message}\n`);
    }
  };
  const ended = new Promise<Signal>((resolve) => {
    context.processes.onSignal((signal) => {
      if (signal === "SIGHUP") void reload();
      else resolve(signal);
      return true;
    });
  });
  const signal = await Promise.race([ended, untilSignal(context) as Promise<Signal>]);
  notice(`signal ${SIGNALS[signal] ?? 15} (${signal}) received, ${signal === "SIGQUIT" ? "shutting down" : "exiting"}`);
  notice(signal === "SIGQUIT" ? "gracefully shutting down" : "exiting");
  notice("exit");
  return 0;
}

/** nginx -s reload|quit|stop */
async function signalMaster(context: ProgramContext, name: string): Promise<number> {
  const signal = ({ reload: "SIGHUP", quit: "SIGQUIT", stop: "SIGTERM", reopen: "SIGUSR1" } as const)[name];
  if (!signal) {
    context.stderr(`nginx: invalid option: "-s ${name}"\n`);
    return 1;
  }
  if (!(await context.files.exists("/run/nginx.pid"))) {
    context.stderr('nginx: [error] open() "/run/nginx.pid" failed (2: No such file or directory)\n');
    return 1;
  }
  context.stderr(`${logTime(context)} [notice] ${context.processes.pid}#${context.processes.pid}: signal process started\n`);
  context.processes.kill(Number(await context.files.read("/run/nginx.pid")), signal);
  return 0;
}

const logTime = ({ clock }: ProgramContext) =>
  new Date(clock.now()).toISOString().slice(0, 19).replaceAll("-", "/").replace("T", " ");
