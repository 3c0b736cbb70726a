import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Store } from "../store/store.ts";
import { serviceAccountUser, type UserInfo } from "./user.ts";

/** Whom tokens are issued by, and for, unless a request says otherwise. */
export const ISSUER = "https://kubernetes.default.svc.cluster.local";

export interface TokenSubject {
  namespace: string;
  name: string;
  uid: string;
  audiences: readonly string[];
  expirationSeconds: number;
  /** The pod the token dies with. */
  pod?: { name: string; uid: string };
}

interface Claims {
  aud: string[];
  exp: number;
  iat: number;
  iss: string;
  jti: string;
  nbf: number;
  sub: string;
  "kubernetes.io": { namespace: string; serviceaccount: { name: string; uid: string }; pod?: { name: string; uid: string } };
}

/** ServiceAccount tokens: JWTs signed with the cluster's own key (pkg/serviceaccount; ES256). */
export class Tokens {
  readonly #key: KeyObject;
  readonly #public: KeyObject;
  readonly #store: Store;
  readonly #clock: Clock;

  /** `key` is a P-256 private key in PEM. */
  constructor(key: string, store: Store, clock: Clock) {
    this.#key = createPrivateKey(key);
    this.#public = createPublicKey(this.#key);
    this.#store = store;
    this.#clock = clock;
  }

  issue(
    { namespace, name, uid, audiences, expirationSeconds, pod }: TokenSubject,
    id: string,
  ): { token: string; expires: number } {
    const now = Math.floor(this.#clock.now() / 1000);
    const claims: Claims = {
      aud: audiences.length > 0 ? [...audiences] : [ISSUER],
      exp: now + expirationSeconds,
      iat: now,
      iss: ISSUER,
      jti: id,
      "kubernetes.io": { namespace, ...(pod && { pod }), serviceaccount: { name, uid } },
      nbf: now,
      sub: `system:serviceaccount:${namespace}:${name}`,
    };
    const head = encode({ alg: "ES256", kid: "practice", typ: "JWT" });
    const body = encode(claims);
    const signature = sign("sha256", Buffer.from(`${head}.${body}`), { key: this.#key, dsaEncoding: "ieee-p1363" });
    return { token: `${head}.${body}.${signature.toString("base64url")}`, expires: claims.exp * 1000 };
  }

  /** The ServiceAccount a token stands for; undefined when it is forged, expired, meant for others, or its subject is gone. */
  authenticate(token: string, audience = ISSUER): UserInfo | undefined {
    const [head, body, signature] = token.split(".");
    if (!head || !body || !signature) return undefined;
    const signed = { key: this.#public, dsaEncoding: "ieee-p1363" as const };
    if (!verify("sha256", Buffer.from(`${head}.${body}`), signed, Buffer.from(signature, "base64url"))) return undefined;
    const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Claims;
    if (claims.exp * 1000 <= this.#clock.now() || !claims.aud.includes(audience)) return undefined;
    const { namespace, serviceaccount, pod } = claims["kubernetes.io"];
    if (this.#store.get("serviceaccounts", { namespace, name: serviceaccount.name })?.metadata.uid !== serviceaccount.uid)
      return undefined;
    if (pod && this.#store.get("pods", { namespace, name: pod.name })?.metadata.uid !== pod.uid) return undefined;
    const user = serviceAccountUser(namespace, serviceaccount.name, serviceaccount.uid);
    return {
      ...user,
      extra: {
        "authentication.kubernetes.io/credential-id": [`JTI=${claims.jti}`],
        ...(pod && { "authentication.kubernetes.io/pod-name": [pod.name], "authentication.kubernetes.io/pod-uid": [pod.uid] }),
      },
    };
  }
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
