import { readFile, rename, writeFile } from "node:fs/promises";
import { dump, load } from "js-yaml";
import { KubeconfigError } from "./api-error.ts";
import type { KubeTarget } from "./transport.ts";

/** One context of a kubeconfig file. */
export interface Context {
  name: string;
  cluster: string;
  user: string;
  /** `default` when the context fixes none, as kubectl has it. */
  namespace: string;
  /** URL of the API server. */
  server: string;
}

interface Kubeconfig {
  "current-context"?: string;
  contexts?: { name: string; context: { cluster?: string; user?: string; namespace?: string } }[];
  clusters?: { name: string; cluster: { server?: string } }[];
}

/** What kubectl uses when nobody says otherwise; undefined when the file names none that it has. @throws KubeconfigError */
export async function currentContext(target: KubeTarget): Promise<Context | undefined> {
  const config = await read(target);
  return findContext(config, config["current-context"]);
}

/** The course's own context. @throws KubeconfigError */
export async function courseContext(target: KubeTarget): Promise<Context> {
  const context = findContext(await read(target), target.context);
  if (!context) throw new KubeconfigError("context-missing", target.kubeconfig, target.context);
  return context;
}

/** Makes `context` the current one, with this namespace; false when it was so already. @throws KubeconfigError */
export async function restoreContext(target: KubeTarget, namespace: string): Promise<boolean> {
  const now = await currentContext(target);
  if (now?.name === target.context && now.namespace === namespace) return false;
  const config = await read(target);
  config["current-context"] = target.context;
  const entry = config.contexts?.find(({ name }) => name === target.context);
  if (!entry) throw new KubeconfigError("context-missing", target.kubeconfig, target.context);
  entry.context.namespace = namespace;
  const temporary = `${target.kubeconfig}.tmp-${process.pid}`;
  await writeFile(temporary, dump(config), { mode: 0o600 });
  await rename(temporary, target.kubeconfig);
  return true;
}

function findContext({ contexts = [], clusters = [] }: Kubeconfig, name: string | undefined): Context | undefined {
  const context = contexts.find((one) => one.name === name)?.context;
  if (name === undefined || !context) return undefined;
  const server = clusters.find((one) => one.name === context.cluster)?.cluster.server ?? "";
  return { name, cluster: context.cluster ?? "", user: context.user ?? "", namespace: context.namespace || "default", server };
}

async function read({ kubeconfig, context }: KubeTarget): Promise<Kubeconfig> {
  try {
    return (load(await readFile(kubeconfig, "utf8")) ?? {}) as Kubeconfig;
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new KubeconfigError(missing ? "file-missing" : "file-broken", kubeconfig, context, { cause: error });
  }
}
