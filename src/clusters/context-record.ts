import { rmSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, readIfThere, writeAtomically } from "../system/files.ts";
import type { Paths } from "../system/paths.ts";

/** What we keep of a cluster that isn't ours, and of our part in it. */
export interface BorrowRecord {
  context: string;
  namespace: string;
  server: string;
  /** The user's kubeconfig files, absolute: credentials are read from there again when they change. */
  sources: readonly string[];
  /** The namespace was not there before us. */
  made: boolean;
  /** It bears our label, which was not on it before. */
  labelled: boolean;
}

/** What a borrowed cluster is called among ours: as one would say it. */
export const borrowedName = (context: string, namespace: string): string => `${context}/${namespace}`;

export const borrowedFiles = (paths: Paths, name: string) => {
  const folder = join(paths.clusters, encodeURIComponent(name));
  return {
    folder,
    record: join(folder, "borrowed.json"),
    kubeconfig: join(folder, "kubeconfig"),
    notHere: join(folder, "not-here.json"),
  };
};

/** Undefined when there is none, or it can't be understood. */
export function readRecord(paths: Paths, name: string): BorrowRecord | undefined {
  try {
    const record = JSON.parse(readIfThere(borrowedFiles(paths, name).record) ?? "{}") as Partial<BorrowRecord>;
    return record.context && record.namespace ? (record as BorrowRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the record and the copy of the kubeconfig, for nobody else to read. */
export async function writeRecord(paths: Paths, record: BorrowRecord, kubeconfig: string): Promise<void> {
  const files = borrowedFiles(paths, borrowedName(record.context, record.namespace));
  makeFolder(files.folder, 0o700);
  await writeAtomically(files.kubeconfig, kubeconfig, 0o600);
  await writeAtomically(files.record, `${JSON.stringify(record)}\n`, 0o600);
}

export function forgetRecord(paths: Paths, name: string): void {
  rmSync(borrowedFiles(paths, name).folder, { recursive: true, force: true });
}
