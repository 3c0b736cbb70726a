import { padTables, sortLines } from "./layout.ts";
import type { Run } from "./sandbox.ts";
import type { Scenario, Step } from "./scenario.ts";
import type { Output } from "./transcript.ts";

/** What a transcript alone doesn't say about the cluster. */
export interface Facts {
  nodes: readonly { name: string; ip: string }[];
  /** URL of the API server. */
  server: string;
  versions: { client: string; server: string };
}

type Rule = readonly [RegExp, string | ((...found: string[]) => string)];

/** The alphabet of generated names. */
const HASH = "[bcdfghjklmnpqrstvwxz2456789]";
const AGE = /^(\d+[ywdhms])+$/;

/** Around a placeholder until it has its number; its value is moved away meanwhile, so that no later rule sees it. */
const OPEN = "\uE000";
const SHUT = "\uE001";
const MASKED = /\uE000(\w+):([^\uE001]*)\uE001/g;
const hide = (value: string): string => value.replace(/[^]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xe100));
const mask = (kind: string, value = ""): string => `${OPEN}${kind}:${hide(value)}${SHUT}`;

/**
 * Makes two honest runs of a scenario equal, and nothing else. What a cluster chooses by chance or by the clock (names, addresses, uids,
 * ages) becomes a placeholder, numbered by first appearance: the same thing keeps the same placeholder, so identity still counts.
 */
export function normalise({ namespace, folder, steps }: Run, scenario: Scenario, facts: Facts): (Step & Output)[] {
  const rules = rulesFor({ ns: namespace, dir: folder, scenario, facts });
  const { number, keyOf } = numbering();
  return steps.map((step) => {
    const clean = (text: string): string => {
      const masked = rules.reduce((known, [pattern, by]) => known.replace(pattern, by as string), structured(text, step));
      return number(sortLines(masked, step, keyOf));
    };
    return { ...step, stdout: clean(step.stdout), stderr: clean(step.stderr) };
  });
}

/** JSON with sorted keys, YAML untouched, tables and `describe` with fixed padding, `explain` without its prose. */
function structured(text: string, { command }: Step): string {
  const values = parseJson(text);
  if (values) return values.map((value) => `${JSON.stringify(sortKeys(value), null, 2)}\n`).join("");
  if (/kubectl explain/.test(command))
    return `${text
      .split("\n")
      .filter((line) => EXPLAIN.test(line))
      .join("\n")}\n`;
  if (/^(apiVersion|kind): |^\{/m.test(text) || /yaml/.test(command)) return text;
  const padded = padTables(text, cell);
  return /--no-headers/.test(command) ? padded.replace(/  (\d+[ywdhms])+$/gm, `  ${mask("age")}`) : padded;
}

const EXPLAIN = /^(GROUP|KIND|VERSION|FIELDS?|ENUM|error|Error)\b|^ +[\w$.-]+\t</;

function cell(column: string, value: string): string {
  const isAge = /^(AGE|LAST SEEN|FIRST SEEN|DURATION|LAST SCHEDULE)$/i.test(column) && AGE.test(value);
  return isAge ? mask("age") : value;
}

/** One value, or a stream of them, one a line. */
function parseJson(text: string): unknown[] | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  for (const parts of [[text], text.trim().split("\n")]) {
    try {
      return parts.map((part) => JSON.parse(part) as unknown);
    } catch {
      // Then it is the other, or neither.
    }
  }
  return undefined;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const map = value as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(map)
      .sort()
      .map((key) => [key, sortKeys(map[key])]),
  );
}

interface Chance {
  ns: string;
  dir: string;
  scenario: Scenario;
  facts: Facts;
}

