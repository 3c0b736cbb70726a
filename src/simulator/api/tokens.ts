import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import type { Pod } from "kubernetes-types/core/v1";
import type { Clock } from "../clock.ts";
import type { Store } from "../store/store.ts";
import type { KubeObject, Live } from "./object.ts";
import { CREDENTIAL_ID, serviceAccountUser, type UserInfo } from "./user.ts";

/** Whom tokens are issued by, and for, unless a request says otherwise. */
export const ISSUER = "https://kubernetes.default.svc.cluster.local";

/** Seconds. A pod's token of the first length lives on for a year, so that clients that never read it anew keep working. */
const WARN_ONLY = 3607;
const EXTENDED = 365 * 24 * 3600;

interface Reference {
  name: string;
  uid: string;
}

/** The object a token dies with. */
export interface BoundObjects {
  pod?: Reference;
  secret?: Reference;
  node?: Reference;
}

export interface TokenSubject extends BoundObjects {
  namespace: string;
  name: string;
  uid: string;
  /** Empty: the API server's own. */
  audiences: readonly string[];
  expirationSeconds: number;
}

interface Claims {
  aud: string[];
  exp: number;
  iat: number;
  iss: string;
  jti: string;
  "kubernetes.io": {
    namespace: string;
    node?: Partial<Reference>;
    pod?: Reference;
    secret?: Reference;
    serviceaccount: Reference;
    warnafter?: number;
  };
  nbf: number;
  sub: string;
}

/** What a token proves: its user, and which of the audiences asked for it is meant for; or why it proves nothing. */
export type Proof = { user: UserInfo; audiences: string[] } | { error: string };

/** ServiceAccount tokens: JWTs signed with the cluster's own key (pkg/serviceaccount; ES256). */
export class Tokens {
  readonly #key: KeyObject;
  readonly #public: KeyObject;
  readonly #keyId: string;
  readonly #store: Store;
  readonly #clock: Clock;

  /** `key` is a P-256 private key in PEM. */
  constructor(key: string, store: Store, clock: Clock) {
    this.#key = createPrivateKey(key);
    this.#public = createPublicKey(this.#key);
    this.#keyId = createHash("sha256")
      .update(this.#public.export({ type: "spki", format: "der" }))
      .digest("base64url");
    this.#store = store;
    this.#clock = clock;
  }

  /** `expires`, in ms, is when the holder should have a new one. */
  issue(
    { namespace, name, uid, audiences, expirationSeconds, ...bound }: TokenSubject,
    id: string,
  ): { token: string; expires: number } {
    const now = Math.floor(this.#clock.now() / 1000);
    const { pod, secret } = bound;
    const isExtended = pod !== undefined && expirationSeconds === WARN_ONLY && (audiences[0] ?? ISSUER) === ISSUER;
    const node = pod ? this.#nodeOf(namespace, pod.name) : bound.node;
    const claims: Claims = {
      aud: audiences.length > 0 ? [...audiences] : [ISSUER],
      exp: now + (isExtended ? EXTENDED : expirationSeconds),
      iat: now,
      iss: ISSUER,
      jti: id,
      "kubernetes.io": {
        namespace,
        ...(node && { node }),
        ...(pod && { pod }),
        ...(secret && { secret }),
        serviceaccount: { name, uid },
        ...(isExtended && { warnafter: now + expirationSeconds }),
      },
      nbf: now,
      sub: `system:serviceaccount:${namespace}:${name}`,
    };
    const head = encode({ alg: "ES256", kid: this.#keyId });
    const body = encode(claims);
    const signature = sign("sha256", Buffer.from(`${head}.${body}`), { key: this.#key, dsaEncoding: "ieee-p1363" });
    return { token: `${head}.${body}.${signature.toString("base64url")}`, expires: (now + expirationSeconds) * 1000 };
  }

  /** The ServiceAccount a token stands for; undefined when it is forged, expired, meant for others, or its subject is gone. */
  authenticate(token: string): UserInfo | undefined {
    const proof = this.review(token, []);
    return "user" in proof ? proof.user : undefined;
  }

  /** `audiences`: who wants to know; none means the API server. */
  review(token: string, audiences: readonly string[]): Proof {
    const claims = this.#claims(token);
    if (!claims) return { error: "invalid bearer token" };
    const wanted = audiences.length > 0 ? audiences : [ISSUER];
    const shared = claims.aud.filter((audience) => wanted.includes(audience));
    const list = (values: readonly string[]) => `[${values.map((value) => JSON.stringify(value)).join(" ")}]`;
    const problem =
      shared.length === 0
        ? `token audiences ${list(claims.aud)} is invalid for the target audiences ${list(wanted)}`
        : this.#problemWith(claims);
    if (problem) return { error: `[invalid bearer token, ${problem}]` };
    return { user: userOf(claims), audiences: shared };
  }

  /** What a token says, if this cluster signed it. */
  #claims(token: string): Claims | undefined {
    const [head, body, signature] = token.split(".");
    if (!head || !body || !signature) return undefined;
    const signed = { key: this.#public, dsaEncoding: "ieee-p1363" as const };
    if (!verify("sha256", Buffer.from(`${head}.${body}`), signed, Buffer.from(signature, "base64url"))) return undefined;
    return JSON.parse(Buffer.from(body, "base64url").toString()) as Claims;
  }

  #problemWith({ exp, "kubernetes.io": { namespace, serviceaccount, pod, secret, node } }: Claims): string | undefined {
    if (exp * 1000 <= this.#clock.now()) return "service account token has expired";
    const account = this.#store.get("serviceaccounts", { namespace, name: serviceaccount.name });
    if (!account) return `serviceaccounts ${JSON.stringify(serviceaccount.name)} not found`;
    const isOther = (found: KubeObject | undefined, { uid }: Partial<Reference>) => found?.metadata.uid !== uid;
    if (isOther(account, serviceaccount)) {
      return `service account UID (${account.metadata.uid}) does not match claim (${serviceaccount.uid})`;
    }
    const isInvalidated =
      (pod && isOther(this.#store.get("pods", { namespace, name: pod.name }), pod)) ||
      (secret && isOther(this.#store.get("secrets", { namespace, name: secret.name }), secret)) ||
      (!pod && node?.name && isOther(this.#store.get("nodes", { namespace: "", name: node.name }), node));
    return isInvalidated ? "service account token has been invalidated" : undefined;
  }

  /** Where a pod runs; the node's uid is missing when the node is. */
  #nodeOf(namespace: string, podName: string): Partial<Reference> | undefined {
    const pod = this.#store.get("pods", { namespace, name: podName }) as Live<Pod> | undefined;
    const name = pod?.spec?.nodeName;
    if (!name) return undefined;
    const node = this.#store.get("nodes", { namespace: "", name });
    return { name, ...(node && { uid: node.metadata.uid }) };
  }
}

function userOf({ jti, "kubernetes.io": { namespace, serviceaccount, pod, node } }: Claims): UserInfo {
  const key = (name: string) => `authentication.kubernetes.io/${name}`;
  return {
    ...serviceAccountUser(namespace, serviceaccount.name, serviceaccount.uid),
    extra: {
      [CREDENTIAL_ID]: [`JTI=${jti}`],
      ...(node?.name && { [key("node-name")]: [node.name] }),
      ...(node?.name && node.uid && { [key("node-uid")]: [node.uid] }),
      ...(pod && { [key("pod-name")]: [pod.name], [key("pod-uid")]: [pod.uid] }),
    },
  };
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
