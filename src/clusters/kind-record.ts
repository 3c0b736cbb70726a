import { rmSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, readIfThere, writeAtomically } from "../system/files.ts";
import type { Paths } from "../system/paths.ts";
import { unwritable } from "./practice-process.ts";
import type { ClusterSpec } from "./provider.ts";

/** What we know of a kind cluster of ours. By its containers we tell it from one that somebody else made under that name. */
export interface KindRecord {
  spec: ClusterSpec;
  /** The containers' ids in the order in which they get their addresses; absent while the cluster is half made. */
  containers?: readonly string[];
}

/** Absolute paths of all that we keep of a cluster. */
export function kindFiles({ clusters }: Pick<Paths, "clusters">, name: string) {
  const folder = join(clusters, `kind-${name}`);
  return {
    folder,
    record: join(folder, "cluster.json"),
    kubeconfig: join(folder, "kubeconfig"),
    /** Beside it, since it outlives the cluster. */
    logs: join(clusters, `kind-${name}-logs`),
  };
}

export type KindFiles = ReturnType<typeof kindFiles>;

/** Undefined where there is none, or none that can be understood. */
export function readRecord({ record }: KindFiles): KindRecord | undefined {
  try {
    const { spec, containers } = JSON.parse(readIfThere(record) ?? "{}") as Partial<KindRecord>;
    return spec ? { spec, ...(containers && { containers }) } : undefined;
  } catch {
    return undefined;
  }
}

/** @throws ClusterError state-unwritable */
export async function writeRecord({ folder, record }: KindFiles, content: KindRecord): Promise<void> {
  try {
    makeFolder(folder, 0o700);
    await writeAtomically(record, `${JSON.stringify(content)}\n`, 0o600);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** @throws ClusterError state-unwritable */
export function forgetRecord({ folder }: KindFiles): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    throw unwritable(folder, error);
  }
}
