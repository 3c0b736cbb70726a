import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { readIfThere, writeAtomically } from "../system/files.ts";
import type { Paths } from "../system/paths.ts";
import type { BorrowedContext } from "./context-kubeconfig.ts";
import { borrowedFiles, type BorrowRecord, forgetRecord, readRecord } from "./context-record.ts";
import { unwritable } from "./practice-process.ts";
import { ClusterError } from "./problem.ts";
import type { Cluster, ClusterProvider } from "./provider.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * One namespace of a cluster that somebody else made: a copy of the credentials, and a note of what of the namespace is ours. Names are
 * those of `borrowedName`. What one may do there is asked of the cluster, need by need.
 */
export function contextProvider({ paths }: Pick<Surroundings, "paths">): ClusterProvider {
  const recordOf = (name: string): BorrowRecord => {
    const record = readRecord(paths, name);
    if (!record) throw new ClusterError({ code: "cluster-absent" });
    return record;
  };
  const access = (name: string): Cluster => {
    const { context, namespace } = readRecord(paths, name) ?? { context: name, namespace: "default" };
    return { provider: "context", name, kubeconfig: paths.kubeconfig, context, namespace };
  };
  const refuse = (context: string): never => {
    throw new ClusterError({ code: "cluster-borrowed", context });
  };
  return {
    id: "context",
    capabilities: new Set(["real-images"]),
    obstacle: async () => undefined,
    access,
    state: async (name) => (readRecord(paths, name) ? "running" : "absent"),
    describe: async () => undefined,
    create: async ({ name }) => refuse(name),
    async ensure(name) {
      await publish(paths, name, recordOf(name));
      return access(name);
    },
    stop: async (name) => refuse(recordOf(name).context),
    async delete(name) {
      // The credentials are not ours to leave lying about.
      if (isPublished(paths, readRecord(paths, name))) rmSync(paths.kubeconfig, { force: true });
      forgetRecord(paths, name);
    },
    borrowed: (name) => readRecord(paths, name),
  };
}

const isPublished = (paths: Paths, record: BorrowRecord | undefined): boolean =>
  record !== undefined && (readIfThere(paths.kubeconfig)?.includes(record.server) ?? false);

/** Puts the credentials where kubectl is told to look: as the user's own file has them by now, if it still has this context. */
async function publish(paths: Paths, name: string, record: BorrowRecord): Promise<void> {
  const { kubeconfig } = borrowedFiles(paths, name);
  const { borrowContext, keepingSettings } = await import("./context-kubeconfig.ts");
  try {
    const kept = readIfThere(kubeconfig);
    const fresh = refreshed(borrowContext, record) ?? kept;
    if (fresh === undefined) throw new ClusterError({ code: "cluster-absent" });
    if (fresh !== kept) await writeAtomically(kubeconfig, fresh, 0o600);
    const published = readIfThere(paths.kubeconfig);
    const text = keepingSettings(fresh, published);
    if (text !== published) await writeAtomically(paths.kubeconfig, text, 0o600);
  } catch (error) {
    if (error instanceof ClusterError) throw error;
    throw unwritable(dirname(kubeconfig), error);
  }
}

/** Undefined where the files don't have it any more, or mean another server by it. */
function refreshed(
  borrow: (files: readonly string[], name: string, namespace: string) => Pick<BorrowedContext, "text" | "server">,
  { sources, context, namespace, server }: BorrowRecord,
): string | undefined {
  try {
    const now = borrow(sources, context, namespace);
    return now.server === server ? now.text : undefined;
  } catch {
    return undefined;
  }
}
