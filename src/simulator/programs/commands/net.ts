import { sleep } from "../../clock.ts";
import { DialError, type Connection } from "../../network/network.ts";
import type { Program, ProgramContext } from "../program.ts";
import { command } from "./command.ts";
import { within, TimedOut } from "./deadline.ts";
import { httpd } from "./httpd.ts";
import { connectProblem, usage } from "./net-problem.ts";
import { nslookup } from "./nslookup.ts";
import { wget } from "./wget.ts";

const CONNECT_TIMEOUT = 127;

/** Commands about the network. */
export const netCommands: Record<string, Program> = {
  httpd,
  nslookup,
  wget,

  nc: command(async (context, args) => {
    const options = parseNc(args);
    if (options.listen) return listen(context, options.port);
    const [name, port] = options.operands;
    if (name === undefined || port === undefined) {
      return usage(context, "nc [-iN] [-wN] [-l] [-p PORT] [-f FILE|IPADDR PORT] [-e PROG]", "Open a pipe to IP:PORT or FILE");
    }
    const [ip] = context.host.resolve(name) ?? [];
    if (!ip) return complain(context, `bad address '${name}'`);
    try {
      const connection = await within(context.clock, options.seconds, context.host.connect(ip, Number(port)));
      if (options.verbose) context.stderr(`${name} (${ip}:${port}) open\n`);
      if (options.probe) return 0;
      await converse(context, connection);
      return 0;
    } catch (error) {
      if (error instanceof TimedOut) return complain(context, "timed out");
      if (error instanceof DialError) return complain(context, `can't connect to remote host (${ip}): ${connectProblem(error)}`);
      throw error;
    }
  }),

  ping: command(async (context, args) => {
    const rest = [...args];
    let count = Number.POSITIVE_INFINITY;
    let wait = 10;
    let name: string | undefined;
    for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
      if (arg.startsWith("-c")) count = Number(arg.slice(2) || rest.shift());
      else if (arg.startsWith("-W")) wait = Number(arg.slice(2) || rest.shift());
      else if (/^-[wsIi]/.test(arg)) rest.shift();
      else if (!arg.startsWith("-")) name = arg;
    }
    if (name === undefined) return usage(context, "ping [OPTIONS] HOST", "Send ICMP ECHO_REQUESTs to HOST");
    const [ip] = context.host.resolve(name) ?? [];
    if (!ip) {
      context.stderr(`ping: bad address '${name}'\n`);
      return 1;
    }
    return ping(context, { name, ip, count, wait });
  }),
};

async function ping(
  context: ProgramContext,
  options: { name: string; ip: string; count: number; wait: number },
): Promise<number> {
  const { name, ip, count, wait } = options;
  const times: number[] = [];
  let sent = 0;
  const summary = () => {
    const lost = Math.round(((sent - times.length) / sent) * 100);
    context.stdout(
      `\n--- ${name} ping statistics ---\n${sent} packets transmitted, ${times.length} packets received, ${lost}% packet loss\n`,
    );
    if (times.length === 0) return 1;
    const figures = [Math.min(...times), times.reduce((sum, time) => sum + time, 0) / times.length, Math.max(...times)];
    context.stdout(`round-trip min/avg/max = ${figures.map((time) => time.toFixed(3)).join("/")} ms\n`);
    return 0;
  };
  const stopped = new Promise<number>((resolve) => {
    context.processes.onSignal((signal) => {
      if (signal === "SIGINT") resolve(summary());
      return signal === "SIGINT";
    });
  });
  const run = async () => {
    context.stdout(`PING ${name} (${ip}): 56 data bytes\n`);
    for (; sent < count;) {
      const reached = context.host.reaches(ip);
      const time = 0.05 + context.random.next() * 0.1;
      if (reached) {
        times.push(time);
        context.stdout(`64 bytes from ${ip}: seq=${sent} ttl=${ip === context.host.ip ? 64 : 62} time=${time.toFixed(3)} ms\n`);
      }
      sent++;
      await sleep(context.clock, sent === count ? (reached ? 0 : wait * 1000) : 1000);
    }
    return summary();
  };
  return Promise.race([stopped, run()]);
}

function complain(context: ProgramContext, text: string): number {
  context.stderr(`nc: ${text}\n`);
  return 1;
}

async function listen(context: ProgramContext, port: number): Promise<number> {
  let listener: { close(): void } | undefined;
  try {
    const connection = await new Promise<Connection>((resolve) => (listener = context.host.listen(port, resolve)));
    listener?.close();
    await converse(context, connection);
    return 0;
  } catch (error) {
    return complain(
      context,
      (error as { code?: string }).code === "EADDRINUSE" ? "bind: Address already in use" : (error as Error).message,
    );
  }
}

/** stdin to the other end, the other end to stdout, until that one is done. */
async function converse(context: ProgramContext, connection: Connection): Promise<void> {
  const send = async () => {
    for await (const chunk of context.stdin) connection.write(chunk);
    connection.end();
  };
  // What cannot be sent shows when the other end is read.
  send().catch(() => {});
  for await (const chunk of connection as AsyncIterable<Buffer>) {
    context.stdout(chunk);
    await context.drained();
  }
}

interface NcOptions {
  listen: boolean;
  verbose: boolean;
  probe: boolean;
  port: number;
  seconds: number;
  operands: string[];
}

function parseNc(args: readonly string[]): NcOptions {
  const options: NcOptions = { listen: false, verbose: false, probe: false, port: 0, seconds: CONNECT_TIMEOUT, operands: [] };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (!/^-./.test(arg)) {
      options.operands.push(arg);
      continue;
    }
    for (let at = 1; at < arg.length; at++) {
      const letter = arg[at]!;
      if (letter === "l") options.listen = true;
      if (letter === "v") options.verbose = true;
      if (letter === "z") options.probe = true;
      if (!"pwiq".includes(letter)) continue;
      const value = Number(arg.slice(at + 1) || rest.shift());
      if (letter === "p") options.port = value;
      if (letter === "w") options.seconds = value;
      break;
    }
  }
  if (options.listen && !options.port) options.port = Number(options.operands.at(-1) ?? 0);
  return options;
}
