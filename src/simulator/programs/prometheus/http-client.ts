import { gunzipSync } from "node:zlib";
import { hostFetch, readBody, type FetchResponse } from "../../network/http-fetch.ts";
import type { ProgramContext } from "../program.ts";
import type { HTTPClientConfig } from "./config/config.ts";
import { fileFault, requestFailure } from "./go-errors.ts";

const DEADLINE = "context deadline exceeded";
const MOST_REDIRECTS = 10;

/** Requests with the credentials and authorities of a configuration; files are read anew each time, as tokens change. */
export class HTTPClient {
  readonly #context: Pick<ProgramContext, "host" | "files" | "clock">;
  readonly #config: HTTPClientConfig;

  constructor(context: Pick<ProgramContext, "host" | "files" | "clock">, config: HTTPClientConfig) {
    this.#context = context;
    this.#config = config;
  }

  /** What keeps the client from being made: an authority's file that is not there. */
  async fault(): Promise<string | undefined> {
    const path = this.#config.tls_config?.ca_file;
    if (!path) return undefined;
    try {
      await this.#context.files.read(path);
      return undefined;
    } catch (error) {
      return `unable to read CA cert: unable to read file ${path}: ${fileFault(path, error)}`;
    }
  }

  /** The head of an answer. Throws an Error in Go's words: `Get "http://…": dial tcp …: connect: connection refused`. */
  async open(text: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<FetchResponse> {
    const url = new URL(text);
    const fail = (why: string) => new Error(`Get ${JSON.stringify(text)}: ${why}`);
    const { host, files } = this.#context;
    let request: { headers: Record<string, string>; tls: { ca?: string; insecure?: boolean } };
    try {
      request = { headers: { ...headers, ...(await this.#credentials()) }, tls: await this.#authorities() };
    } catch (error) {
      throw fail((error as Error).message);
    }
    try {
      return await before(signal, hostFetch(host, url, { ...request, signal }));
    } catch (error) {
      if (signal.aborted) throw fail(DEADLINE);
      const ip = host.resolve(url.hostname)?.[0] ?? url.hostname;
      throw fail(await requestFailure(error, url, `${ip}:${url.port || (url.protocol === "https:" ? 443 : 80)}`, files));
    }
  }

  /** A whole answer within `timeout` ms, redirects followed. Throws an Error in Go's words. */
  async get(
    url: string,
    headers: Readonly<Record<string, string>>,
    timeout: number,
  ): Promise<{ status: number; statusText: string; type: string; body: Buffer }> {
    const { clock } = this.#context;
    const deadline = new AbortController();
    const timer = clock.setTimeout(() => deadline.abort(), timeout);
    try {
      let response = await this.open(url, headers, deadline.signal);
      let current = url;
      for (let count = 1; isRedirect(response) && this.#config.follow_redirects; count++) {
        const { location } = response.headers;
        if (count === MOST_REDIRECTS)
          throw new Error(`Get ${JSON.stringify(location)}: stopped after ${MOST_REDIRECTS} redirects`);
        response.destroy();
        current = new URL(location!, current).href;
        response = await this.open(current, headers, deadline.signal);
      }
      const body = await before(deadline.signal, readBody(response)).catch((error: Error) => {
        response.destroy();
        throw deadline.signal.aborted
          ? new Error(DEADLINE)
          : new Error(error.message === "aborted" ? "unexpected EOF" : error.message);
      });
      return {
        status: response.statusCode,
        statusText: `${response.statusCode} ${response.statusMessage}`,
        type: response.headers["content-type"] ?? "",
        body: response.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body,
      };
    } finally {
      timer.cancel();
    }
  }

  async #credentials(): Promise<Record<string, string>> {
    const { authorization, basic_auth: basic } = this.#config;
    if (authorization) {
      const { type, credentials, credentials_file: path } = authorization;
      const secret = credentials ?? (path && (await this.#secret(path, "unable to read authorization credentials")));
      return secret ? { authorization: `${type} ${secret}` } : {};
    }
    if (!basic) return {};
    const password =
      basic.password ?? (basic.password_file && (await this.#secret(basic.password_file, "unable to read basic auth password")));
    const user =
      basic.username ?? (basic.username_file && (await this.#secret(basic.username_file, "unable to read basic auth username")));
    return { authorization: `Basic ${Buffer.from(`${user ?? ""}:${password ?? ""}`).toString("base64")}` };
  }

  async #secret(path: string, what: string): Promise<string> {
    try {
      return String(await this.#context.files.read(path)).trim();
    } catch (error) {
      throw new Error(`${what}: unable to read file ${path}: ${fileFault(path, error)}`);
    }
  }

  async #authorities(): Promise<{ ca?: string; insecure?: boolean }> {
    const { ca, ca_file: path, insecure_skip_verify: insecure } = this.#config.tls_config ?? {};
    const text = ca ?? (path && String(await this.#context.files.read(path)));
    return { ...(text && { ca: text }), ...(insecure && { insecure: true }) };
  }
}

const isRedirect = ({ statusCode, headers }: FetchResponse) =>
  [301, 302, 303, 307, 308].includes(statusCode) && headers.location !== undefined;

/** A promise that an aborted signal cuts off; dialling itself cannot be. */
function before<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Error(DEADLINE));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
