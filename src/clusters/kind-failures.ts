import { stripVTControlCharacters } from "node:util";

/** What can go wrong with kind and Docker, as data; the words are the CLI's. */
export type KindProblem =
  | { code: "docker-missing" }
  /** `address` of the daemon that doesn't answer. */
  | { code: "docker-down"; address: string }
  | { code: "docker-denied" }
  /** `command` was given up. */
  | { code: "docker-slow"; command: string }
  | { code: "docker-network"; said: string }
  | { code: "docker-unprivileged"; said: string }
  | { code: "kind-missing" }
  /** `image` is the node image that needs the newer one. */
  | { code: "kind-old"; version: string; needed: string; image?: string }
  /** A cluster of that name is there which we did not make. */
  | { code: "kind-name-taken"; name: string }
  | { code: "kind-config-refused"; said: string }
  | { code: "port-taken"; address: string }
  | { code: "inotify-short"; log?: string }
  | { code: "disk-full"; log?: string }
  | { code: "memory-short"; log?: string }
  | { code: "cgroup-v1"; image?: string; log?: string }
  | { code: "image-unknown"; image: string }
  | { code: "image-unreachable"; image: string; said: string }
  | { code: "image-outdated"; image: string }
  | { code: "image-not-here"; image: string }
  | { code: "image-split"; image: string }
  | { code: "pull-limit" }
  | { code: "pull-untrusted"; said: string }
  | { code: "node-dead"; log?: string }
  | { code: "node-unhealthy"; log?: string }
  | { code: "nodes-unready"; nodes: readonly string[]; seconds: number; log?: string }
  | { code: "kind-failed"; said: string; log?: string };

/** The first that fits is it, so what is more particular stands before what is more general. */
const failures: readonly (readonly [words: RegExp, problem: (match: RegExpExecArray, all: string) => KindProblem])[] = [
  [/exec: "docker": executable file not found/, () => ({ code: "docker-missing" })],
  [/permission denied while trying to connect to the docker/i, () => ({ code: "docker-denied" })],
  [
    /(?:Cannot connect to the Docker daemon at|failed to connect to the docker API at|error during connect:.*?["'])\s*([^\s;"']+?)[.:;"']*(?:\s|$)/,
    ([, address = ""]) => ({ code: "docker-down", address }),
  ],
  [/already exist for a cluster with the name "([^"]+)"/, ([, name = ""]) => ({ code: "kind-name-taken", name })],
  [
    /failed to create cluster: ((?:could not determine kind|unknown apiVersion|unknown kind|unable to decode config|must have at least one control-plane|invalid \w|'[^']*' is not a valid cluster name|error reading file)[^\n]*(?:\n {2}[^\n]*)*)/,
    ([, said = ""]) => ({ code: "kind-config-refused", said: said.replaceAll(/\s*\n\s*/g, " ") }),
  ],
  [/unknown flag: (--\S+)|unknown containerd config version/, () => ({ code: "kind-old", version: "", needed: "" })],
  [/toomanyrequests|429 Too Many Requests/, () => ({ code: "pull-limit" })],
  [/no space left on device/, () => ({ code: "disk-full" })],
  [
    /((?:\d+\.){3}\d+|\[[0-9a-f:]*\]):(\d+)\b[^\n]*(?:address already in use|port is already allocated)/,
    ([, host, port]) => ({ code: "port-taken", address: `${host}:${port}` }),
  ],
  [/too many open files|inotify/i, () => ({ code: "inotify-short" })],
  [/configured to not run on a host using cgroup v1/, () => ({ code: "cgroup-v1" })],
  [/manifest\.v1\+prettyjws|schema 1 support/, (_, all) => ({ code: "image-outdated", image: pulledImage(all) })],
  [/x509: [^\n]*/, ([said]) => ({ code: "pull-untrusted", said })],
  [/image: "([^"]+)" not present locally/, ([, image = ""]) => ({ code: "image-not-here", image })],
  [/content digest \S+: not found/, (_, all) => ({ code: "image-split", image: pulledImage(all) })],
  [
    /manifest unknown|manifest for \S+ not found|repository does not exist|pull access denied|failed to resolve reference[^\n]*not found/,
    (_, all) => ({ code: "image-unknown", image: pulledImage(all) }),
  ],
  [/failed to pull image/, (_, all) => ({ code: "image-unreachable", image: pulledImage(all), said: lastLine(all) })],
  [/[^\n]*unable to apply caps: operation not permitted/, ([said]) => ({ code: "docker-unprivileged", said: said.trim() })],
  [/failed to ensure docker network[^\n]*/, (_, all) => ({ code: "docker-network", said: lastLine(all) })],
  [/exit status 137|signal: killed|"OOMKilled": true/, () => ({ code: "memory-short" })],
  [/could not find a log line that matches/, () => ({ code: "node-dead" })],
  [
    /failed to (?:init|join) node with kubeadm|healthy kubelet|kubelet isn't running or healthy|kubelet is not healthy/,
    () => ({ code: "node-unhealthy" }),
  ],
];

/** Which of the known failures kind's or Docker's output tells of; else its own words. */
export function failureOf(output: string): KindProblem {
  const text = stripVTControlCharacters(output);
  for (const [words, problem] of failures) {
    const match = words.exec(text);
    if (match) return problem(match, text);
  }
  return { code: "kind-failed", said: /^ERROR: ([^\n]*)/m.exec(text)?.[1] ?? lastLine(text) };
}

/** What the logs of nodes may tell of a cluster that did not come up. Other words in them are noise. */
const causes: readonly (readonly [words: RegExp, problem: KindProblem])[] = [
  [/Failed to create control group inotify object|inotify[^\n]*too many open files/i, { code: "inotify-short" }],
  [/configured to not run on a host using cgroup v1/, { code: "cgroup-v1" }],
  [/no space left on device/, { code: "disk-full" }],
  [/"OOMKilled": true|"ExitCode": 137/, { code: "memory-short" }],
];

/** A failure that says only that a node does not come up; the nodes' logs say more. */
export const isUnexplained = ({ code }: KindProblem): boolean =>
  ["node-dead", "node-unhealthy", "nodes-unready", "memory-short", "kind-failed"].includes(code);

/** What the nodes' logs say was behind an unexplained failure. */
export function causeIn(problem: KindProblem, logs: readonly string[]): KindProblem {
  return causes.find(([words]) => logs.some((log) => words.test(log)))?.[1] ?? problem;
}

const pulledImage = (text: string): string =>
  /failed to pull image "([^"]+)"|docker pull (\S+)|Ensuring node image \((.+?)\)/.exec(text)?.slice(1).find(Boolean) ?? "";

const lastLine = (text: string): string =>
  text
    .trimEnd()
    .split("\n")
    .at(-1)
    ?.replace(/^Command Output:/, "")
    .trim() ?? "";
