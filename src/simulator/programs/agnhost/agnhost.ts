import { busyboxCommands } from "../commands/busybox-commands.ts";
import { curl } from "../commands/curl.ts";
import { shell } from "../shell/shell.ts";
import { defineImage, type ProgramContext } from "../program.ts";
import { netexec } from "./netexec.ts";
import { liveness, pause, porter, serveHostname, testWebserver } from "./servers.ts";
import { connect, dnsServerList, dnsSuffix, entrypointTester, etcHosts, logsGenerator } from "./tools.ts";

type Subcommand = (context: ProgramContext, args: readonly string[]) => Promise<number>;

const SUBCOMMANDS: Readonly<Record<string, [run: Subcommand, short: string]>> = {
  connect: [connect, "Attempts a TCP, UDP or SCTP connection and returns useful errors"],
  "dns-server-list": [dnsServerList, "Prints the DNS server list of the host"],
  "dns-suffix": [dnsSuffix, "Prints the DNS suffix list of the host"],
  "entrypoint-tester": [entrypointTester, "Prints the args it's passed and exits"],
  "etc-hosts": [etcHosts, "Prints the host's /etc/hosts file"],
  liveness: [liveness, "Starts a server that is alive for 10 seconds"],
  "logs-generator": [logsGenerator, "Outputs lines of logs to stdout uniformly"],
  netexec: [netexec, "Creates HTTP(S), UDP, and (optionally) SCTP servers with various endpoints"],
  pause: [pause, "Pauses the execution"],
  porter: [porter, "Serves requested data on ports specified in ENV variables"],
  "serve-hostname": [serveHostname, "Serves the hostname"],
  "test-webserver": [testWebserver, "Starts a simple HTTP fileserver"],
};

/** Kubernetes' own test image: one program with many faces (test/images/agnhost). */
export const agnhost = defineImage({
  repositories: ["registry.k8s.io/e2e-test-images/agnhost", "k8s.gcr.io/e2e-test-images/agnhost"],
  tags: ["2.53", "2.66.1", ...Array.from({ length: 40 }, (_, index) => `2.${20 + index}`).filter((tag) => tag !== "2.53")],
  size: 51_706_353,
  entrypoint: ["/agnhost"],
  cmd: ["pause"],
  memory: 6 * 1024 * 1024,
  files: { "/uploads/": "" },
  programs: {
    ...busyboxCommands,
    "/bin/bash": shell("bash"),
    "/usr/bin/curl": curl,
    "/agnhost": runAgnhost,
    "/agnhost-2": runAgnhost,
  },
});

async function runAgnhost(context: ProgramContext): Promise<number> {
  const [, name, ...args] = context.argv;
  if (name === undefined || name === "help" || name === "--help") {
    const lines = Object.entries(SUBCOMMANDS).map(([command, [, short]]) => `  ${command.padEnd(34)} ${short}\n`);
    context.stdout(
      `Usage:\n  app [command]\n\nAvailable Commands:\n${lines.join("")}\nUse "app [command] --help" for more information about a command.\n`,
    );
    return 0;
  }
  if (name === "--version") {
    context.stdout("app version 2.53\n");
    return 0;
  }
  const subcommand = SUBCOMMANDS[name];
  if (subcommand) return subcommand[0](context, args);
  context.stderr(
    `Error: unknown command "${name}" for "app" (the practice cluster has ${Object.keys(SUBCOMMANDS).join(", ")})\n`,
  );
  return 1;
}
