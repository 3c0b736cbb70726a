import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { API_SERVICE_IP, nodeIP, type ClusterConfig } from "./cluster-config.ts";

/** Keys and certificates of one cluster, PEM. Made once, kept with the cluster's state. */
export interface Pki {
  ca: string;
  server: { certificate: string; key: string };
  /** The administrator's client certificate: CN kubernetes-admin, O kubeadm:cluster-admins. */
  admin: { certificate: string; key: string };
  /** Signs ServiceAccount tokens. */
  tokenKey: string;
}

/** What makes a cluster the same cluster after a restart, besides its objects. */
export interface Identity {
  config: ClusterConfig;
  pki: Pki;
  /** Where the randomness of this cluster starts. */
  seed: number;
  /** Bearer token of the administrator. */
  adminToken: string;
}

const FILE = "cluster.json";

/** The identity kept in a state folder; undefined where no cluster was made yet. */
export function readIdentity(folder: string): Identity | undefined {
  const path = join(folder, FILE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Identity) : undefined;
}

export async function createIdentity(config: ClusterConfig, seed: number, adminToken: string, now: number): Promise<Identity> {
  // The certificate library costs 100 ms to load: only the making of a cluster does.
  const { createPki } = await import("./pki.ts");
  const pki = await createPki(now, [API_SERVICE_IP, ...config.nodes.map((_node, index) => nodeIP(index))]);
  return { config, pki, seed, adminToken };
}

/** Written whole or not at all; the private keys in it are for this user's eyes. */
export function writeIdentity(folder: string, identity: Identity): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, FILE);
  writeFileSync(`${path}.tmp`, JSON.stringify(identity), { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}
