import { ConfigFault, type Directive } from "./config.ts";

/** What the practice cluster's nginx acts on. */
const MODELLED = new Set(
  "http events server location listen server_name root alias index return proxy_pass proxy_set_header add_header default_type try_files error_page autoindex stub_status access_log error_log user worker_processes pid include types if set rewrite upstream log_format".split(
    " ",
  ),
);

/** What it reads and can do without. */
const HARMLESS = new Set(
  "absolute_redirect accept_mutex charset client_body_buffer_size client_body_timeout client_header_buffer_size client_header_timeout client_max_body_size daemon deny allow etag expires gzip gzip_comp_level gzip_min_length gzip_proxied gzip_types gzip_vary keepalive_requests keepalive_timeout large_client_header_buffers load_module master_process multi_accept open_file_cache port_in_redirect proxy_buffer_size proxy_buffering proxy_buffers proxy_cache proxy_connect_timeout proxy_http_version proxy_hide_header proxy_next_upstream proxy_pass_header proxy_read_timeout proxy_redirect proxy_send_timeout proxy_ssl_verify real_ip_header resolver resolver_timeout send_timeout sendfile server_name_in_redirect server_names_hash_bucket_size server_tokens set_real_ip_from tcp_nodelay tcp_nopush types_hash_max_size underscores_in_headers use worker_connections worker_rlimit_nofile keepalive zone".split(
    " ",
  ),
);

/** A place below a server: which paths it takes, and what it does with them. */
export interface Location {
  modifier: "" | "=" | "^~" | "~" | "~*";
  path: string;
  settings: Settings;
}

export interface Server {
  ports: readonly number[];
  isDefault: boolean;
  names: readonly string[];
  settings: Settings;
  locations: readonly Location[];
}

/** Directives that a location inherits from its server, and that from http. */
export interface Settings {
  root: string;
  alias?: string;
  index: readonly string[];
  returns?: readonly string[];
  proxyPass?: string;
  proxyHeaders: Readonly<Record<string, string>>;
  headers: readonly (readonly [name: string, value: string, always: boolean])[];
  defaultType: string;
  tryFiles?: readonly string[];
  errorPages: ReadonlyMap<number, string>;
  autoindex: boolean;
  stubStatus: boolean;
  accessLog: boolean;
}

export interface Configuration {
  servers: readonly Server[];
  /** Servers of upstream blocks, `host:port`. */
  upstreams: ReadonlyMap<string, readonly string[]>;
}

const DEFAULTS: Settings = {
  root: "/etc/nginx/html",
  index: ["index.html"],
  proxyHeaders: {},
  headers: [],
  defaultType: "text/plain",
  errorPages: new Map(),
  autoindex: false,
  stubStatus: false,
  accessLog: true,
};

/** Makes servers of directives. Throws a ConfigFault for a directive nginx does not know, or the practice cluster does not. */
export function configure(directives: readonly Directive[]): Configuration {
  directives.forEach(check);
  const http = directives.find(({ name }) => name === "http")?.block ?? [];
  const settings = settingsOf(http, DEFAULTS);
  const upstreams = http
    .filter(({ name }) => name === "upstream")
    .map(
      ({ args, block = [] }) =>
        [args[0] ?? "", block.filter(({ name }) => name === "server").map((one) => one.args[0] ?? "")] as const,
    );
  return {
    servers: http.filter(({ name }) => name === "server").map(({ block = [] }) => serverOf(block, settings)),
    upstreams: new Map(upstreams),
  };
}

function check(directive: Directive): void {
  const { name, file, line, block, args } = directive;
  if (name === "types") return;
  if (!MODELLED.has(name) && !HARMLESS.has(name)) throw new ConfigFault(`unknown directive "${name}" in ${file}:${line}`);
  if (["if", "set", "rewrite"].includes(name)) {
    throw new ConfigFault(`directive "${name}" is not modelled by the practice cluster in ${file}:${line}`);
  }
  if (name === "listen" && !args[0])
    throw new ConfigFault(`invalid number of arguments in "listen" directive in ${file}:${line}`);
  if (name === "upstream") return;
  block?.forEach(check);
}

function serverOf(block: readonly Directive[], inherited: Settings): Server {
  const settings = settingsOf(block, inherited);
  const listens = block.filter(({ name }) => name === "listen");
  const ports = listens.map(({ args }) => Number(/(?:^|:)(\d+)$/.exec(args[0]!)?.[1] ?? 80));
  return {
    ports: ports.length ? [...new Set(ports)] : [80],
    isDefault: listens.some(({ args }) => args.includes("default_server")),
    names: block.filter(({ name }) => name === "server_name").flatMap(({ args }) => args),
    settings,
    locations: locationsOf(block, settings),
  };
}

const locationsOf = (block: readonly Directive[], inherited: Settings): Location[] =>
  block
    .filter(({ name }) => name === "location")
    .flatMap(({ args, block: inner = [] }) => {
      const [modifier, path] = args.length > 1 ? [args[0] as Location["modifier"], args[1]!] : (["", args[0] ?? "/"] as const);
      const settings = settingsOf(inner, inherited);
      return [{ modifier, path, settings }, ...locationsOf(inner, settings)];
    });

function settingsOf(block: readonly Directive[], inherited: Settings): Settings {
  const { alias: _alias, returns: _returns, proxyPass: _proxyPass, ...kept } = inherited;
  const settings: Settings = { ...kept };
  const errorPages = new Map(inherited.errorPages);
  for (const { name, args } of block) {
    const [value = ""] = args;
    if (name === "root") settings.root = value.replace(/\/$/, "");
    else if (name === "alias") settings.alias = value;
    else if (name === "index") settings.index = args;
    else if (name === "return") settings.returns = args;
    else if (name === "proxy_pass") settings.proxyPass = value;
    else if (name === "proxy_set_header") settings.proxyHeaders = { ...settings.proxyHeaders, [value]: args[1] ?? "" };
    else if (name === "add_header") settings.headers = [...settings.headers, [value, args[1] ?? "", args.includes("always")]];
    else if (name === "default_type") settings.defaultType = value;
    else if (name === "try_files") settings.tryFiles = args;
    else if (name === "autoindex") settings.autoindex = value === "on";
    else if (name === "stub_status") settings.stubStatus = true;
    else if (name === "access_log") settings.accessLog = value !== "off";
    else if (name === "error_page") for (const code of args.slice(0, -1)) errorPages.set(Number(code), args.at(-1)!);
  }
  return { ...settings, errorPages };
}

/** The location that takes a path: exact, then the longest prefix, unless a regular expression comes first. */
export function locationFor(path: string, { locations, settings }: Server): Location {
  const exact = locations.find((one) => one.modifier === "=" && one.path === path);
  if (exact) return exact;
  const prefixes = locations.filter((one) => (one.modifier === "" || one.modifier === "^~") && path.startsWith(one.path));
  const longest = prefixes.toSorted((a, b) => b.path.length - a.path.length)[0];
  if (longest?.modifier === "^~") return longest;
  const pattern = locations.find(
    ({ modifier, path: source }) => modifier.startsWith("~") && new RegExp(source, modifier === "~*" ? "i" : "").test(path),
  );
  return pattern ?? longest ?? { modifier: "", path: "/", settings };
}
