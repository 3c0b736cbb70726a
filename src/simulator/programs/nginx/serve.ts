import type http from "node:http";
import { hostFetch } from "../../network/http-fetch.ts";
import { remoteAddress } from "../http-program.ts";
import type { ProgramContext } from "../program.ts";
import { contentType } from "../static-files.ts";
import { locationFor, type Configuration, type Location, type Server, type Settings } from "./server-config.ts";

/** One nginx at work: answers requests by its configuration, and logs them as the image's log_format does. */
export class NginxServer {
  readonly #context: ProgramContext;
  readonly #version: string;
  readonly #configuration: Configuration;
  #requests = 0;

  constructor(context: ProgramContext, version: string, configuration: Configuration) {
    this.#context = context;
    this.#version = version;
    this.#configuration = configuration;
  }

  async handle(port: number, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    this.#requests++;
    const server = this.#serverFor(port, request);
    const path = pathOf(request);
    const call: Call = { request, response, path, location: locationFor(path, server), server };
    response.setHeader("Server", `nginx/${this.#version}`);
    try {
      await this.#answer(call, 0);
    } catch (error) {
      this.#error(call, (error as Error).message);
      this.#page(call, 500);
    }
    if (call.location.settings.accessLog) this.#access(call);
  }

  async #answer(call: Call, depth: number): Promise<void> {
    const { settings } = call.location;
    if (settings.returns) return this.#return(call, settings.returns);
    if (settings.stubStatus) {
      const served = this.#requests;
      return this.#send(
        call,
        200,
        "text/plain",
        Buffer.from(
          `Active connections: 1 \nserver accepts handled requests\n ${served} ${served} ${served} \nReading: 0 Writing: 1 Waiting: 0 \n`,
        ),
      );
    }
    if (settings.proxyPass) return this.#proxy(call, settings);
    if (!["GET", "HEAD"].includes(call.request.method ?? "")) return this.#page(call, 405);
    if (settings.tryFiles) return this.#tryFiles(call, settings.tryFiles, depth);
    return this.#file(call, fileOf(call.path, call.location), depth);
  }

  async #tryFiles(call: Call, candidates: readonly string[], depth: number): Promise<void> {
    const { files } = this.#context;
    for (const candidate of candidates.slice(0, -1)) {
      const path = this.#expand(candidate, call);
      const stat = await files.stat(fileOf(path.replace(/\/$/, ""), call.location));
      if (stat?.kind === (path.endsWith("/") ? "folder" : "file")) return this.#file(call, fileOf(path, call.location), depth);
    }
    const last = candidates.at(-1)!;
    if (last.startsWith("=")) return this.#page(call, Number(last.slice(1)));
    return this.#redirectInside(call, this.#expand(last, call), depth);
  }

  async #file(call: Call, file: string, depth: number): Promise<void> {
    const { files } = this.#context;
    const stat = await files.stat(file.replace(/\/$/, ""));
    if (stat?.kind === "folder") {
      if (!call.path.endsWith("/")) {
        const { host = "localhost" } = call.request.headers;
        call.response.setHeader("Location", `http://${host}${call.path}/`);
        return this.#page(call, 301);
      }
      for (const name of call.location.settings.index) {
        if ((await files.stat(`${file}${name}`))?.kind === "file") return this.#redirectInside(call, call.path + name, depth);
      }
      if (call.location.settings.autoindex) return this.#listing(call, file);
      const missing = `${file}${call.location.settings.index.at(-1) ?? "index.html"}`;
      const listable = (await files.stat(missing)) === undefined && depth === 0;
      this.#error(
        call,
        listable ? `directory index of "${file}" is forbidden` : `"${missing}" is not found (2: No such file or directory)`,
      );
      return this.#page(call, 403);
    }
    if (!stat) {
      this.#error(call, `open() "${file}" failed (2: No such file or directory)`);
      return this.#page(call, 404);
    }
    const content = await files.read(file);
    const modified = new Date(stat.mtime);
    call.response.setHeader("Last-Modified", modified.toUTCString());
    call.response.setHeader("ETag", `"${Math.floor(stat.mtime / 1000).toString(16)}-${content.byteLength.toString(16)}"`);
    call.response.setHeader("Accept-Ranges", "bytes");
    const known = contentType(file);
    return this.#send(call, 200, known === "application/octet-stream" ? call.location.settings.defaultType : known, content);
  }

  async #redirectInside(call: Call, path: string, depth: number): Promise<void> {
    if (depth > 9) throw new Error(`rewrite or internal redirection cycle while internally redirecting to "${path}"`);
    call.path = path;
    call.location = locationFor(path, call.server);
    return this.#answer(call, depth + 1);
  }

  async #listing(call: Call, folder: string): Promise<void> {
    const names = await this.#context.files.list(folder);
    const lines = names.map((name) => `<a href="${name}">${name}</a>\r\n`).join("");
    const title = `Index of ${call.path}`;
    const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<h1>${title}</h1><hr><pre><a href="../">../</a>\r\n${lines}</pre><hr></body>\r\n</html>\r\n`;
    return this.#send(call, 200, "text/html", Buffer.from(body));
  }

  #return(call: Call, [first = "", ...rest]: readonly string[]): void {
    const code = /^\d{3}$/.test(first) ? Number(first) : 302;
    const text = this.#expand(code === 302 && !rest.length ? first : rest.join(" "), call);
    if (code >= 300 && code < 400) {
      call.response.setHeader("Location", text);
      return this.#page(call, code);
    }
    if (!text) return this.#page(call, code);
    this.#send(call, code, call.location.settings.defaultType, Buffer.from(text));
  }

  async #proxy(call: Call, settings: Settings): Promise<void> {
    const { request, response } = call;
    const target = new URL(this.#expand(settings.proxyPass!, call));
    const [upstream] = this.#configuration.upstreams.get(target.hostname) ?? [];
    const address = upstream ? new URL(`http://${upstream}`) : target;
    const replaced = /^https?:\/\/[^/]+\//.test(settings.proxyPass!);
    const path = replaced ? target.pathname + (request.url ?? "/").slice(call.location.path.length) : (request.url ?? "/");
    const headers: Record<string, string> = { Host: target.host, Connection: "close" };
    for (const [name, value] of Object.entries(request.headers)) {
      if (!["host", "connection"].includes(name)) headers[name] = String(value);
    }
    for (const [name, value] of Object.entries(settings.proxyHeaders)) headers[name] = this.#expand(value, call);
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const answer = await hostFetch(this.#context.host, new URL(path, address), {
        method: request.method ?? "GET",
        headers,
        tls: { insecure: true },
        ...(chunks.length && { body: Buffer.concat(chunks) }),
      });
      for (const [name, value] of Object.entries(answer.headers)) {
        if (value !== undefined && !["server", "date", "connection", "transfer-encoding"].includes(name))
          response.setHeader(name, value);
      }
      const body: Buffer[] = [];
      for await (const chunk of answer as AsyncIterable<Buffer>) body.push(chunk);
      this.#send(call, answer.statusCode, String(answer.headers["content-type"] ?? ""), Buffer.concat(body));
    } catch (error) {
      this.#error(call, `${(error as Error).message} while connecting to upstream, upstream: "${new URL(path, address).href}"`);
      this.#page(call, (error as { code?: string }).code === "ETIMEDOUT" ? 504 : 502);
    }
  }

  /** nginx' own page for a status, or the one that error_page names. */
  #page(call: Call, code: number): void {
    const title = `${code} ${TITLES[code] ?? ""}`.trim();
    const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx/${this.#version}</center>\r\n</body>\r\n</html>\r\n`;
    this.#send(call, code, "text/html", Buffer.from(code === 204 ? "" : body));
  }

  #send(call: Call, code: number, type: string, body: Buffer): void {
    const { response, location } = call;
    for (const [name, value, always] of location.settings.headers) {
      if (always || code < 400) response.setHeader(name, this.#expand(value, call));
    }
    if (type) response.setHeader("Content-Type", type);
    response.setHeader("Content-Length", body.byteLength);
    response.writeHead(code);
    response.end(call.request.method === "HEAD" ? undefined : body);
    call.sent = call.request.method === "HEAD" ? 0 : body.byteLength;
  }

  #expand(text: string, { request, path }: Call): string {
    const values: Record<string, string> = {
      uri: path,
      request_uri: request.url ?? "/",
      args: (request.url ?? "").split("?")[1] ?? "",
      host: (request.headers.host ?? "").replace(/:\d+$/, ""),
      http_host: request.headers.host ?? "",
      hostname: this.#context.hostname,
      remote_addr: request.socket.remoteAddress ?? "",
      request_method: request.method ?? "",
      scheme: "http",
      server_addr: this.#context.host.ip,
      nginx_version: this.#version,
      proxy_add_x_forwarded_for: [request.headers["x-forwarded-for"], request.socket.remoteAddress].filter(Boolean).join(", "),
    };
    return text.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => {
      if (name.startsWith("http_")) return String(request.headers[name.slice(5).replaceAll("_", "-")] ?? "");
      return values[name] ?? whole;
    });
  }

  #serverFor(port: number, { headers }: http.IncomingMessage): Server {
    const candidates = this.#configuration.servers.filter(({ ports }) => ports.includes(port));
    const host = (headers.host ?? "").replace(/:\d+$/, "");
    return (
      candidates.find(({ names }) => names.includes(host)) ?? candidates.find(({ isDefault }) => isDefault) ?? candidates[0]!
    );
  }

  /** `10.244.0.1 - - [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 615 "-" "curl/8.14.1" "-"` */
  #access({ request, response, sent = 0 }: Call): void {
    const { headers, method, url, httpVersion, socket } = request;
    const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(
      new Date(this.#context.clock.now()).toUTCString(),
    )!;
    const said = [headers.referer, headers["user-agent"], headers["x-forwarded-for"]].map((one) => `"${String(one ?? "-")}"`);
    this.#context.stdout(
      `${socket.remoteAddress} - - [${day}/${month}/${year}:${time} +0000] "${method} ${url} HTTP/${httpVersion}" ${response.statusCode} ${sent} ${said.join(" ")}\n`,
    );
  }

  #error({ request, server }: Call, text: string): void {
    const time = new Date(this.#context.clock.now()).toISOString().slice(0, 19).replaceAll("-", "/").replace("T", " ");
    const { method, url, httpVersion, headers } = request;
    const who = `client: ${remoteAddress(request).replace(/:\d+$/, "")}, server: ${server.names[0] ?? ""}`;
    this.#context.stderr(
      `${time} [error] 29#29: *${this.#requests} ${text}, ${who}, request: "${method} ${url} HTTP/${httpVersion}", host: "${headers.host ?? ""}"\n`,
    );
  }
}

interface Call {
  request: http.IncomingMessage;
  response: http.ServerResponse;
  path: string;
  location: Location;
  server: Server;
  sent?: number;
}

const TITLES: Record<number, string> = {
  301: "Moved Permanently",
  302: "Found",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Authorization Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Not Allowed",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Temporarily Unavailable",
  504: "Gateway Time-out",
};

const pathOf = ({ url = "/" }: http.IncomingMessage): string => {
  const path = url.split("?")[0]!;
  try {
    return new URL(decodeURIComponent(path), "http://localhost").pathname;
  } catch {
    return "/";
  }
};

const fileOf = (path: string, { settings, path: prefix }: Location): string =>
  settings.alias === undefined ? settings.root + path : settings.alias + path.slice(prefix.length);
