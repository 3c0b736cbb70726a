import { load } from "js-yaml";
import type { PatchType } from "../patch/patch-errors.ts";
import { apply, patch } from "./rest/patch.ts";
import { admitObject } from "./rest/admit-object.ts";
import { createObject } from "./rest/create.ts";
import { deleteObject } from "./rest/delete.ts";
import { listObjects, matcherFor, type ListQuery } from "./rest/list.ts";
import { subresourceParts } from "./rest/subresource-parts.ts";
import { expectSameKey, updateObject } from "./rest/update.ts";
import { invalidOption, type Call } from "./call.ts";
import type { KubeObject, ObjectKey } from "./object.ts";
import type { Endpoint } from "./registry.ts";
import { jsonProblem } from "./json-syntax.ts";
import { isTrue } from "./request-info.ts";
import { StatusError } from "./status-error.ts";
import { serveWatch } from "./watch.ts";

/** Deletes of these answer with the object, all others with a Status (upstream's ReturnDeletedObject). */
const RETURNS_DELETED = new Set([
  "pods",
  "services",
  "serviceaccounts",
  "persistentvolumes",
  "persistentvolumeclaims",
  "podtemplates",
  "resourcequotas",
  "storageclasses.storage.k8s.io",
]);

const PATCH_TYPES: Readonly<Record<string, PatchType>> = {
  "application/json-patch+json": "json",
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
};

export const APPLY_PATCH = "application/apply-patch+yaml";

const NO_STRATEGIC = `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, ${APPLY_PATCH}`;

/** Media type of the request's body, without parameters. */
export const mediaType = ({ request }: Call): string => (request.headers["content-type"] ?? "").split(";")[0]?.trim() ?? "";

/** Throws 415 for what is no patch, and for strategic merge of custom resources. */
export function patchTypeOf(call: Call, { custom }: Endpoint): PatchType {
  const type = PATCH_TYPES[mediaType(call)];
  if (custom && type === "strategic") throw new StatusError(415, "UnsupportedMediaType", NO_STRATEGIC, {});
  if (!type) throw new StatusError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
  return type;
}

/** The verbs that every stored resource has, on itself and on the subresources that are views of it. */
export async function serveResource(call: Call, endpoint: Endpoint): Promise<void> {
  const { info } = call;
  const supported =
    info.subresource === ""
      ? endpoint.info.verbs
      : (endpoint.info.subresources.find(({ name }) => name === info.subresource)?.verbs ?? []);
  const isView = info.subresource === "" || info.subresource in subresourceParts;
  const needsName = info.verb === "update" || info.verb === "patch";
  if (!isView || (needsName && !info.name) || !supported.includes(info.verb)) throw unsupported();
  switch (info.verb) {
    case "get":
      return call.sendObject(endpoint, read(call, endpoint));
    case "list":
      return list(call, endpoint);
    case "watch":
      return serveWatch(call, endpoint, namespaceOf(call, endpoint), listQuery(call));
    case "create":
      return create(call, endpoint);
    case "update":
      return update(call, endpoint);
    case "patch":
      return patchRequest(call, endpoint);
    case "delete":
      return remove(call, endpoint);
    case "deletecollection":
      return removeCollection(call, endpoint);
    default:
      throw unsupported();
  }
}

export const unsupported = (): StatusError =>
  new StatusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});

export const keyOfCall = ({ info }: Call, { info: resource }: Endpoint): ObjectKey => ({
  namespace: resource.namespaced ? info.namespace : "",
  name: info.name,
});

const namespaceOf = ({ info }: Call, { info: resource }: Endpoint) =>
  resource.namespaced && info.namespace ? info.namespace : undefined;

function read(call: Call, endpoint: Endpoint): KubeObject {
  const object = call.registry.store.get(endpoint.storage, keyOfCall(call, endpoint));
  if (!object) throw StatusError.notFound(endpoint.resource, call.info.name);
  return object;
}

function list(call: Call, endpoint: Endpoint): void {
  call.sendList(endpoint, listObjects(call.registry, endpoint, namespaceOf(call, endpoint), listQuery(call)));
}

function listQuery({ info: { query, name, verb } }: Call): ListQuery {
  const limit = query.get("limit");
  if (limit !== null && !/^-?\d+$/.test(limit))
    throw StatusError.badRequest(`strconv.ParseInt: parsing ${JSON.stringify(limit)}: invalid syntax`);
  const named = verb === "watch" && name ? `metadata.name=${name}` : undefined;
  return {
    labelSelector: query.get("labelSelector") ?? undefined,
    fieldSelector: named ?? query.get("fieldSelector") ?? undefined,
    limit: limit ? Number(limit) : undefined,
    continue: query.get("continue") ?? undefined,
    resourceVersion: query.get("resourceVersion") ?? undefined,
    resourceVersionMatch: query.get("resourceVersionMatch") ?? undefined,
  };
}

