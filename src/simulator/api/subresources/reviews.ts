import type { KubeObject } from "../object.ts";
import type { SubresourceHandler } from "../pipeline.ts";
import type { Endpoint } from "../registry.ts";
import { ownedFields } from "../rest/owned-fields.ts";
import { authorize, grants, type Attributes, type PolicyRule } from "../rbac.ts";
import type { Tokens } from "../tokens.ts";
import { ISSUER } from "../tokens.ts";
import { timestamp } from "../object.ts";
import { StatusError } from "../status-error.ts";
import type { Call } from "../call.ts";
import type { UserInfo } from "../user.ts";

interface AccessSpec {
  resourceAttributes?: {
    verb?: string;
    group?: string;
    resource?: string;
    subresource?: string;
    name?: string;
    namespace?: string;
  };
  nonResourceAttributes?: { verb?: string; path?: string };
  user?: string;
  groups?: string[];
  uid?: string;
}

/** Questions that are answered, never stored: authorization.k8s.io and authentication.k8s.io. */
export const reviewHandlers = (tokens: Tokens): ReadonlyMap<string, SubresourceHandler> =>
  new Map<string, SubresourceHandler>([
    ["selfsubjectaccessreviews.authorization.k8s.io", (call, endpoint) => accessReview(call, endpoint, () => call.user)],
    ["subjectaccessreviews.authorization.k8s.io", (call, endpoint) => accessReview(call, endpoint, subjectOf)],
    ["localsubjectaccessreviews.authorization.k8s.io", (call, endpoint) => accessReview(call, endpoint, subjectOf)],
    ["selfsubjectrulesreviews.authorization.k8s.io", rulesReview],
    ["selfsubjectreviews.authentication.k8s.io", selfReview],
    ["tokenreviews.authentication.k8s.io", (call) => tokenReview(call, tokens)],
  ]);

const subjectOf = ({ user = "", groups = [], uid }: AccessSpec): UserInfo => ({ username: user, groups, ...(uid && { uid }) });

async function review(
  call: Call,
): Promise<{ kind: string; apiVersion: string; metadata?: object; spec: Record<string, unknown> }> {
  if (call.info.verb !== "create")
    throw new StatusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
  const { value } = await call.body(call.info.resource);
  return value as Awaited<ReturnType<typeof review>>;
}

async function accessReview(call: Call, endpoint: Endpoint, subject: (spec: AccessSpec) => UserInfo): Promise<void> {
  const sent = await review(call);
  const { apiVersion, kind, metadata = {}, spec } = sent;
  const access = spec as AccessSpec;
  const user = subject(access);
  if (!user.username && user.groups.length === 0) {
    throw StatusError.invalid({ group: "authorization.k8s.io", kind }, "", [
      {
        reason: "FieldValueInvalid",
        field: "spec.user",
        message: 'Invalid value: "": at least one of user or group must be specified',
      },
    ]);
  }
  const { allowed, reason } = authorize(call.registry.store, user, attributesOf(access));
  const managedFields = ownedFields(call.registry, endpoint, "", call.writeContext("CreateOptions"), undefined, {
    ...sent,
    metadata,
  } as KubeObject);
  const status = { allowed, ...(reason && { reason }) };
  call.sendValue({ kind, apiVersion, metadata: { ...metadata, managedFields }, spec, status }, 201);
}

const attributesOf = ({ resourceAttributes: wanted, nonResourceAttributes }: AccessSpec): Attributes => ({
  verb: wanted?.verb ?? nonResourceAttributes?.verb ?? "",
  isResource: wanted !== undefined,
  group: wanted?.group ?? "",
  resource: wanted?.resource ?? "",
  subresource: wanted?.subresource ?? "",
  name: wanted?.name ?? "",
  namespace: wanted?.namespace ?? "",
  path: nonResourceAttributes?.path ?? "",
});

async function rulesReview(call: Call): Promise<void> {
  const { apiVersion, kind, spec } = await review(call);
  const { namespace = "" } = spec as { namespace?: string };
  if (!namespace) throw StatusError.badRequest("no namespace on request");
  const rules = [...grants(call.registry.store, call.user, namespace)].map(({ rule }) => rule);
  const masters: PolicyRule[] = call.user.groups.includes("system:masters")
    ? [
        { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
        { verbs: ["*"], nonResourceURLs: ["*"] },
      ]
    : [];
  const all = [...masters, ...rules];
  const status = {
    resourceRules: all
      .filter(({ resources }) => resources)
      .map(({ verbs, apiGroups, resources, resourceNames }) => ({
        verbs,
        apiGroups,
        resources,
        ...(resourceNames && { resourceNames }),
      })),
    nonResourceRules: all
      .filter(({ nonResourceURLs }) => nonResourceURLs)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  };
  call.sendValue({ kind, apiVersion, metadata: {}, spec: {}, status }, 201);
}

async function selfReview(call: Call): Promise<void> {
  const { apiVersion, kind } = await review(call);
  const { username, uid, groups, extra } = call.user;
  const userInfo = { username, ...(uid && { uid }), groups, ...(extra && { extra }) };
  call.sendValue(
    { kind, apiVersion, metadata: { creationTimestamp: timestamp(call.registry.clock.now()) }, status: { userInfo } },
    201,
  );
}

async function tokenReview(call: Call, tokens: Tokens): Promise<void> {
  const { apiVersion, kind, spec } = await review(call);
  const { token = "", audiences = [] } = spec as { token?: string; audiences?: string[] };
  const audience = audiences[0] ?? ISSUER;
  const user = tokens.authenticate(token, audience);
  const status = user ? { authenticated: true, user, audiences: [audience] } : { user: {}, error: "invalid bearer token" };
  call.sendValue({ kind, apiVersion, metadata: {}, spec, status }, 201);
}
