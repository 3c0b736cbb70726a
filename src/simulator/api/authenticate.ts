import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import { NO_ATTRIBUTES, type Attributes } from "./rbac.ts";
import type { Tokens } from "./tokens.ts";
import { StatusError } from "./status-error.ts";
import { ANONYMOUS, AUTHENTICATED_GROUP, CREDENTIAL_ID, UNAUTHENTICATED_GROUP, type UserInfo } from "./user.ts";

export interface Authenticator {
  tokens: Tokens;
  /** The administrator's bearer token, and whom it stands for. */
  adminToken: string;
  admin: UserInfo;
}

/** Who is asking: client certificate of the cluster's CA, bearer token, or nobody. Credentials that prove nothing are refused. */
export function authenticate({ tokens, adminToken, admin }: Authenticator, request: IncomingMessage): UserInfo {
  const certificate = (request.socket as TLSSocket).getPeerCertificate();
  const hasCertificate = certificate.fingerprint256 !== undefined;
  const isTrusted = hasCertificate && (request.socket as TLSSocket).authorized;
  if (isTrusted && certificate.subject?.CN) return certificateUser(certificate);
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const user = bearer === undefined ? undefined : bearer === adminToken ? admin : tokens.authenticate(bearer);
  if (user) return user;
  if (bearer !== undefined || (hasCertificate && !isTrusted)) throw new StatusError(401, "Unauthorized", "Unauthorized");
  return ANONYMOUS;
}

/** apiserver pkg/authentication/request/x509. */
function certificateUser({ subject, fingerprint256 }: ReturnType<TLSSocket["getPeerCertificate"]>): UserInfo {
  const organisations = ([] as string[]).concat((subject.O as string | string[] | undefined) ?? []);
  return {
    username: String(subject.CN),
    groups: [...organisations, AUTHENTICATED_GROUP],
    extra: { [CREDENTIAL_ID]: [`X509SHA256=${fingerprint256.replaceAll(":", "").toLowerCase()}`] },
  };
}

/** The user of `--as`, and what must be allowed before one may be them (apiserver pkg/endpoints/filters/impersonation.go). */
export function impersonation(request: IncomingMessage): { user: UserInfo; asked: Attributes[] } | undefined {
  const [username = ""] = headers(request, "impersonate-user");
  const [uid = ""] = headers(request, "impersonate-uid");
  const groups = headers(request, "impersonate-group");
  const extra = extraHeaders(request);
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username);
  const asked = [
    ...groups.map((name) => impersonate({ resource: "groups", name })),
    ...[...extra].flatMap(([subresource, values]) =>
      values.map((name) => impersonate({ group: AUTHENTICATION, resource: "userextras", subresource, name })),
    ),
    ...(uid ? [impersonate({ group: AUTHENTICATION, resource: "uids", name: uid })] : []),
  ];
  if (!username) {
    if (asked.length === 0) return undefined;
    const what = `Internal Server Error: ${JSON.stringify(request.url)}: requested users' attributes without impersonating a user`;
    throw new StatusError(500, "InternalError", what);
  }
  const subject = account
    ? impersonate({ resource: "serviceaccounts", name: account[2] as string, namespace: account[1] as string })
    : impersonate({ resource: "users", name: username });
  const own = account && groups.length === 0 ? ["system:serviceaccounts", `system:serviceaccounts:${account[1]}`] : groups;
  const user: UserInfo = {
    username,
    ...(uid && { uid }),
    groups: [...own, ...missingGroup(username, own)],
    ...(extra.size > 0 && { extra: Object.fromEntries(extra) }),
  };
  return { user, asked: [subject, ...asked] };
}

const AUTHENTICATION = "authentication.k8s.io";

const impersonate = (what: Partial<Attributes>): Attributes => ({
  ...NO_ATTRIBUTES,
  verb: "impersonate",
  isResource: true,
  ...what,
});

/** Everybody is in one of two groups, whether it was said or not. */
function missingGroup(username: string, groups: readonly string[]): string[] {
  if (groups.includes(UNAUTHENTICATED_GROUP)) return [];
  if (username === ANONYMOUS.username) return [UNAUTHENTICATED_GROUP];
  return groups.includes(AUTHENTICATED_GROUP) ? [] : [AUTHENTICATED_GROUP];
}

/** Node joins repeated headers; the raw list keeps them apart. */
function headers({ rawHeaders }: IncomingMessage, wanted: string): string[] {
  return rawHeaders.flatMap((value, at) => (at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === wanted ? [value] : []));
}

function extraHeaders({ rawHeaders }: IncomingMessage): Map<string, string[]> {
  const extra = new Map<string, string[]>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = /^impersonate-extra-(.+)$/i.exec(rawHeaders[at] as string)?.[1];
    if (!name) continue;
    const key = unescaped(name.toLowerCase());
    extra.set(key, [...(extra.get(key) ?? []), rawHeaders[at + 1] as string]);
  }
  return extra;
}

const unescaped = (key: string) => {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
};