async function create(call: Call, endpoint: Endpoint): Promise<void> {
  if (call.info.name) throw unsupported();
  const context = call.writeContext("CreateOptions");
  const { value, duplicates } = await call.body(endpoint.info.kind);
  const object = admitObject(call.registry, endpoint, value, context.fieldValidation === "Ignore" ? [] : duplicates(), context);
  const created = await createObject(
    call.registry,
    endpoint,
    endpoint.info.namespaced ? call.info.namespace : "",
    object,
    context,
  );
  call.sendObject(endpoint, created, 201);
}

async function update(call: Call, endpoint: Endpoint): Promise<void> {
  const context = call.writeContext("UpdateOptions");
  const { value, duplicates } = await call.body(endpoint.info.kind);
  const found = context.fieldValidation === "Ignore" ? [] : duplicates();
  const { subresource } = call.info;
  expectSameKey(keyOfCall(call, endpoint), value as KubeObject);
  const updated = await updateObject(call.registry, endpoint, keyOfCall(call, endpoint), subresource, context, () => ({
    object: admitObject(call.registry, endpoint, value, found, context),
  }));
  call.sendObject(endpoint, updated);
}

async function patchRequest(call: Call, endpoint: Endpoint): Promise<void> {
  const { registry, info } = call;
  const key = keyOfCall(call, endpoint);
  const context = call.writeContext("PatchOptions");
  const force = info.query.get("force");
  if (mediaType(call) === APPLY_PATCH) {
    if (!info.query.get("fieldManager")) {
      throw invalidOption("PatchOptions", "fieldManager", "FieldValueRequired", "Required value: is required for apply patch");
    }
    const { value } = await call.body(endpoint.info.kind);
    const { object, created } = await apply(
      registry,
      endpoint,
      key,
      info.subresource,
      value as KubeObject,
      force !== null && isTrue(force),
      context,
    );
    return call.sendObject(endpoint, object, created ? 201 : 200);
  }
  const type = patchTypeOf(call, endpoint);
  if (force !== null)
    throw invalidOption("PatchOptions", "force", "FieldValueForbidden", "Forbidden: may not be specified for non-apply patch");
  const body = parsePatch(await call.bytes());
  call.sendObject(endpoint, await patch(registry, endpoint, key, info.subresource, type, body, context));
}

export function parsePatch(bytes: Buffer): unknown {
  const text = bytes.toString();
  try {
    return text.trimStart().startsWith("{") || text.trimStart().startsWith("[") ? JSON.parse(text) : load(text);
  } catch (error) {
    throw StatusError.badRequest(jsonProblem(text) ?? String(error));
  }
}

async function remove(call: Call, endpoint: Endpoint): Promise<void> {
  const { registry, info, user } = call;
  const options = await call.deleteOptions();
  const { object, gone } = await deleteObject(registry, endpoint, keyOfCall(call, endpoint), options, {
    user,
    dryRun: options.dryRun,
    warn: (text) => void call.warnings.push(text),
  });
  if (!gone || RETURNS_DELETED.has(endpoint.name)) return call.sendObject(endpoint, object);
  const { group } = endpoint.resource;
  const details = { name: info.name, ...(group && { group }), kind: endpoint.info.resource, uid: object.metadata.uid };
  call.sendValue({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details });
}

async function removeCollection(call: Call, endpoint: Endpoint): Promise<void> {
  const { registry, user } = call;
  const options = await call.deleteOptions();
  const matches = matcherFor(endpoint, listQuery(call));
  const found = registry.store.list(endpoint.storage, namespaceOf(call, endpoint)).filter(matches);
  for (const object of found) {
    const key = { namespace: object.metadata.namespace ?? "", name: object.metadata.name };
    try {
      await deleteObject(registry, endpoint, key, options, {
        user,
        dryRun: options.dryRun,
        warn: (text) => void call.warnings.push(text),
      });
    } catch (error) {
      // Somebody else was faster: it is gone, which is what was asked.
      if (!(error instanceof StatusError && error.code === 404)) throw error;
    }
  }
  call.sendList(endpoint, { items: found, resourceVersion: String(registry.store.version) });
}
