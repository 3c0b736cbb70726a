import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { readFileSync } from "node:fs";
import { dump, load } from "js-yaml";
import { nearestOf } from "../course/nearest.ts";
import { readIfThere } from "../system/files.ts";
import type { Env } from "../system/paths.ts";
import { ClusterError } from "./problem.ts";

/** One context of the user's kubeconfig files, by itself. */
export interface BorrowedContext {
  /** A kubeconfig with this context alone, its namespace set, certificates inside it and every path absolute. */
  text: string;
  server: string;
  cluster: string;
  /** What the context fixes in the user's own file. */
  ownNamespace: string | undefined;
}

/** As kubectl looks for them: KUBECONFIG's list, else ~/.kube/config. `own` is ours, which a learner's shell may name: not a source. */
export function kubeconfigFiles(env: Env, cwd: string, own: string): string[] {
  const named = (env["KUBECONFIG"] ?? "").split(delimiter).filter(Boolean);
  const files = named.map((file) => resolve(cwd, file)).filter((file) => file !== own);
  return files.length > 0 ? files : [join(env["HOME"] || env["USERPROFILE"] || homedir(), ".kube", "config")];
}

/**
 * Copies a context out of the files; they are only read. The first file that has an entry counts, and paths are seen from that file, as
 * upstream's staging/src/k8s.io/client-go/tools/clientcmd/loader.go has it. A token file stays a path, since its token changes.
 * @throws ClusterError context-unknown, user-kubeconfig-broken; Node's error for a certificate that can't be read
 */
export function borrowContext(files: readonly string[], name: string, namespace: string): BorrowedContext {
  const { contexts, clusters, users } = merged(files);
  const context = contexts.get(name)?.value;
  const cluster = clusters.get(textOf(context, "cluster"));
  if (!context || !cluster)
    throw new ClusterError({ code: "context-unknown", given: name, files, near: nearestOf(name, [...contexts.keys()]) });
  const names = { cluster: textOf(context, "cluster"), user: textOf(context, "user") };
  const user = users.get(names.user);
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: names.cluster, cluster: flattened(cluster) }],
    contexts: [{ name, context: { ...names, namespace } }],
    "current-context": name,
    users: user ? [{ name: names.user, user: flattened(user) }] : [],
  };
  return {
    text: dump(config, { lineWidth: -1 }),
    server: textOf(cluster.value, "server"),
    cluster: names.cluster,
    ownNamespace: textOf(context, "namespace") || undefined,
  };
}

/**
 * `fresh` with what the learner has set in `published`: another current context, another namespace. Only while both are of the same
 * context of the same server; otherwise `fresh` alone.
 */
export function keepingSettings(fresh: string, published: string | undefined): string {
  const now = parsed(published ?? "");
  const next = parsed(fresh) ?? {};
  const isSame =
    now?.contexts?.[0]?.name === next.contexts?.[0]?.name &&
    now?.clusters?.[0]?.cluster?.["server"] === next.clusters?.[0]?.cluster?.["server"];
  if (!now || !isSame) return fresh;
  return dump({ ...next, contexts: now.contexts, "current-context": now["current-context"] }, { lineWidth: -1 });
}

type Fields = Readonly<Record<string, unknown>>;

interface Kubeconfig {
  contexts?: readonly { name: string; context?: Fields }[];
  clusters?: readonly { name: string; cluster?: Fields }[];
  users?: readonly { name: string; user?: Fields }[];
  "current-context"?: string;
}

const textOf = (fields: Fields | undefined, name: string): string => {
  const value = fields?.[name];
  return typeof value === "string" ? value : "";
};

/** What an entry says, and the folder its paths are seen from. */
interface Entry {
  value: Fields;
  folder: string;
}

function merged(files: readonly string[]): Record<"contexts" | "clusters" | "users", Map<string, Entry>> {
  const all = { contexts: new Map<string, Entry>(), clusters: new Map<string, Entry>(), users: new Map<string, Entry>() };
  for (const file of files) {
    const text = readIfThere(file);
    if (text === undefined) continue;
    const config = parsed(text);
    if (!config) throw new ClusterError({ code: "user-kubeconfig-broken", file });
    const add = (kind: keyof typeof all, name: string, value: Fields = {}): void => {
      if (!all[kind].has(name)) all[kind].set(name, { value, folder: dirname(file) });
    };
    for (const { name, context } of config.contexts ?? []) add("contexts", name, context);
    for (const { name, cluster } of config.clusters ?? []) add("clusters", name, cluster);
    for (const { name, user } of config.users ?? []) add("users", name, user);
  }
  return all;
}

function parsed(text: string): Kubeconfig | undefined {
  try {
    const value = load(text) ?? {};
    return typeof value === "object" ? (value as Kubeconfig) : undefined;
  } catch {
    return undefined;
  }
}

/** Files whose content may stand in the kubeconfig itself. */
const inlined = ["certificate-authority", "client-certificate", "client-key"];

function flattened({ value, folder }: Entry): Fields {
  const result: Record<string, unknown> = {};
  for (const [field, given] of Object.entries(value)) {
    if (typeof given === "string" && given && inlined.includes(field)) {
      result[`${field}-data`] ??= readFileSync(resolve(folder, given)).toString("base64");
    } else if (given === "" && inlined.includes(field)) continue;
    else if (field === "tokenFile" && typeof given === "string") result[field] = resolve(folder, given);
    else if (field === "exec") result[field] = withAbsoluteCommand(given as Fields, folder);
    else result[field] = given;
  }
  return result;
}

/** A plugin named by a path is seen from the file; one by its name alone is looked for on PATH. */
function withAbsoluteCommand(exec: Fields, folder: string): Fields {
  const command = textOf(exec, "command");
  return /[\\/]/.test(command) && !isAbsolute(command) ? { ...exec, command: resolve(folder, command) } : exec;
}
