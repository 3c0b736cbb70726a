import { authorize } from "../authorize.ts";
import type { Call } from "../call.ts";
import { timestamp, type KubeObject } from "../object.ts";
import type { SubresourceHandler } from "../pipeline.ts";
import { rulesFor, type Attributes } from "../rbac.ts";
import type { Endpoint } from "../registry.ts";
import { ownedFields } from "../rest/owned-fields.ts";
import { fieldError, StatusError, type FieldError } from "../status-error.ts";
import type { Tokens } from "../tokens.ts";
import { nodeNameOf, type UserInfo } from "../user.ts";

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

interface Review<Spec> {
  kind: string;
  apiVersion: string;
  metadata?: Record<string, unknown>;
  spec?: Spec;
}

/** Questions that are answered, never stored: authorization.k8s.io and authentication.k8s.io. */
export const reviewHandlers = (tokens: Tokens): ReadonlyMap<string, SubresourceHandler> =>
  new Map<string, SubresourceHandler>([
    ["selfsubjectaccessreviews.authorization.k8s.io", accessReview],
    ["subjectaccessreviews.authorization.k8s.io", accessReview],
    ["localsubjectaccessreviews.authorization.k8s.io", accessReview],
    ["selfsubjectrulesreviews.authorization.k8s.io", rulesReview],
    ["selfsubjectreviews.authentication.k8s.io", selfReview],
    ["tokenreviews.authentication.k8s.io", (call, endpoint) => tokenReview(call, endpoint, tokens)],
  ]);

async function review<Spec>(call: Call): Promise<Review<Spec>> {
  if (call.info.verb !== "create")
    throw new StatusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
  const { value } = await call.body(call.info.resource);
  return value as Review<Spec>;
}

async function accessReview(call: Call, endpoint: Endpoint): Promise<void> {
  const sent = await review<AccessSpec>(call);
  const { spec = {}, metadata = {} } = sent;
  const { kind } = endpoint.info;
  const errors = accessErrors(kind, spec, metadata);
  if (errors.length > 0) throw StatusError.invalid({ group: "authorization.k8s.io", kind }, "", errors);
  if (endpoint.info.namespaced && metadata.namespace !== call.info.namespace) {
    throw StatusError.badRequest(`spec.resourceAttributes.namespace must match namespace: ${call.info.namespace}`);
  }
  const { user = "", groups = [], uid } = spec;
  const subject: UserInfo = kind === "SelfSubjectAccessReview" ? call.user : { username: user, groups, ...(uid && { uid }) };
  const { allowed, reason } = authorize(call.registry.store, subject, attributesOf(spec));
  answer(call, endpoint, { ...sent, spec }, { allowed, ...(reason && { reason }) });
}

/** Models pkg/apis/authorization/validation. */
function accessErrors(kind: string, spec: AccessSpec, metadata: Record<string, unknown>): FieldError[] {
  const { resourceAttributes: resource, nonResourceAttributes: path, user, groups } = spec;
  const errors: FieldError[] = [];
  const refuse = (field: string, value: unknown, why: string) => void errors.push(fieldError.invalid(field, value, why));
  if (resource && path) refuse("spec.nonResourceAttributes", path, "cannot be specified in combination with resourceAttributes");
  if (!resource && !path) {
    refuse("spec.resourceAttributes", null, "exactly one of nonResourceAttributes or resourceAttributes must be specified");
  }
  if (kind !== "SelfSubjectAccessReview" && !user && !groups?.length) {
    refuse("spec.user", "", "at least one of user or group must be specified");
  }
  const { namespace = "", managedFields: _managers, creationTimestamp: _never, ...others } = metadata;
  const isLocal = kind === "LocalSubjectAccessReview";
  if (Object.keys(others).length > 0 || (namespace && !isLocal)) {
    refuse("metadata", metadata, isLocal ? "must be empty except for namespace" : "must be empty");
  }
  if (isLocal && resource && (resource.namespace ?? "") !== namespace) {
    refuse("spec.resourceAttributes.namespace", resource.namespace ?? "", "must match metadata.namespace");
  }
  if (isLocal && path) refuse("spec.nonResourceAttributes", path, "disallowed on this kind of request");
  return errors;
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

/** The question with its answer, and with the asker as the manager of what was asked. */
function answer(call: Call, endpoint: Endpoint, sent: Review<unknown>, status: unknown): void {
  const { metadata = {}, spec } = sent;
  const managedFields = ownedFields(call.registry, endpoint, "", call.writeContext("CreateOptions"), undefined, {
    ...sent,
    metadata,
  } as unknown as KubeObject);
  const { kind, version, group } = endpoint.info;
  call.sendValue({ kind, apiVersion: `${group}/${version}`, metadata: { ...metadata, managedFields }, spec, status }, 201);
}

async function rulesReview(call: Call): Promise<void> {
  const { apiVersion, kind, spec } = await review<{ namespace?: string }>(call);
  if (!spec?.namespace) throw StatusError.badRequest("no namespace on request");
  const { rules, problem } = rulesFor(call.registry.store, call.user, spec.namespace);
  const isNode = nodeNameOf(call.user) !== undefined;
  const problems = [...(isNode ? ["node authorizer does not support user rule resolution"] : []), ...(problem ? [problem] : [])];
  const status = {
    resourceRules: rules.flatMap(({ verbs, apiGroups, resources, resourceNames }) =>
      resources?.length ? [{ verbs, apiGroups, resources, ...(resourceNames?.length && { resourceNames }) }] : [],
    ),
    nonResourceRules: rules.flatMap(({ verbs, nonResourceURLs }) =>
      nonResourceURLs?.length ? [{ verbs, nonResourceURLs }] : [],
    ),
    incomplete: isNode,
    ...(problems.length > 0 && { evaluationError: problems.join(", ") }),
  };
  call.sendValue({ kind, apiVersion, metadata: {}, spec: {}, status }, 201);
}

async function selfReview(call: Call): Promise<void> {
  const { apiVersion, kind } = await review(call);
  const metadata = { creationTimestamp: timestamp(call.registry.clock.now()) };
  call.sendValue({ kind, apiVersion, metadata, status: { userInfo: userInfo(call.user) } }, 201);
}

const userInfo = ({ username, uid, groups, extra }: UserInfo) => ({
  username,
  ...(uid && { uid }),
  groups,
  ...(extra && { extra }),
});

async function tokenReview(call: Call, endpoint: Endpoint, tokens: Tokens): Promise<void> {
  const sent = await review<{ token?: string; audiences?: string[] }>(call);
  const { token = "", audiences = [] } = sent.spec ?? {};
  const proof = tokens.review(token, audiences);
  const status =
    "error" in proof
      ? { user: {}, error: proof.error }
      : { authenticated: true, user: userInfo(proof.user), audiences: proof.audiences };
  answer(call, endpoint, sent, status);
}
