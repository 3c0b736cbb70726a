import type { Tokens } from "../tokens.ts";
import { ISSUER } from "../tokens.ts";
import { timestamp } from "../object.ts";
import type { SubresourceHandler } from "../pipeline.ts";
import { StatusError } from "../status-error.ts";
import { keyOfCall } from "../handlers.ts";

interface TokenRequestSpec {
  audiences?: string[];
  expirationSeconds?: number;
  boundObjectRef?: { kind?: string; name?: string; uid?: string };
}

/** Seconds; upstream's shortest and default lifetimes. */
const SHORTEST = 600;
const USUAL = 3600;

/** `POST …/serviceaccounts/NAME/token` (authentication.k8s.io/v1 TokenRequest). */
export const serveTokenRequest =
  (tokens: Tokens): SubresourceHandler =>
  async (call, endpoint) => {
    const { store, random, clock } = call.registry;
    const { value } = await call.body("TokenRequest");
    const { spec = {} } = value as { spec?: TokenRequestSpec };
    const key = keyOfCall(call, endpoint);
    const account = store.get("serviceaccounts", key);
    if (!account) throw StatusError.notFound(endpoint.resource, key.name);
    const expirationSeconds = spec.expirationSeconds || USUAL;
    if (expirationSeconds < SHORTEST) {
      throw StatusError.invalid({ group: "authentication.k8s.io", kind: "TokenRequest" }, "", [
        {
          reason: "FieldValueInvalid",
          field: "spec.expirationSeconds",
          message: `Invalid value: ${expirationSeconds}: may not specify a duration less than 10 minutes`,
        },
      ]);
    }
    const audiences = spec.audiences?.length ? spec.audiences : [ISSUER];
    const bound = spec.boundObjectRef;
    if (bound && bound.kind !== "Pod") throw StatusError.notModelled(`tokens bound to a ${bound.kind}`);
    const { token, expires } = tokens.issue(
      {
        ...key,
        uid: account.metadata.uid,
        audiences,
        expirationSeconds,
        ...(bound?.name && { pod: { name: bound.name, uid: bound.uid ?? "" } }),
      },
      random.uuid(),
    );
    const { name, namespace } = key;
    call.sendValue(
      {
        kind: "TokenRequest",
        apiVersion: "authentication.k8s.io/v1",
        metadata: { name, namespace, creationTimestamp: timestamp(clock.now()) },
        spec: { audiences, expirationSeconds, boundObjectRef: bound ?? null },
        status: { token, expirationTimestamp: timestamp(expires) },
      },
      201,
    );
  };
