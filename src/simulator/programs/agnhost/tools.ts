import { sleep } from "../../clock.ts";
import { DialError } from "../../network/network.ts";
import { parseResolvConf } from "../../network/resolv-conf.ts";
import { TimedOut, within } from "../commands/deadline.ts";
import { parseGoDuration, parseGoFlags } from "../go.ts";
import type { ProgramContext } from "../program.ts";

const METHODS = ["GET", "POST", "PUT"];
const NAMESPACES = ["kube-system", "default", "ns"];

/** Prints so many lines of API server's kind, evenly over a time. */
export async function logsGenerator(context: ProgramContext, args: readonly string[]): Promise<number> {
  const { flags } = parseGoFlags(args, { short: { t: "log-lines-total", d: "run-duration" } });
  const total = Number(flags["log-lines-total"] ?? 0);
  const duration = parseGoDuration(flags["run-duration"] ?? "0") ?? 0;
  const { clock, random, stderr } = context;
  const print = (level: string, place: string, text: string) => {
    const time = new Date(clock.now()).toISOString();
    stderr(
      `${level}${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 23)}000       ${context.processes.pid} ${place}] ${text}\n`,
    );
  };
  if (!(total > 0) || !(duration > 0)) {
    print("F", "logs_generator.go:65", total > 0 ? `Invalid duration: ${duration}s` : `Invalid total number of lines: ${total}`);
    return 255;
  }
  for (let id = 0; id < total; id++) {
    const [method, namespace] = [METHODS[random.integer(3)]!, NAMESPACES[random.integer(3)]!];
    const pod = random.suffix(3 + random.integer(2));
    print(
      "I",
      "logs_generator.go:78",
      `${id} ${method} /api/v1/namespaces/${namespace}/pods/${pod} ${200 + random.integer(400)}`,
    );
    await sleep(clock, duration / total);
  }
  return 0;
}

/** Prints its whole command line. */
export async function entrypointTester({ argv, stdout }: ProgramContext): Promise<number> {
  stdout(`[${argv.join(" ")}]\n`);
  return 0;
}

/** Opens a TCP connection, and says in one word why it could not. */
export async function connect(context: ProgramContext, args: readonly string[]): Promise<number> {
  const { flags, operands } = parseGoFlags(args);
  const failed = (text: string) => {
    context.stderr(`${text}\n`);
    return 1;
  };
  const [target = ""] = operands;
  const [, name, port] = /^(.*):(\d+)$/.exec(target) ?? [];
  if (flags["protocol"] && flags["protocol"] !== "tcp") return failed(`Unsupported protocol\n${flags["protocol"]}`);
  if (name === undefined) return failed(`UNKNOWN: address ${target}: missing port in address`);
  const [ip] = context.host.resolve(name) ?? [];
  if (!ip) return failed(`DNS: lookup ${name}: no such host`);
  const timeout = parseGoDuration(flags["timeout"] ?? "0") || Number.MAX_SAFE_INTEGER;
  try {
    (await within(context.clock, timeout / 1000, context.host.connect(ip, Number(port)))).destroy();
    return 0;
  } catch (error) {
    if (error instanceof TimedOut) return failed("TIMEOUT");
    if (!(error instanceof DialError)) throw error;
    if (error.code === "ETIMEDOUT") return failed("TIMEOUT");
    return failed(error.code === "ECONNREFUSED" ? "REFUSED" : `OTHER: dial tcp ${ip}:${port}: ${error.message}`);
  }
}

export async function dnsSuffix({ files, stdout }: ProgramContext): Promise<number> {
  stdout(`${parseResolvConf(String(await files.read("/etc/resolv.conf"))).search.join(",")}\n`);
  return 0;
}

export async function dnsServerList({ files, stdout }: ProgramContext): Promise<number> {
  stdout(`${parseResolvConf(String(await files.read("/etc/resolv.conf"))).nameservers.join(",")}\n`);
  return 0;
}

export async function etcHosts({ files, stdout }: ProgramContext): Promise<number> {
  stdout(await files.read("/etc/hosts"));
  return 0;
}
