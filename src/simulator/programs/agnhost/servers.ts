import { sleep } from "../../clock.ts";
import { goLogTime, parseGoFlags } from "../go.ts";
import { remoteAddress, serveHTTP, untilGoDies, untilSignal } from "../http-program.ts";
import type { ProgramContext } from "../program.ts";
import { contentType } from "../static-files.ts";

const logger = (context: ProgramContext) => (text: string) => context.stderr(`${goLogTime(context.clock.now())} ${text}\n`);

/** Prints one word, and waits; SIGTERM ends it with 2. */
export async function pause(context: ProgramContext): Promise<number> {
  context.stdout("Paused\n");
  return (await untilSignal(context)) === "SIGINT" ? 1 : 2;
}

/** Answers with the pod's name. Told to end, it goes on for a minute: whoever deletes the pod is expected to kill it. */
export async function serveHostname(context: ProgramContext, args: readonly string[]): Promise<number> {
  const { flags } = parseGoFlags(args, { switches: ["tcp", "udp", "http", "close"] });
  const log = logger(context);
  const port = Number(flags["port"] ?? 9376);
  if (flags["tcp"] === "true") {
    context.host.listen(port, (connection) => {
      log(`TCP request from ${connection.remoteAddress}:${connection.remotePort}`);
      connection.end(context.hostname);
    });
  } else {
    serveHTTP(context, port, (request, response) => {
      log(`HTTP request from ${remoteAddress(request)}`);
      response.setHeader("Content-Type", "text/plain; charset=utf-8");
      if (flags["close"] === "true") response.setHeader("Connection", "close");
      response.end(context.hostname);
    });
  }
  log(`Serving on port ${port}.`);
  await untilSignal(context);
  log("Shutting down after receiving signal: terminated.");
  log("Awaiting pod deletion.");
  await sleep(context.clock, 60_000);
  return 0;
}

/** Serves the container's files. */
export async function testWebserver(context: ProgramContext, args: readonly string[]): Promise<number> {
  const { flags } = parseGoFlags(args);
  const answer = async (path: string): Promise<{ code: number; type: string; body: Buffer }> => {
    const stat = await context.files.stat(path);
    if (stat?.kind === "file") return { code: 200, type: contentType(path), body: await context.files.read(path) };
    if (stat?.kind !== "folder")
      return { code: 404, type: "text/plain; charset=utf-8", body: Buffer.from("404 page not found\n") };
    const names = await context.files.list(path);
    const lines = names.map((name) => `<a href="${name}">${name}</a>\n`);
    return {
      code: 200,
      type: "text/html; charset=utf-8",
      body: Buffer.from(`<!doctype html>\n<pre>\n${lines.join("")}</pre>\n`),
    };
  };
  serveHTTP(context, Number(flags["port"] ?? 80), async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const { code, type, body } = await answer(decodeURIComponent(pathname));
    response.writeHead(code, { "Cache-Control": "private", "Access-Control-Allow-Origin": "*", "Content-Type": type });
    response.end(body);
  });
  return untilGoDies(context);
}

/** Healthy for ten seconds. */
export async function liveness(context: ProgramContext): Promise<number> {
  const startedAt = context.clock.now();
  serveHTTP(context, 8080, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const seconds = (context.clock.now() - startedAt) / 1000;
    response.setHeader("Content-Type", "text/plain; charset=utf-8");
    if (pathname === "/started") response.end(`${seconds}s`);
    else if (pathname === "/redirect") response.writeHead(302, { Location: searchParams.get("loc") ?? "" }).end();
    else if (pathname !== "/healthz") response.writeHead(404).end("404 page not found\n");
    else if (seconds > 10) response.writeHead(500).end(`error: ${seconds}`);
    else response.end("ok");
  });
  return untilGoDies(context);
}

/** Serves the value of each SERVE_PORT_n on port n. */
export async function porter(context: ProgramContext, args: readonly string[]): Promise<number> {
  const { flags } = parseGoFlags(args, { switches: ["json-response"] });
  for (const [name, value] of Object.entries(context.env)) {
    const port = /^SERVE_(?:TCP_)?PORT_(\d+)$/.exec(name)?.[1];
    if (!port) continue;
    serveHTTP(context, Number(port), ({ method }, response) => {
      const json = flags["json-response"] === "true";
      response.setHeader("Content-Type", json ? "application/json" : "text/plain; charset=utf-8");
      response.end(json ? JSON.stringify({ Method: method, Body: value }) : value);
    });
  }
  return untilGoDies(context);
}
