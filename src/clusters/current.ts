import { rmSync } from "node:fs";
import { readIfThere, writeAtomically } from "../system/files.ts";
import type { Paths } from "../system/paths.ts";
import type { Profile } from "./profile.ts";
import type { ClusterProvider } from "./provider.ts";

/** The cluster the course runs on, as remembered between commands. */
export interface CurrentCluster {
  provider: ClusterProvider["id"];
  name: string;
  /** Made by us before the learner had described one: the next `cluster create` may replace it unasked. */
  trial: boolean;
  profile?: Profile;
}

/** Undefined before the first cluster, and when the file can't be understood: then the next command makes one. */
export function readCurrent(paths: Paths): CurrentCluster | undefined {
  const text = readIfThere(paths.current);
  try {
    const { provider, name, trial, profile } = JSON.parse(text ?? "{}") as Partial<CurrentCluster>;
    return provider && name ? { provider, name, trial: trial === true, ...(profile && { profile }) } : undefined;
  } catch {
    return undefined;
  }
}

export async function rememberCurrent(paths: Paths, current: CurrentCluster): Promise<void> {
  await writeAtomically(paths.current, `${JSON.stringify(current)}\n`, 0o600);
}

export function forgetCurrent({ current }: Paths): void {
  rmSync(current, { force: true });
}