/** Applied in this order. */
function rulesFor({ ns, dir, scenario, facts }: Chance): Rule[] {
  // What the scenario itself says is never masked.
  const said = (text: string): boolean => scenario.source.includes(text);
  const unlessSaid =
    (kind: string) =>
    (text: string): string =>
      said(text) ? text : mask(kind, text);
  const literal = (text: string, by: string): Rule => [new RegExp(escape(text), "g"), by];
  // As YAML, JSON and describe write it.
  const key = (name: string): string => `(["']?${name}["']?[:=]\\s*"?)`;

  return [
    literal(ns, "<ns>"),
    literal(dir, "<dir>"),
    literal(facts.server, "<server>"),
    literal(new URL(facts.server).host, "<server>"),
    ...nodeRules(facts.nodes, scenario.nodesByName),
    [/kind:\/\/docker\/[^/]+\//g, "kind://docker/<cluster>/"],

    [/^Context ".*" modified\.$/gm, 'Context "<context>" modified.'],

    // secrets, hashes, identities
    [/-----BEGIN [\s\S]+?-----END [A-Z ]+-----/g, mask("pem")],
    [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, mask("jwt")],
    [/\b(LS0tLS1CRUdJTi|ZXlK)[A-Za-z0-9+/=]+/g, mask("base64")],
    [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, unlessSaid("uid")],
    [/containerd:\/\/[0-9a-f]{64}/g, (m: string) => mask("containerID", m)],
    [new RegExp(`${key("(?:imageID|Image ID)")}[^\\s",]+`, "g"), `$1${mask("imageID")}`],
    [/sha256:[0-9a-f]{64}/g, (m: string) => (said(m) ? m : mask("sha256"))],
    [/\b[0-9a-f]{64}\b/g, (m: string) => (said(m) ? m : mask("id"))],
    [/\?hash=[0-9A-F]+/g, `?hash=${mask("hash")}`],
    [new RegExp(`${key("(?:resourceVersion|Resource Version)")}[1-9]\\d*`, "g"), `$1${mask("rv")}`],
    [/\/tmp\/kubectl-edit-\d+/g, `/tmp/kubectl-edit-${mask("file")}`],
    [/too old resource version: \d+ \(\d+\)/g, `too old resource version: ${mask("rv")} (${mask("rv")})`],
    [/(JTI=|credential-id[^"]*"?:? *\[?"?)[^\s"\]]+/g, `$1${mask("jti")}`],

    // time
    [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?/g, mask("time")],
    [/\.\.\d{4}(_\d\d){5}\.\d+/g, `..${mask("time")}`],
    [/\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, mask("time")],
    [/^[IW]\d{4} .* reflector\.go:.*\n/gm, ""], // a watch that was cut short, which kubectl may or may not notice
    [/^([EIW])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ ([\w.]+):\d+\]/gm, "$1<klog> $2]"],
    [/^( +)"(\d+[ywdhms])+"(,?)$/gm, `$1"${mask("age")}"$3`], // a cell of a Table
    [/^(Duration: +)(\d+[dhms])+$/gm, `$1${mask("age")}`],
    [/\((\d+[ywdhms])+ ago\)/g, `(${mask("age")} ago)`],
    [/\b(\d+[dhms])+ \(x\d+ over (\d+[dhms])+\)/g, mask("age")],
    [/^( +(?:Normal|Warning) +[A-Za-z]+ +)(\d+[dhms])+( )/gm, `$1${mask("age")}$3`],
    [/((?:CrashLoopBackOff|Error)  )\d+ \(/g, `$1${mask("restarts")} (`],
    [/back-off (\d+[ms])+ restarting/g, `back-off ${mask("backoff")} restarting`],

    // images: a cluster may have them already, or pull them
    [/^.*\bPulling image ".*\n/gm, ""],
    [/Successfully pulled image ("[^"]+") in .*|Container image ("[^"]+") already present on machine.*/g, "image $1$2 is there"],
    [/((?:Failed to pull image|Back-off pulling image) "[^"]+"): .*/g, `$1: ${mask("pullError")}`],
    [/(failed to pull and unpack image ).*/g, `$1${mask("pullError")}`],

    [/^sh: line \d+: /gm, "sh: "], // one busybox says where, another does not

    // Go's view of an object, which only Go can print
    [/Invalid value: \{"[^\n]{300,}\}: /g, `Invalid value: ${mask("object")}: `],
    [/(: Forbidden: .*\n)@@ -\d+[\s\S]*/, `$1${mask("diff")}\n`],
    [/in scheme "[^"]+"|in scheme \\"[^"]+\\"/g, `in scheme ${mask("scheme")}`],

    // generated names
    [
      new RegExp(`(pod-template-hash|controller-revision-hash)(["']?[=:] ?"?)((?:[a-z0-9-]+-)?)(${HASH}{6,10})\\b`, "g"),
      (_: string, k: string, eq: string, name: string, hash: string) => `${k}${eq}${name}${mask("hash", hash)}`,
    ],
    [
      new RegExp(`\\b([a-z0-9][-a-z0-9]*)-(${HASH}{6,10})-(${HASH}{5})(?![-\\w])`, "g"),
      (m: string, name: string, hash: string, id: string) => (said(m) ? m : `${name}-${mask("hash", hash)}-${mask("id", id)}`),
    ],
    [
      new RegExp(`\\b([a-z0-9][-a-z0-9]*)-(${HASH}{8,10})-(?=[\\\\"])`, "g"),
      (_: string, name: string, hash: string) => `${name}-${mask("hash", hash)}-`,
    ],
    [
      new RegExp(`\\b([a-z0-9][-a-z0-9]*)-(${HASH}{8,10})(?![-\\w])`, "g"),
      (m: string, name: string, hash: string) => (said(m) ? m : `${name}-${mask("hash", hash)}`),
    ],
    [
      new RegExp(`\\b([a-z0-9][-a-z0-9]*)-(${HASH}{5})(?![-\\w])`, "g"),
      (m: string, name: string, id: string) => (said(m) ? m : `${name}-${mask("id", id)}`),
    ],
    [/-(2\d{7})(?!\d)/g, (_: string, minute: string) => `-${mask("minute", minute)}`],
    [/\.1[0-9a-f]{15}\b/g, `.${mask("event")}`],

    // addresses and ports
    [/\b10\.244\.\d+\.\d+\b/g, unlessSaid("podIP")],
    [/\b10\.96\.\d+\.\d+\b/g, (m: string) => (said(m) || m === "10.96.0.1" || m === "10.96.0.10" ? m : mask("clusterIP", m))],
    [
      /(localhost:|127\.0\.0\.1:|forwarding )(\d+)/g,
      (m: string, before: string, port: string) => (said(port) ? m : before + mask("port")),
    ],
    [/\b(30|31|32)\d{3}\b/g, (m: string) => (said(m) || m === "30000" || m === "32767" ? m : mask("nodePort", m))],
    [/(client_address=|X-Forwarded-For: |User-Agent: ).*/g, `$1${mask("client")}`],

    // the machines, which nobody can copy
    [new RegExp(escape(facts.versions.server), "g"), "<serverVersion>"],
    [new RegExp(escape(facts.versions.client), "g"), "<clientVersion>"],
    [
      new RegExp(
        `${key("(?:kernelVersion|osImage|containerRuntimeVersion|machineID|bootID|systemUUID|Kernel Version|OS Image|Container Runtime Version|Machine ID|Boot ID|System UUID|architecture|Architecture|gitCommit|buildDate|goVersion|gitTreeState|compiler|platform|emulationMajor|emulationMinor|minCompatibilityMajor|minCompatibilityMinor)")}[^"\\n]+`,
        "g",
      ),
      `$1${mask("machine")}`,
    ],
    [new RegExp(`${key("(?:memory|ephemeral-storage|hugepages-\\w+)")}\\d{6,}(Ki)?`, "g"), `$1${mask("size")}`],
  ];
}

/** Workers are equal, so which one a Pod got is chance: all look the same, unless the scenario is about nodes. */
function nodeRules(nodes: Facts["nodes"], byName: boolean): Rule[] {
  const role = (name: string): string => /-(control-plane|worker\d*)$/.exec(name)?.[1] ?? name;
  const isShown = (name: string): boolean => byName || role(name) === "control-plane";
  const longestFirst = nodes.toSorted((a, b) => b.name.length - a.name.length);
  return [
    ...longestFirst.map(({ name }): Rule => [
      new RegExp(`${escape(name)}(?![\\w-])`, "g"),
      isShown(name) ? `<node-${role(name)}>` : "<worker>",
    ]),
    ...nodes.map(({ name, ip }): Rule => [
      new RegExp(`\\b${escape(ip)}\\b`, "g"),
      isShown(name) ? `<ip-${role(name)}>` : "<workerIP>",
    ]),
  ];
}

function numbering(): { number(text: string): string; keyOf(line: string): string } {
  const seen = new Map<string, string[]>();
  const number = (text: string): string =>
    text.replace(MASKED, (_, kind: string, value: string) => {
      if (!value) return `<${kind}>`;
      const values = seen.get(kind) ?? [];
      seen.set(kind, values);
      if (!values.includes(value)) values.push(value);
      return `<${kind}${values.indexOf(value) + 1}>`;
    });
  // First what is not chance, then the numbers there are already.
  const keyOf = (line: string): string =>
    `${line.replace(MASKED, "<$1>")}\n${line.replace(MASKED, (_, kind: string, value: string) => String((seen.get(kind)?.indexOf(value) ?? -1) + 1 || "~"))}`;
  return { number, keyOf };
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
