import { goType } from "./go-types.ts";
import { goDump } from "./go-dump.ts";
import { goJson } from "./go-json.ts";

/**
 * The hash of a pod template as stored (after defaulting): the `pod-template-hash` of a ReplicaSet and the
 * `controller-revision-hash` of a DaemonSet's pods. Equal to a real cluster's for the same template
 * (k8s.io/kubernetes/pkg/controller.ComputeHash). `collisionCount` is the owner's status.collisionCount.
 */
export function podTemplateHash(template: object, collisionCount?: number): string {
  const dump = Buffer.from(goDump(template, goType("core/v1.PodTemplateSpec")));
  const count = Buffer.alloc(collisionCount === undefined ? 0 : 8);
  if (collisionCount !== undefined) count.writeUInt32LE(collisionCount);
  return safeEncode(fnv1a(Buffer.concat([dump, count])));
}

/**
 * What a StatefulSet's ControllerRevision keeps as `data`: a patch that replaces the template, filled up as Go writes it
 * (k8s.io/kubernetes/pkg/controller/statefulset/stateful_set_utils.go).
 */
export function controllerRevisionData(template: object): object {
  const filled = goJson(template, goType("core/v1.PodTemplateSpec")) as object;
  return { spec: { template: { $patch: "replace", ...filled } } };
}

/**
 * The hash of a ControllerRevision's data: its label `controller.kubernetes.io/hash`, and behind the StatefulSet's name and a dash its
 * own name, which is the pods' `controller-revision-hash` (k8s.io/kubernetes/pkg/controller/history.HashControllerRevision).
 */
export function controllerRevisionHash(data: object, collisionCount?: number): string {
  const text = sortedJson(data) + (collisionCount ?? "");
  return safeEncode(fnv1(Buffer.from(text)));
}

/** As Go's encoding/json writes a map: keys in order, and what HTML minds escaped. */
function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${sortedJson(key)}:${sortedJson(item)}`).join(",")}}`;
  }
  return JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, escaped);
}

const escaped = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;

const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

function fnv1(bytes: Buffer): number {
  let hash = FNV_START;
  for (const byte of bytes) hash = Math.imul(hash, FNV_PRIME) ^ byte;
  return hash >>> 0;
}

function fnv1a(bytes: Buffer): number {
  let hash = FNV_START;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return hash >>> 0;
}

const SAFE_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** Digits as letters that spell no words (k8s.io/apimachinery/pkg/util/rand.SafeEncodeString). */
const safeEncode = (hash: number): string =>
  String(hash).replaceAll(/\d/g, (digit) => SAFE_LETTERS[digit.charCodeAt(0) % SAFE_LETTERS.length]!);
