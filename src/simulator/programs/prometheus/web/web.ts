import type http from "node:http";
import { EXPOSITION_TYPE } from "../../../metrics/exposition.ts";
import { readBody } from "../../../network/http-fetch.ts";
import { serveHTTP } from "../../http-program.ts";
import { SelfMetrics } from "../self-metrics.ts";
import type { Server } from "../server.ts";
import { answerApi } from "./api.ts";
import { queryPage } from "./query-page.ts";
import { configPage, discoveryPage, targetsPage } from "./status-pages.ts";

const JSON_TYPE = "application/json";
const TEXT_TYPE = "text/plain; charset=utf-8";
const HTML_TYPE = "text/html; charset=utf-8";

interface Answer {
  code: number;
  type?: string;
  body: string;
  headers?: Readonly<Record<string, string>>;
}

/** Serves the HTTP API and the pages (web/web.go). Throws an Error with code EADDRINUSE. `quit` is called by /-/quit. */
export function serveWeb(server: Server, port: number, quit: () => void): void {
  const metrics = new SelfMetrics(server);
  serveHTTP(server.context, port, async (request, response) => {
    const url = new URL(request.url ?? "/", "http://prometheus");
    const answer = await answerRequest(server, metrics, quit, url, request);
    metrics.request(handlerOf(url.pathname), answer.code, answer.body.length);
    const { code, type, body, headers = {} } = answer;
    response.writeHead(code, { ...(type && { "Content-Type": type }), ...headers, "Content-Length": Buffer.byteLength(body) });
    response.end(request.method === "HEAD" ? undefined : body);
  });
}

const PAGES: Readonly<Record<string, (server: Server, parameters: URLSearchParams) => string>> = {
  "/query": queryPage,
  "/targets": targetsPage,
  "/service-discovery": discoveryPage,
  "/config": configPage,
};

async function answerRequest(
  server: Server,
  metrics: SelfMetrics,
  quit: () => void,
  url: URL,
  request: http.IncomingMessage,
): Promise<Answer> {
  const { pathname } = url;
  const method = request.method ?? "GET";
  if (pathname === "/-/healthy") return text(200, "Prometheus Server is Healthy.\n");
  if (pathname === "/-/ready") return server.ready ? text(200, "Prometheus Server is Ready.\n") : unready();
  if (pathname === "/-/reload" || pathname === "/-/quit") return lifecycle(server, quit, pathname, method);
  if (pathname === "/metrics") return { code: 200, type: EXPOSITION_TYPE, body: metrics.text() };
  if (pathname === "/" || pathname === "/graph")
    return { code: 302, type: HTML_TYPE, headers: { Location: `/query${url.search}` }, body: '<a href="/query">Found</a>.\n\n' };
  const page = PAGES[pathname];
  if (page) return server.ready ? { code: 200, type: HTML_TYPE, body: page(server, url.searchParams) } : unready();
  if (!pathname.startsWith("/api/v1/")) return refusal(404, "404 page not found");
  if (!server.ready) return unready();
  const parameters = url.searchParams;
  if (method === "POST")
    for (const [name, value] of new URLSearchParams(String(await readBody(request)))) parameters.append(name, value);
  const answer = answerApi(server, pathname.slice("/api/v1".length), parameters);
  return answer ? { code: answer.code, type: JSON_TYPE, body: JSON.stringify(answer.body) } : refusal(404, "404 page not found");
}

const text = (code: number, body: string): Answer => ({ code, type: TEXT_TYPE, body });

/** As Go's http.Error. */
const refusal = (code: number, body: string): Answer => ({
  ...text(code, `${body}\n`),
  headers: { "X-Content-Type-Options": "nosniff" },
});

const unready = (): Answer => ({ ...text(503, "Service Unavailable"), headers: { "X-Prometheus-Stopping": "false" } });

async function lifecycle(server: Server, quit: () => void, path: string, method: string): Promise<Answer> {
  if (method !== "POST" && method !== "PUT") return { ...refusal(405, "Only POST or PUT requests allowed"), headers: {} };
  if (server.flags["web.enable-lifecycle"] !== "true")
    return { code: 403, type: TEXT_TYPE, body: "Lifecycle API is not enabled." };
  if (path === "/-/quit") {
    quit();
    return { code: 200, body: "Requesting termination... Goodbye!" };
  }
  try {
    await server.load();
    return { code: 200, body: "" };
  } catch (error) {
    const { message } = error as Error;
    server.log.error("main.go:1153", "Error reloading config", { err: message });
    return refusal(500, `failed to reload config: ${message}`);
  }
}

/** The handler's pattern, as the metric names it. */
const handlerOf = (path: string): string =>
  path.replace(/^\/api\/v1\/label\/[^/]+\/values$/, "/api/v1/label/:name/values").replace(/^\/static\/.*/, "/static/*filepath");
