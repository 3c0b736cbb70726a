import type http from "node:http";
import { sleep } from "../../clock.ts";
import { hostFetch, readBody } from "../../network/http-fetch.ts";
import { DialError } from "../../network/network.ts";
import { goDuration, goLogTime, parseGoDuration, parseGoFlags } from "../go.ts";
import { goHeaders, remoteAddress, serveHTTP, untilSignal } from "../http-program.ts";
import type { ProgramContext, Sink } from "../program.ts";

/** test/images/agnhost/netexec/netexec.go, without UDP, SCTP, TLS and uploads. */
export async function netexec(context: ProgramContext, args: readonly string[]): Promise<number> {
  const { flags } = parseGoFlags(args);
  const port = Number(flags["http-port"] ?? 8080);
  const startedAt = context.clock.now();
  const log = (text: string) => context.stderr(`${goLogTime(context.clock.now())} ${text}\n`);
  if (flags["tls-cert-file"]) {
    log("the practice cluster does not model netexec with TLS");
    return 1;
  }

  return new Promise((exit, reject) => {
    const handle = async (request: http.IncomingMessage, response: http.ServerResponse) => {
      const url = new URL(flags["http-override"] ?? request.url ?? "/", "http://localhost");
      const form = new URLSearchParams([...url.searchParams, ...new URLSearchParams(await formBody(request))]);
      const route: Route = ROUTES[url.pathname] ?? root;
      await route({ context, request, response, form, log, exit, startedAt });
    };
    try {
      serveHTTP(context, port, handle);
    } catch {
      log(`listen tcp :${port}: bind: address already in use`);
      return exit(1);
    }
    log(`Started HTTP server on port ${port}`);
    if (flags["udp-port"] !== "-1") log(`Started UDP server on port  ${flags["udp-port"] ?? 8081}`);
    untilSignal(context)
      .then(async () => {
        const delay = Number(flags["delay-shutdown"] ?? 0);
        if (delay > 0) log(`Sleeping ${delay} seconds before terminating...`);
        await sleep(context.clock, delay * 1000);
        exit(0);
      })
      .catch(reject);
  });
}

interface Call {
  context: ProgramContext;
  request: http.IncomingMessage;
  response: http.ServerResponse;
  form: URLSearchParams;
  log(text: string): void;
  exit(code: number): void;
  startedAt: number;
}

const value = (form: URLSearchParams, name: string) => form.get(name) ?? "";

function root({ context, response, log, startedAt }: Call): void {
  log("GET /");
  const now = context.clock.now();
  const time = new Date(now).toISOString().replace("T", " ").replace("Z", "");
  answer(response, 200, `NOW: ${time}000000 +0000 UTC m=+${((now - startedAt) / 1000).toFixed(9)}`);
}

const hostname =
  (path: string) =>
  ({ context, response, log }: Call): void => {
    log(`GET ${path}`);
    answer(response, 200, context.hostname);
  };

type Route = (call: Call) => void | Promise<void>;

