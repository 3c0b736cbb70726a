import { hostFetch, readBody, ResolveError, type FetchResponse } from "../../network/http-fetch.ts";
import { DialError } from "../../network/network.ts";
import type { ProgramContext } from "../program.ts";
import { command, pathOf } from "./command.ts";
import { parseArguments, type CurlOptions } from "./curl-options.ts";
import { TimedOut, within } from "./deadline.ts";

const VERSION = "8.14.1";
const MOST_REDIRECTS = 50;

/** curl, as far as clusters are looked at with it. */
export const curl = command(async (context, args) => {
  const options = await parseArguments(args, context);
  if ("error" in options) {
    context.stderr(
      `curl: option ${options.error}: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n`,
    );
    return 2;
  }
  if (options.urls.length === 0) {
    context.stderr("curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n");
    return 2;
  }
  let status = 0;
  for (const url of options.urls) status = await transfer(context, /^\w+:\/\//.test(url) ? url : `http://${url}`, options);
  return status;
});

async function transfer(context: ProgramContext, url: string, options: CurlOptions): Promise<number> {
  const startedAt = context.clock.now();
  const failed = (code: number, text: string) => {
    if (!options.on.has("s") || options.on.has("S")) context.stderr(`curl: (${code}) ${text}\n`);
    return code;
  };
  const spent = () => context.clock.now() - startedAt;
  try {
    return await within(context.clock, options.seconds, fetchAndPrint(context, new URL(url), options));
  } catch (error) {
    const { hostname, port, protocol } = new URL(url);
    const target = `${hostname} port ${port || (protocol === "https:" ? 443 : 80)}`;
    if (error instanceof HTTPFailure) return failed(22, error.message);
    if (error instanceof ResolveError) return failed(6, `Could not resolve host: ${hostname}`);
    if (error instanceof TimedOut) return failed(28, `Operation timed out after ${spent()} milliseconds with 0 bytes received`);
    if (error instanceof ConnectTimedOut)
      return failed(28, `Failed to connect to ${target} after ${spent()} ms: Timeout was reached`);
    if (error instanceof DialError)
      return failed(7, `Failed to connect to ${target} after ${spent()} ms: Could not connect to server`);
    const { code } = error as { code?: string };
    if (code === "ECONNRESET") return failed(52, "Empty reply from server");
    if (code?.includes("CERT") || code?.includes("SIGNATURE")) {
      return failed(
        60,
        "SSL certificate problem: unable to get local issuer certificate\nMore details here: https://curl.se/docs/sslcerts.html",
      );
    }
    throw error;
  }
}

class HTTPFailure extends Error {}
class ConnectTimedOut extends Error {}

async function fetchAndPrint(context: ProgramContext, start: URL, options: CurlOptions): Promise<number> {
  let url = start;
  for (let redirects = 0; ; redirects++) {
    const response = await request(context, url, options);
    const { location } = response.headers;
    if (
      options.on.has("L") &&
      location &&
      response.statusCode >= 300 &&
      response.statusCode < 400 &&
      redirects < MOST_REDIRECTS
    ) {
      if (options.on.has("i") || options.on.has("I")) context.stdout(headText(response));
      response.resume();
      url = new URL(location, url);
      continue;
    }
    if (options.on.has("f") && response.statusCode >= 400) {
      response.resume();
      throw new HTTPFailure(`The requested URL returned error: ${response.statusCode}`);
    }
    await print(context, url, response, options);
    return 0;
  }
}

async function request(context: ProgramContext, url: URL, options: CurlOptions): Promise<FetchResponse> {
  const verbose = (text: string) => options.on.has("v") && context.stderr(text);
  const { host } = context;
  const resolved = host.resolve(url.hostname)?.[0];
  if (!resolved) throw new ResolveError(url.hostname);
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  verbose(`*   Trying ${resolved}:${port}...\n`);
  const method = options.method ?? (options.on.has("I") ? "HEAD" : options.body !== undefined ? "POST" : "GET");
  const headers: Record<string, string> = { Host: url.host, "User-Agent": `curl/${VERSION}`, Accept: "*/*" };
  if (options.body !== undefined) {
    headers["Content-Length"] = String(Buffer.byteLength(options.body));
    headers["Content-Type"] = "application/x-www-form-urlencoded";
  }
  for (const [name, text] of Object.entries(options.headers)) {
    for (const known of Object.keys(headers)) if (known.toLowerCase() === name.toLowerCase()) delete headers[known];
    if (text) headers[name] = text;
  }
  const answer = hostFetch(host, url, {
    method,
    headers,
    tls: { insecure: options.on.has("k"), ...(options.ca && { ca: options.ca }) },
    ...(options.body !== undefined && { body: options.body }),
  });
  const response = await within(context.clock, options.connectSeconds, answer).catch((error: unknown) => {
    throw error instanceof TimedOut ? new ConnectTimedOut() : error;
  });
  verbose(`* Connected to ${url.hostname} (${resolved}) port ${port}\n> ${method} ${url.pathname}${url.search} HTTP/1.1\n`);
  verbose(
    Object.entries(headers)
      .map(([name, text]) => `> ${name}: ${text}\n`)
      .join(""),
  );
  verbose(
    `> \n${headText(response)
      .trimEnd()
      .split("\r\n")
      .map((line) => `< ${line}\n`)
      .join("")}< \n`,
  );
  return response;
}

async function print(context: ProgramContext, url: URL, response: FetchResponse, options: CurlOptions): Promise<void> {
  const body = await readBody(response);
  const head = options.on.has("i") || options.on.has("I") ? headText(response) : "";
  const content = Buffer.concat([Buffer.from(head), body]);
  if (!options.on.has("s") && !context.tty && options.output === undefined) context.stderr(meter(body.byteLength));
  if (options.output === undefined || options.output === "-") context.stdout(content);
  else await context.files.write(pathOf(options.output, context), content);
  if (options.format) context.stdout(writeOut(options.format, { response, size: body.byteLength, url }));
  await context.drained();
}

const headText = ({ httpVersion, statusCode, statusMessage, rawHeaders }: FetchResponse): string => {
  const lines = rawHeaders.flatMap((name, index) => (index % 2 ? [] : [`${name}: ${rawHeaders[index + 1]}\r\n`]));
  return `HTTP/${httpVersion} ${statusCode} ${statusMessage}\r\n${lines.join("")}\r\n`;
};

const meter = (size: number): string =>
  "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n" +
  "                                 Dload  Upload   Total   Spent    Left  Speed\n" +
  `\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\r100 ${String(size).padStart(5)}  100 ${String(size).padStart(5)}    0     0  ${String(size).padStart(5)}      0 --:--:-- --:--:-- --:--:-- ${String(size).padStart(5)}\n`;

function writeOut(format: string, { response, size, url }: { response: FetchResponse; size: number; url: URL }): string {
  const values: Record<string, string> = {
    http_code: String(response.statusCode),
    response_code: String(response.statusCode),
    size_download: String(size),
    url_effective: url.href,
    content_type: response.headers["content-type"] ?? "",
    time_total: "0.002",
  };
  return format
    .replace(/%\{(\w+)\}/g, (_, name: string) => values[name] ?? "")
    .replaceAll("\\n", "\n")
    .replaceAll("\\t", "\t");
}
