import type { Pod } from "kubernetes-types/core/v1";
import type { Call } from "../call.ts";
import { keyOfCall } from "../handlers.ts";
import { timestamp, type KubeObject, type Live, type ObjectKey } from "../object.ts";
import type { SubresourceHandler } from "../pipeline.ts";
import { fieldError, StatusError } from "../status-error.ts";
import { ISSUER, type BoundObjects, type Tokens } from "../tokens.ts";

interface TokenRequest extends KubeObject {
  spec?: { audiences?: string[]; expirationSeconds?: number; boundObjectRef?: BoundRef };
}

interface BoundRef {
  kind?: string;
  apiVersion?: string;
  name?: string;
  uid?: string;
}

/** Seconds; upstream's bounds and usual lifetime. */
const SHORTEST = 600;
const LONGEST = 2 ** 32;
const USUAL = 3600;

/** `POST …/serviceaccounts/NAME/token`: authentication.k8s.io/v1 TokenRequest (pkg/registry/core/serviceaccount/storage/token.go). */
export const serveTokenRequest =
  (tokens: Tokens): SubresourceHandler =>
  async (call, endpoint) => {
    const { store, random, clock } = call.registry;
    const { value } = await call.body("TokenRequest");
    const { metadata = {}, spec = {} } = value as Partial<TokenRequest>;
    const key = keyOfCall(call, endpoint);
    const account = store.get("serviceaccounts", key);
    if (!account) throw StatusError.notFound(endpoint.resource, key.name);
    const expirationSeconds = spec.expirationSeconds ?? USUAL;
    checkDuration(expirationSeconds);
    const bound = spec.boundObjectRef ? boundObjects(call, key, spec.boundObjectRef) : {};
    const audiences = spec.audiences?.length ? spec.audiences : [ISSUER];
    const { token, expires } = tokens.issue(
      { ...key, uid: account.metadata.uid, audiences, expirationSeconds, ...bound },
      random.uuid(),
    );
    call.sendValue(
      {
        kind: "TokenRequest",
        apiVersion: "authentication.k8s.io/v1",
        metadata: { ...metadata, ...key, creationTimestamp: timestamp(clock.now()) },
        spec: { audiences, expirationSeconds, boundObjectRef: spec.boundObjectRef ?? null },
        status: { token, expirationTimestamp: timestamp(expires) },
      },
      201,
    );
  };

function checkDuration(seconds: number): void {
  const why =
    seconds < SHORTEST
      ? "may not specify a duration less than 10 minutes"
      : seconds > LONGEST
        ? "may not specify a duration larger than 2^32 seconds"
        : undefined;
  if (!why) return;
  throw StatusError.invalid({ group: "authentication.k8s.io", kind: "TokenRequest" }, "", [
    fieldError.invalid("spec.expirationSeconds", seconds, why),
  ]);
}

const RESOURCES: Readonly<Record<string, string>> = { Pod: "pods", Node: "nodes", Secret: "secrets" };

function boundObjects({ registry: { store } }: Call, account: ObjectKey, ref: BoundRef): BoundObjects {
  const { kind = "", name = "", apiVersion = "v1" } = ref;
  const resource = apiVersion === "v1" ? RESOURCES[kind] : undefined;
  if (!resource) {
    const [version, group = ""] = apiVersion.split("/").reverse();
    const type = `${group}/${version}, Kind=${kind}`;
    throw StatusError.badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(account.name)} to object of type ${type}`,
    );
  }
  const found = store.get(resource, { namespace: resource === "nodes" ? "" : account.namespace, name });
  if (!found) throw StatusError.notFound({ group: "", resource }, name);
  const { uid } = found.metadata;
  if (resource === "pods" && (found as Live<Pod>).spec?.serviceAccountName !== account.name) {
    const why = `cannot bind token for serviceaccount ${JSON.stringify(account.name)} to pod running with different serviceaccount name.`;
    throw StatusError.badRequest(why);
  }
  if (ref.uid && ref.uid !== uid) {
    const why = `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw StatusError.conflict({ group: "", resource: kind }, name, why);
  }
  return { [kind.toLowerCase()]: { name, uid } };
}
