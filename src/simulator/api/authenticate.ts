import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Tokens } from "./tokens.ts";
import { StatusError } from "./status-error.ts";
import { ANONYMOUS, type UserInfo } from "./user.ts";

export interface Authenticator {
  tokens: Tokens;
  /** The administrator's bearer token, and whom it stands for. */
  adminToken: string;
  admin: UserInfo;
}

/** Who is asking: client certificate of the cluster's CA, bearer token, or nobody. A token that proves nothing is refused. */
export function authenticate({ tokens, adminToken, admin }: Authenticator, request: IncomingMessage): UserInfo {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (bearer !== undefined) {
    const user = bearer === adminToken ? admin : tokens.authenticate(bearer);
    if (!user) throw unauthorized();
    return user;
  }
  const socket = request.socket as TLSSocket;
  if (!socket.authorized) return ANONYMOUS;
  const { subject } = socket.getPeerCertificate();
  if (!subject?.CN) return ANONYMOUS;
  const organisations = ([] as string[]).concat((subject.O as string | string[] | undefined) ?? []);
  return { username: String(subject.CN), groups: [...organisations, "system:authenticated"] };
}

const unauthorized = () => new StatusError(401, "Unauthorized", "Unauthorized");

/** The user of `--as`, and what must be allowed before one may be them (apiserver pkg/endpoints/filters/impersonation.go). */
export function impersonation(
  request: IncomingMessage,
): { user: UserInfo; asked: { resource: string; group: string; name: string; namespace: string }[] } | undefined {
  const header = (name: string) => ([] as string[]).concat(request.headers[name] ?? []);
  const username = header("impersonate-user")[0];
  const groups = groupHeaders(request);
  const uid = header("impersonate-uid")[0];
  if (!username) {
    if (groups.length > 0 || uid) throw StatusError.badRequest("requested [{Group  %!s(MISSING)}] without impersonating a user");
    return undefined;
  }
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username);
  const asked = [
    account
      ? { resource: "serviceaccounts", group: "", name: account[2] as string, namespace: account[1] as string }
      : { resource: "users", group: "", name: username, namespace: "" },
    ...groups.map((name) => ({ resource: "groups", group: "", name, namespace: "" })),
    ...(uid ? [{ resource: "uids", group: "authentication.k8s.io", name: uid, namespace: "" }] : []),
  ];
  const own = account ? ["system:serviceaccounts", `system:serviceaccounts:${account[1]}`] : [];
  const all = [...(groups.length > 0 ? groups : own)];
  if (username !== ANONYMOUS.username && !all.includes("system:unauthenticated") && !all.includes("system:authenticated")) {
    all.push("system:authenticated");
  }
  const extra = extraHeaders(request);
  return { user: { username, ...(uid && { uid }), groups: all, ...(extra && { extra }) }, asked };
}

/** Node joins repeated headers; the raw list keeps them apart. */
function groupHeaders({ rawHeaders }: IncomingMessage): string[] {
  return rawHeaders.flatMap((value, index) =>
    rawHeaders[index - 1]?.toLowerCase() === "impersonate-group" && index % 2 === 1 ? [value] : [],
  );
}

function extraHeaders({ rawHeaders }: IncomingMessage): Record<string, string[]> | undefined {
  const extra: Record<string, string[]> = {};
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = /^impersonate-extra-(.+)$/i.exec(rawHeaders[at] as string)?.[1];
    if (name) (extra[decodeURIComponent(name).toLowerCase()] ??= []).push(rawHeaders[at + 1] as string);
  }
  return Object.keys(extra).length > 0 ? extra : undefined;
}
