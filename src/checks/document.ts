import type { Kube } from "../kube/kube.ts";
import type { KubeObject } from "../kube/objects.ts";
import type { Resource } from "../kube/resources.ts";
import { isRecord } from "./path.ts";
import { type ManifestFault, noMatchFault } from "./server-words.ts";

/** A document of a manifest as an object of this server, in its namespace. */
export interface Addressed {
  object: KubeObject;
  resource: Resource;
}

/** Which object of which kind a document is; or why it is none here. */
export async function addressed(kube: Kube, value: unknown): Promise<Addressed | { fault: ManifestFault }> {
  if (!isRecord(value)) return { fault: { code: "invalid", path: [], what: noObject } };
  const { metadata, ...rest } = value as KubeObject;
  const { apiVersion, kind } = rest;
  const resource = apiVersion && kind ? await kube.resourceOf(apiVersion, kind) : undefined;
  if (!resource) return { fault: noMatchFault(rest, apiVersion && kind ? await kube.discovery() : []) };
  const { namespace = kube.namespace, ...named } = metadata ?? {};
  return { object: { ...rest, metadata: resource.namespaced ? { ...named, namespace } : named }, resource };
}

const noObject = { en: "a manifest is made of lines of `key: value`", ja: "マニフェストは `キー: 値` の行でできています" };
