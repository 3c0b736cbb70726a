import type { KubeObject } from "../../api/object.ts";
import { goJson } from "../go-format.ts";
import type { JsonMap } from "../json-value.ts";
import { isMap } from "../json-value.ts";
import { compare } from "./compare.ts";
import type { FieldSet } from "./field-set.ts";
import { difference, NO_FIELDS } from "./field-set.ts";
import { fieldsOf } from "./fields-of.ts";
import type { MergeType } from "./merge-type.ts";
import { invalidity } from "./validate.ts";

const ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

/** The manager whose applies follow on client-side ones; others opt out by their name. */
export const MIGRATING_MANAGER = "kubectl";

/**
 * The fields that the last client-side apply set and nobody changed since: kubectl's first server-side apply may take them
 * over without a conflict (managedfields/internal/lastappliedmanager.go).
 */
export function unchangedSinceLastApplied(type: MergeType, live: KubeObject): FieldSet {
  const applied = parse(live.metadata.annotations?.[ANNOTATION]);
  if (applied?.apiVersion !== live.apiVersion || invalidity(type, applied) !== undefined) return NO_FIELDS;
  const { added, modified, removed } = compare(type, applied, live);
  return [modified, added, removed].reduce(difference, fieldsOf(type, applied));
}

/** Keeps the annotation of client-side apply in step with a server-side one; changes `object`. */
export function syncLastApplied(object: KubeObject, patch: JsonMap): void {
  const annotations = object.metadata.annotations;
  if (!annotations?.[ANNOTATION]) return;
  const metadata = { ...(isMap(patch.metadata) ? patch.metadata : {}) };
  if (isMap(metadata.annotations)) {
    const { [ANNOTATION]: _, ...others } = metadata.annotations;
    metadata.annotations = others;
  }
  annotations[ANNOTATION] = `${goJson({ ...patch, metadata })}\n`;
}

function parse(text: string | undefined): (JsonMap & { apiVersion?: unknown }) | undefined {
  if (!text) return undefined;
  try {
    return JSON.parse(text) as JsonMap;
  } catch {
    return undefined;
  }
}