const ROUTES: Readonly<Record<string, Route>> = {
  "/hostname": hostname("/hostname"),
  "/hostName": hostname("/hostName"),

  "/clientip"({ request, response, log }) {
    log("GET /clientip");
    answer(response, 200, remoteAddress(request));
  },

  "/header"({ request, response, form, log }) {
    const key = value(form, "key");
    log(key ? `GET /header?key=${key}` : "GET /header");
    const all: Record<string, string[]> = {};
    for (const [name, text] of goHeaders(request)) (all[name] ??= []).push(text);
    answer(response, 200, key ? String(request.headers[key.toLowerCase()] ?? "") : JSON.stringify(all));
  },

  "/echo"({ response, form, log }) {
    const [message, code] = [value(form, "msg"), value(form, "code")];
    log(`GET /echo?msg=${message}&code=${code}`);
    if (code && !/^\d+$/.test(code)) return answer(response, 200, `argument 'code' must be an integer or empty, got "${code}"\n`);
    answer(response, Number(code || 200), message);
  },

  "/healthz"({ response, log }) {
    log("GET /healthz");
    answer(response, 200, "");
  },

  "/readyz"({ context, response, log }) {
    log("GET /readyz");
    if (context.signal.aborted) answer(response, 503, "shutting down");
    else answer(response, 200, "ok");
  },

  async "/exit"({ context, response, form, log, exit }) {
    const [code, timeout, wait] = ["code", "timeout", "wait"].map((name) => value(form, name)) as [string, string, string];
    log(`GET /exit?code=${code}&timeout=${timeout}&wait=${wait}`);
    for (const [name, text] of [
      ["timeout", timeout],
      ["wait", wait],
    ] as const) {
      if (text && parseGoDuration(text) === undefined) {
        return answer(response, 200, `argument '${name}' must be a valid golang duration or empty, got "${text}"\n`);
      }
    }
    if (code && !/^\d+$/.test(code)) {
      return answer(response, 200, `argument 'code' must be an integer [0-127] or empty, got "${code}"\n`);
    }
    const [allowed, delay] = [parseGoDuration(timeout) ?? 0, parseGoDuration(wait) ?? 0];
    log(
      `Will begin shutdown in ${goDuration(delay)}, allowing ${goDuration(allowed)} for connections to close, then will exit with ${Number(code)}`,
    );
    await sleep(context.clock, delay);
    if (allowed > 0) {
      answer(response, 200, "");
      log("Graceful shutdown completed with: <nil>");
    }
    exit(Number(code));
  },

  "/shutdown"({ log, exit }) {
    log("GET /shutdown");
    exit(0);
  },

  "/redirect"({ request, response, form, log }) {
    const [location, code] = [value(form, "location"), value(form, "code")];
    log(`${request.method} /redirect?msg=${location}&code=${code}`);
    response.setHeader("Location", location);
    answer(response, Number(code || 302), `<a href="${location}">Found</a>.\n\n`);
  },

  async "/shell"({ context, response, form, log }) {
    const command = value(form, "shellCommand") || value(form, "cmd");
    log(`GET /shell?cmd=${command}`);
    const chunks: Uint8Array[] = [];
    const collect: Sink = (chunk) => void chunks.push(Uint8Array.from(chunk));
    const { processes, env, workingDir } = context;
    const child = processes.spawn(["/bin/sh", "-c", command], {
      ...processes.inherited,
      env,
      workingDir,
      stdout: collect,
      stderr: collect,
    });
    const status = await child.exited;
    const text = Buffer.concat(chunks).toString();
    const output = { ...(status !== 0 && { error: `exit status ${status}` }), ...(text && { output: text }) };
    log(
      `Output: map[${Object.entries(output)
        .map(([name, one]) => `${name}:${one}`)
        .join(" ")}]`,
    );
    answer(response, 200, JSON.stringify(output));
  },

  async "/dial"({ context, response, form, log }) {
    const [host, port, request, protocol, tries] = ["host", "port", "request", "protocol", "tries"].map((name) =>
      value(form, name),
    ) as [string, string, string, string, string];
    log(`GET /dial?host=${host}&protocol=${protocol}&port=${port}&request=${request}&tries=${tries}`);
    if (tries && !/^\d+$/.test(tries)) {
      return answer(response, 400, `tries parameter is invalid. strconv.Atoi: parsing "${tries}": invalid syntax\n`);
    }
    if (!request) return answer(response, 400, "request parameter not specified. <nil>\n");
    if (protocol && protocol.toLowerCase() !== "http") return answer(response, 400, `unsupported protocol. ${protocol}\n`);
    const [ip] = context.host.resolve(host) ?? [];
    if (!ip) return answer(response, 400, `host and/or port param are invalid. lookup ${host}: no such host\n`);
    const responses: string[] = [];
    const errors: string[] = [];
    for (let attempt = 0; attempt < Number(tries || 1); attempt++) {
      const url = `http://${ip}:${port}/${request}`;
      try {
        responses.push(
          String(await readBody(await hostFetch(context.host, url, { headers: { "User-Agent": "Go-http-client/1.1" } }))),
        );
      } catch (error) {
        errors.push(`Get "${url}": ${error instanceof DialError ? `dial tcp ${ip}:${port}: ` : ""}${(error as Error).message}`);
      }
    }
    answer(response, 200, JSON.stringify({ ...(errors.length && { errors }), ...(responses.length && { responses }) }));
  },
};

function answer(response: http.ServerResponse, code: number, body: string): void {
  response.writeHead(code, body ? { "Content-Type": "text/plain; charset=utf-8" } : {});
  response.end(body);
}

async function formBody(request: http.IncomingMessage): Promise<string> {
  const body = String(await readBody(request));
  return request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ? body : "";
}
