import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { readIfThere, writeAtomically } from "../system/files.ts";
import { unwritable } from "./practice-process.ts";

/**
 * Puts a cluster's credentials, which are in `source`, where kubectl is told to look. What the learner set there for the same cluster
 * stays, such as the namespace of a context; only the address may have changed.
 * @throws ClusterError state-unwritable
 */
export async function publishKubeconfig(source: string, target: string): Promise<void> {
  const fresh = readFileSync(source, "utf8");
  try {
    const current = readIfThere(target);
    const text = current !== undefined && isSameCluster(current, fresh) ? withServerOf(current, fresh) : fresh;
    if (text !== current) await writeAtomically(target, text, 0o600);
  } catch (error) {
    throw unwritable(dirname(target), error);
  }
}

const isSameCluster = (a: string, b: string): boolean =>
  field(a, "certificate-authority-data") === field(b, "certificate-authority-data");

const withServerOf = (text: string, fresh: string): string =>
  text.replace(/^(\s*(?:- )?server: ).*$/m, `$1${field(fresh, "server")}`);

const field = (text: string, name: string): string | undefined => new RegExp(`^\\s*(?:- )?${name}: (.*)$`, "m").exec(text)?.[1];
