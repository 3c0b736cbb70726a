import type http from "node:http";
import { readBody } from "../network/http-fetch.ts";
import { goHeaders, remoteAddress, serveHTTP, untilGoDies } from "./http-program.ts";
import { defineImage, type ProgramContext } from "./program.ts";

/** Says which pod served a request, then the request (github.com/jmalloc/echo-server, without its WebSocket). */
export const echoServer = defineImage({
  repositories: ["docker.io/kicbase/echo-server"],
  tags: ["1.0", "latest"],
  size: 2_138_418,
  entrypoint: ["/bin/echo-server"],
  cmd: [],
  env: { PORT: "8080" },
  memory: 4 * 1024 * 1024,
  programs: { "/bin/echo-server": runEchoServer },
});

async function runEchoServer(context: ProgramContext): Promise<number> {
  const port = context.env["PORT"] || "8080";
  context.stdout(`Echo server listening on port ${port}.\n`);
  try {
    serveHTTP(context, Number(port), (request, response) => answer(context, request, response));
  } catch (error) {
    context.stderr(`panic: ${(error as Error).message}\n\ngoroutine 1 [running]:\nmain.main()\n`);
    return 2;
  }
  return untilGoDies(context);
}

async function answer(context: ProgramContext, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const { method, url, httpVersion, headers } = request;
  context.stdout(`${remoteAddress(request)} | ${method} ${url}\n`);
  const body = await readBody(request);
  const hidden = String(headers["x-send-server-hostname"] ?? context.env["SEND_SERVER_HOSTNAME"] ?? "").toLowerCase() === "false";
  for (const [name, value] of Object.entries(context.env)) {
    if (name.startsWith("SEND_HEADER_")) response.setHeader(name.slice("SEND_HEADER_".length).replaceAll("_", "-"), value);
  }
  const lines = [
    ...(hidden ? [] : [`Request served by ${context.hostname}`, ""]),
    `${method} ${url} HTTP/${httpVersion}`,
    "",
    `Host: ${headers.host ?? ""}`,
    ...goHeaders(request).map(([name, value]) => `${name}: ${value}`),
    ...(body.length ? ["", ""] : [""]),
  ];
  response.setHeader("Content-Type", "text/plain");
  response.end(Buffer.concat([Buffer.from(lines.join("\n")), body]));
}
