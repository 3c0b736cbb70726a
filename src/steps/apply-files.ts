import { type Addressed, addressed } from "../checks/document.ts";
import type { Words } from "../checks/check.ts";
import { toManifest } from "../checks/manifest.ts";
import { type ManifestFault, refusalFault } from "../checks/server-words.ts";
import type { YamlDocument } from "../course/yaml-source.ts";
import { ApiError, conflictsOf, type FieldConflict } from "../kube/api-error.ts";
import type { Kube } from "../kube/kube.ts";
import { isSameWish, type KubeObject } from "../kube/objects.ts";
import { withLastApplied } from "./like-kubectl.ts";
import { takeOver } from "./take-over.ts";

/** A file to apply; `text` is undefined when there is no such file. */
export interface FileToApply {
  file: string;
  text: string | undefined;
}

/** What became of one document of one file. */
export type Applied = { file: string; line: number } & (
  | { outcome: "created" | "configured" | "unchanged"; object: ObjectName }
  /** Somebody else owns fields that would change. `force` takes them. */
  | { outcome: "conflict"; object: ObjectName; conflicts: readonly FieldConflict[] }
  /** Not this, says the server, or ourselves before we ask. */
  | { outcome: "refused"; object?: ObjectName; what: Words }
  | { outcome: "no-file" }
  | { outcome: "not-yaml"; what: Words }
);

/** As kubectl prints it: `deployment.apps/bootcamp`. */
export interface ObjectName {
  /** Kind in small letters, with its group. */
  resource: string;
  name: string;
  namespace: string | undefined;
}

export interface ApplyOptions {
  /** Take fields from whoever owns them. */
  force?: boolean;
}

const MANAGER = "k8s-bootcamp";

/**
 * Server-side apply of every document, in order; one that is refused doesn't keep the others. What `kubectl apply` owns is taken
 * over without asking, and the note it looks at is kept up to date, so that both can be used in turn.
 * @throws ClusterUnreachable
 */
export async function applyFiles(kube: Kube, files: readonly FileToApply[], options: ApplyOptions = {}): Promise<Applied[]> {
  const applied: Applied[] = [];
  for (const { file, text } of files) {
    const manifest = toManifest(text);
    if (manifest.state === "no-file") applied.push({ file, line: 1, outcome: "no-file" });
    else if (manifest.state === "not-yaml") applied.push({ file, line: manifest.line, outcome: "not-yaml", what: manifest.what });
    else for (const document of manifest.documents) applied.push(await applyDocument(kube, file, document, options));
  }
  return applied;
}

async function applyDocument(
  kube: Kube,
  file: string,
  { value, positionOf }: YamlDocument,
  options: ApplyOptions,
): Promise<Applied> {
  const refused = ({ path, what }: ManifestFault, object?: ObjectName): Applied => ({
    file,
    line: positionOf(path).line,
    outcome: "refused",
    what,
    ...(object && { object }),
  });
  const document = await addressed(kube, value);
  if ("fault" in document) return refused(document.fault);
  const object = nameOf(document);
  const { line } = positionOf([]);
  try {
    return { file, line, outcome: await applyObject(kube, document, options), object };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const conflicts = conflictsOf(error.refusal);
    if (conflicts.length > 0) return { file, line, outcome: "conflict", object, conflicts };
    return refused(await refusalFault(error.refusal, document.resource, kube), object);
  }
}

async function applyObject(
  kube: Kube,
  { object, resource }: Addressed,
  { force = false }: ApplyOptions,
): Promise<"created" | "configured" | "unchanged"> {
  const { name = "", namespace } = object.metadata ?? {};
  await refuseMisspelt(kube, object);
  const live = await kube.get(resource, name, namespace);
  if (live) await takeOver(kube, live, MANAGER);
  const after = await kube.apply(withLastApplied(object), { manager: MANAGER, force });
  if (!live) return "created";
  return isSameWish(after, live) ? "unchanged" : "configured";
}

/** An apply itself says of an unknown field only that its schema has none, so a dry run looks first. @throws ApiError */
async function refuseMisspelt(kube: Kube, object: KubeObject): Promise<void> {
  try {
    await kube.create(object, { dryRun: true, strict: true });
  } catch (error) {
    if (!(error instanceof ApiError && error.refusal.reason === "AlreadyExists")) throw error;
  }
}

function nameOf({ object: { metadata }, resource: { apiVersion, kind } }: Addressed): ObjectName {
  const [group] = apiVersion.includes("/") ? apiVersion.split("/") : [];
  return {
    resource: [kind.toLowerCase(), group].filter(Boolean).join("."),
    name: metadata?.name ?? "",
    namespace: metadata?.namespace,
  };
}
