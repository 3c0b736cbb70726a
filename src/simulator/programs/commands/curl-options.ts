import type { ProgramContext } from "../program.ts";
import { pathOf } from "./command.ts";

export interface CurlOptions {
  urls: string[];
  method?: string;
  headers: Record<string, string>;
  body?: string;
  output?: string;
  /** PEM of --cacert. */
  ca?: string;
  format?: string;
  /** Switches by their letter: s S f i I k L v G. */
  on: Set<string>;
  seconds: number;
  connectSeconds: number;
}

const LONG: Record<string, string> = {
  silent: "s",
  "show-error": "S",
  fail: "f",
  include: "i",
  head: "I",
  insecure: "k",
  location: "L",
  verbose: "v",
  request: "X",
  header: "H",
  data: "d",
  "data-raw": "d",
  output: "o",
  "write-out": "w",
  "max-time": "m",
  "user-agent": "A",
  "remote-name": "O",
  "no-progress-meter": "s",
  "no-buffer": "N",
  "connect-timeout": "connect-timeout",
  cacert: "cacert",
};
const WITH_VALUE = new Set(["X", "H", "d", "o", "w", "m", "A", "connect-timeout", "cacert", "u", "b"]);

/** Reads curl's command line; `error` is the option it does not know. */
export async function parseArguments(args: readonly string[], context: ProgramContext): Promise<CurlOptions | { error: string }> {
  const options: CurlOptions = {
    urls: [],
    headers: {},
    on: new Set(),
    seconds: Number.MAX_SAFE_INTEGER / 1000,
    connectSeconds: 300,
  };
  const take = async (name: string, value: string) => {
    if (name === "X") options.method = value;
    else if (name === "H") {
      const [header = "", text = ""] = value.split(/: *(.*)/s);
      options.headers[header] = text;
    } else if (name === "d") {
      const data = value.startsWith("@") ? String(await context.files.read(pathOf(value.slice(1), context))) : value;
      options.body = options.body === undefined ? data : `${options.body}&${data}`;
    } else if (name === "o") options.output = value;
    else if (name === "w") options.format = value;
    else if (name === "m") options.seconds = Number(value);
    else if (name === "A") options.headers["User-Agent"] = value;
    else if (name === "cacert") options.ca = String(await context.files.read(pathOf(value, context)));
    else if (name === "connect-timeout") options.connectSeconds = Number(value);
    else if (name === "u") options.headers["Authorization"] = `Basic ${Buffer.from(value).toString("base64")}`;
  };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const long = /^--([\w-]+)$/.exec(arg)?.[1];
    if (long) {
      const name = LONG[long];
      if (!name) return { error: arg };
      if (WITH_VALUE.has(name)) await take(name, rest.shift() ?? "");
      else options.on.add(name);
    } else if (/^-./.test(arg)) {
      for (let at = 1; at < arg.length; at++) {
        const letter = arg[at]!;
        if (WITH_VALUE.has(letter)) {
          await take(letter, arg.slice(at + 1) || (rest.shift() ?? ""));
          break;
        }
        options.on.add(letter);
      }
    } else options.urls.push(arg);
  }
  if (options.on.has("O"))
    options.output = new URL(options.urls[0] ?? "", "http://x").pathname.split("/").at(-1) || "curl_response";
  return options;
}
