import { rmSync } from "node:fs";
import type { Provider } from "../course/lesson.ts";
import { readIfThere, writeAtomically } from "../system/files.ts";
import type { Paths } from "../system/paths.ts";
import type { Profile } from "./profile.ts";

/** Names of what was in a new cluster, by kind. */
export type Baseline = Readonly<Record<string, readonly string[]>>;

/** A cluster the course ran on, as remembered between commands; each provider has one at most. */
export interface RememberedCluster {
  name: string;
  /** Made by us before the learner had described one: the next `cluster create` may replace it unasked. */
  trial: boolean;
  profile?: Profile;
  /** Absent where nobody looked when it was new. */
  baseline?: Baseline;
}

/** What we remember: which provider the course runs on, and every provider's cluster. */
export interface Remembered {
  provider: Provider;
  clusters: Readonly<Partial<Record<Provider, RememberedCluster>>>;
}

const nothing: Remembered = { provider: "practice", clusters: {} };

/** The practice cluster and none made yet, before the first one and when the file can't be understood. Throws a file system's error when it can't be read. */
export function readRemembered({ current }: Pick<Paths, "current">): Remembered {
  const text = readIfThere(current) ?? "{}";
  try {
    const { provider, clusters } = JSON.parse(text) as Partial<Remembered>;
    return typeof provider === "string" && typeof clusters === "object" ? { provider, clusters } : nothing;
  } catch {
    return nothing;
  }
}

/** The cluster of the provider the course runs on; undefined before the first one. */
export function readCurrent(paths: Paths): (RememberedCluster & { provider: Provider }) | undefined {
  const { provider, clusters } = readRemembered(paths);
  const cluster = clusters[provider];
  return cluster && { provider, ...cluster };
}

/** From now on the course runs on this provider: on `cluster`, or on the one it had before. */
export async function rememberCurrent(paths: Paths, provider: Provider, cluster?: RememberedCluster): Promise<void> {
  const { clusters } = readRemembered(paths);
  await write(paths, { provider, clusters: { ...clusters, ...(cluster && { [provider]: cluster }) } });
}

/** The provider's cluster is gone; the provider stays the course's. */
export async function forgetCluster(paths: Paths, gone: Provider): Promise<void> {
  const { provider, clusters } = readRemembered(paths);
  await write(paths, { provider, clusters: Object.fromEntries(Object.entries(clusters).filter(([id]) => id !== gone)) });
}

/** As on the first day. */
export function forgetAll({ current }: Paths): void {
  rmSync(current, { force: true });
}

async function write(paths: Paths, remembered: Remembered): Promise<void> {
  await writeAtomically(paths.current, `${JSON.stringify(remembered)}\n`, 0o600);
}
