import { readFile, rename, writeFile } from "node:fs/promises";
import { dump, load } from "js-yaml";
import { KubeconfigError } from "./api-error.ts";
import type { KubeTarget } from "./transport.ts";

/** What kubectl would do when nobody says otherwise. */
export interface CurrentContext {
  /** Undefined when the file names none. */
  name: string | undefined;
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

/** The current context of a kubeconfig file as it is now. @throws KubeconfigError */
export async function currentContext(target: KubeTarget): Promise<CurrentContext> {
  const config = await read(target);
  const name = config["current-context"];
  const { context } = config.contexts?.find((one) => one.name === name) ?? {};
  const { cluster } = config.clusters?.find((one) => one.name === context?.cluster) ?? {};
  return {
    name: name || undefined,
    cluster: context?.cluster ?? "",
    user: context?.user ?? "",
    namespace: context?.namespace || "default",
    server: cluster?.server ?? "",
  };
}

/** Makes `context` the current one, with this namespace; false when it was so already. @throws KubeconfigError */
export async function restoreContext(target: KubeTarget, namespace: string): Promise<boolean> {
  const now = await currentContext(target);
  if (now.name === target.context && now.namespace === namespace) return false;
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

async function read({ kubeconfig, context }: KubeTarget): Promise<Kubeconfig> {
  try {
    return (load(await readFile(kubeconfig, "utf8")) ?? {}) as Kubeconfig;
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new KubeconfigError(missing ? "file-missing" : "file-broken", kubeconfig, context, { cause: error });
  }
}
