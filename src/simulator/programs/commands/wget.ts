import { hostFetch, type FetchResponse } from "../../network/http-fetch.ts";
import { DialError } from "../../network/network.ts";
import type { ProgramContext } from "../program.ts";
import { command, fileProblem, pathOf } from "./command.ts";
import { within, TimedOut } from "./deadline.ts";
import { connectProblem, usage } from "./net-problem.ts";

interface Options {
  quiet: boolean;
  showHeaders: boolean;
  spider: boolean;
  output?: string;
  folder: string;
  seconds: number;
  agent: string;
  headers: Record<string, string>;
  body?: string;
  urls: string[];
  /** Not the first of several: what -O names is added to. */
  goesOn: boolean;
}

const MOST_REDIRECTS = 4;
/** networking/wget.c: -T's default. */
const READ_TIMEOUT = 900;

/** busybox' wget, with its words. */
export const wget = command(async (context, args) => {
  const options = await parseArguments(args, context);
  if (options.urls.length === 0)
    return usage(
      context,
      "wget [-cqS] [--spider] [-O FILE] [--header STR]\n\t[--post-data STR | --post-file FILE] [-P DIR] [-U AGENT] [-T SEC] URL...",
      "Retrieve files via HTTP or FTP",
    );
  try {
    for (const [index, url] of options.urls.entries())
      await within(context.clock, options.seconds, retrieve(context, url, { ...options, goesOn: index > 0 }));
    return 0;
  } catch (error) {
    context.stderr(`wget: ${problem(error)}\n`);
    return 1;
  }
});

class WgetProblem extends Error {}

const problem = (error: unknown): string => {
  if (error instanceof WgetProblem) return error.message;
  if (error instanceof TimedOut) return "download timed out";
  return (error as { code?: string }).code === "ECONNRESET"
    ? "error getting response: Connection reset by peer"
    : (error as Error).message;
};

async function retrieve(context: ProgramContext, start: string, options: Options): Promise<void> {
  let url = new URL(/^\w+:\/\//.test(start) ? start : `http://${start}`);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new WgetProblem(`not an http or ftp url: ${start}`);
  for (let redirects = 0; ; redirects++) {
    const response = await request(context, url, options);
    const location = response.headers.location;
    if (response.statusCode >= 300 && response.statusCode < 400 && location) {
      if (redirects === MOST_REDIRECTS) throw new WgetProblem("too many redirections");
      response.destroy();
      url = new URL(location, url);
      continue;
    }
    if (response.statusCode !== 200 && response.statusCode !== 206 && response.statusCode !== 204) {
      throw new WgetProblem(
        `server returned error: HTTP/${response.httpVersion} ${response.statusCode} ${response.statusMessage}`,
      );
    }
    if (options.spider) {
      if (!options.quiet) context.stderr("remote file exists\n");
      return;
    }
    return save(context, url, response, options);
  }
}

async function request(context: ProgramContext, url: URL, options: Options): Promise<FetchResponse> {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const [ip] = context.host.resolve(url.hostname) ?? [];
  if (!ip) throw new WgetProblem(`bad address '${url.host}'`);
  if (!options.quiet) context.stderr(`Connecting to ${url.host} (${ip}:${port})\n`);
  const headers = { Host: url.host, "User-Agent": options.agent, Connection: "close", ...options.headers };
  try {
    const response = await hostFetch(context.host, url, {
      headers:
        options.body === undefined
          ? headers
          : {
              ...headers,
              "Content-Type": "application/x-www-form-urlencoded",
              "Content-Length": String(Buffer.byteLength(options.body)),
            },
      tls: { insecure: true },
      ...(options.body !== undefined && { method: "POST", body: options.body }),
    });
    if (options.showHeaders) context.stderr(headerText(response));
    return response;
  } catch (error) {
    if (error instanceof DialError) throw new WgetProblem(`can't connect to remote host (${ip}): ${connectProblem(error)}`);
    throw error;
  }
}

const headerText = ({ httpVersion, statusCode, statusMessage, rawHeaders }: FetchResponse): string => {
  const lines = rawHeaders.flatMap((name, index) => (index % 2 ? [] : [`  ${name}: ${rawHeaders[index + 1]}\n`]));
  return [`  HTTP/${httpVersion} ${statusCode} ${statusMessage}\n`, ...lines, "  \n"].join("");
};

async function save(context: ProgramContext, url: URL, response: FetchResponse, options: Options): Promise<void> {
  const name = options.output ?? `${options.folder}${url.pathname.split("/").at(-1) || "index.html"}`;
  const toStdout = name === "-";
  const path = pathOf(name, context);
  try {
    const isFirst = !(options.goesOn && options.output);
    if (!toStdout && isFirst) await context.files.write(path, "");
  } catch (error) {
    throw new WgetProblem(`can't open '${name}': ${fileProblem(error)}`);
  }
  if (!options.quiet) context.stderr(toStdout ? "writing to stdout\n" : `saving to '${name}'\n`);
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (toStdout) context.stdout(chunk);
    else await context.files.append(path, chunk);
    await context.drained();
  }
  if (options.quiet) return;
  const label = name.split("/").at(-1)!.slice(0, 20).padEnd(20);
  context.stderr(`${label} 100% |********************************| ${String(size).padStart(5)}  0:00:00 ETA\n`);
  context.stderr(toStdout ? "written to stdout\n" : `'${name}' saved\n`);
}

async function parseArguments(args: readonly string[], context: ProgramContext): Promise<Options> {
  const options: Options = {
    quiet: false,
    showHeaders: false,
    spider: false,
    folder: "",
    seconds: READ_TIMEOUT,
    agent: "Wget",
    headers: {},
    urls: [],
    goesOn: false,
  };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, long, given] = /^--([\w-]+)(?:=(.*))?$/s.exec(arg) ?? [];
    if (long) {
      const value = () => given ?? rest.shift() ?? "";
      if (long === "spider") options.spider = true;
      else if (long === "quiet") options.quiet = true;
      else if (long === "header") {
        const [name = "", text = ""] = value().split(/: *(.*)/s);
        options.headers[name] = text;
      } else if (long === "post-data") options.body = value();
      else if (long === "post-file") options.body = String(await context.files.read(pathOf(value(), context)));
      else if (long === "timeout") options.seconds = Number(value());
      else if (long === "output-document") options.output = value();
      continue;
    }
    if (!/^-./.test(arg)) {
      options.urls.push(arg);
      continue;
    }
    for (let at = 1; at < arg.length; at++) {
      const letter = arg[at]!;
      if (letter === "q") options.quiet = true;
      else if (letter === "S") options.showHeaders = true;
      else if ("OPTUtYo".includes(letter)) {
        const value = arg.slice(at + 1) || (rest.shift() ?? "");
        if (letter === "O") options.output = value;
        if (letter === "P") options.folder = `${value}/`;
        if (letter === "T") options.seconds = Number(value);
        if (letter === "U") options.agent = value;
        break;
      }
    }
  }
  return options;
}
