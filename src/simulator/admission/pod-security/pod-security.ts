import type { Namespace, Pod, PodTemplateSpec } from "kubernetes-types/core/v1";
import type { AdmissionPlugin, AdmissionRequest } from "../../api/admission.ts";
import { controllerOf, type KubeObject, type Live } from "../../api/object.ts";
import type { Registry } from "../../api/registry.ts";
import { equal } from "../../api/rest/equal.ts";
import { StatusError } from "../../api/status-error.ts";
import type { Store } from "../../store/store.ts";
import { refusal } from "../refusal.ts";
import { baselineChecks } from "./baseline.ts";
import { containersOf, type PodLike, type Violation } from "./check.ts";
import { isStricter, policyOf, policyText, type LevelVersion, type Policy } from "./policy.ts";
import { restrictedChecks } from "./restricted.ts";

/** Subresources of a pod that leave its spec alone. */
const HARMLESS = new Set(["exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status"]);

/** The minor release of the newest rule. */
const LATEST = 34;

/** Of a namespace's pods, no more are looked at when its level changes. */
const MOST_PODS = 3000;

/** Holds pods to the level that their namespace's labels name (k8s.io/pod-security-admission). */
export const podSecurity: AdmissionPlugin = {
  name: "PodSecurity",
  validate(request, { store }: Registry) {
    const { operation, endpoint, subresource, object, namespace } = request;
    if (operation === "DELETE" || !object) return;
    if (endpoint.name === "namespaces") {
      if (!subresource) checkNamespace(request, store);
    } else if (endpoint.name === "pods") {
      if (!HARMLESS.has(subresource)) checkPod(request, policyIn(store, namespace));
    } else if (endpoint.name in TEMPLATES && !subresource) {
      const template = TEMPLATES[endpoint.name]?.(object);
      if (template?.spec)
        warn(request, policyIn(store, namespace), { annotations: {}, ...template.metadata, spec: template.spec });
    }
  },
};

type Template = PodTemplateSpec | undefined;

const inSpec = (object: KubeObject): Template => (object as { spec?: { template?: Template } } & KubeObject).spec?.template;

/** Where kinds that make pods keep what they make. */
const TEMPLATES: Readonly<Record<string, (object: KubeObject) => Template>> = {
  "deployments.apps": inSpec,
  "replicasets.apps": inSpec,
  "statefulsets.apps": inSpec,
  "daemonsets.apps": inSpec,
  "jobs.batch": inSpec,
  replicationcontrollers: inSpec,
  podtemplates: (object) => (object as { template?: Template } & KubeObject).template,
  "cronjobs.batch": (object) =>
    (object as { spec?: { jobTemplate?: { spec?: { template?: Template } } } } & KubeObject).spec?.jobTemplate?.spec?.template,
};

function policyIn(store: Store, namespace: string): Policy {
  const found = store.get("namespaces", { namespace: "", name: namespace }) as Live<Namespace> | undefined;
  return policyOf(found?.metadata.labels).policy;
}

function checkPod(request: AdmissionRequest, policy: Policy): void {
  const { operation, object, old } = request;
  const pod = podLike(object as Live<Pod>);
  if (!pod || (operation === "UPDATE" && !changesImages(pod, podLike(old as Live<Pod>)))) return;
  const found = violations(policy.enforce, pod);
  if (found.length > 0) throw refusal(request, `violates PodSecurity "${policyText(policy.enforce)}": ${details(found)}`);
  warn(request, policy, pod);
}

const podLike = ({ metadata, spec }: Live<Pod>): PodLike | undefined => spec && { annotations: metadata.annotations ?? {}, spec };

/** Of what the checks look at, a pod that exists can only change its images and get more containers. */
function changesImages(pod: PodLike, old: PodLike | undefined): boolean {
  const images = (one: PodLike) => containersOf(one).map(({ name, image }) => ({ name, image }));
  return !old || !equal(images(pod), images(old));
}

function warn(request: AdmissionRequest, { warn: wanted }: Policy, pod: PodLike): void {
  const found = violations(wanted, pod);
  if (found.length > 0) request.warn(`would violate PodSecurity "${policyText(wanted)}": ${details(found)}`);
}

function violations({ level, version }: LevelVersion, pod: PodLike): Violation[] {
  if (level === "privileged") return [];
  const minor = version === "latest" ? LATEST : version;
  const restricted = level === "restricted" ? restrictedChecks.filter(({ since }) => since <= minor) : [];
  const overridden = new Set(restricted.map(({ overrides }) => overrides));
  const baseline = baselineChecks.filter(({ id, since }) => since <= minor && !overridden.has(id));
  return [...baseline, ...restricted].flatMap((check) => check.violation(pod, minor) ?? []);
}

const details = (found: readonly Violation[]) => found.map(({ reason, detail }) => `${reason} (${detail})`).join(", ");

function checkNamespace(request: AdmissionRequest, store: Store): void {
  const { object, old, name } = request;
  const { policy, errors } = policyOf(object?.metadata.labels);
  const before = policyOf(old?.metadata.labels);
  if (errors.length > 0 && !(old && equal(errors, before.errors))) {
    throw StatusError.invalid({ group: "", kind: "Namespace" }, name, errors);
  }
  if (!old || equal(policy.enforce, before.policy.enforce)) return;
  const isRelaxed =
    policy.enforce.version === before.policy.enforce.version && !isStricter(policy.enforce.level, before.policy.enforce.level);
  if (!isRelaxed) for (const text of existingViolations(store, name, policy.enforce)) request.warn(text);
}

/** What is said of the pods that are there already; they stay. */
function existingViolations(store: Store, namespace: string, enforce: LevelVersion): string[] {
  const pods = onePerOwnerFirst(store.list("pods", namespace) as unknown as readonly Live<Pod>[]);
  const byReason = new Map<string, string[]>();
  for (const pod of pods.slice(0, MOST_PODS)) {
    const like = podLike(pod);
    const reasons = like ? violations(enforce, like).map(({ reason }) => reason) : [];
    if (reasons.length === 0) continue;
    const reason = reasons.join(", ");
    byReason.set(reason, [...(byReason.get(reason) ?? []), pod.metadata.name]);
  }
  const lines = [...byReason].map(([reason, names]) => {
    const others = names.length - 1;
    return `${names.sort()[0]}${others > 0 ? ` (and ${others} other ${others === 1 ? "pod" : "pods"})` : ""}: ${reason}`;
  });
  return [
    ...(pods.length > MOST_PODS
      ? [`new PodSecurity enforce level only checked against the first ${MOST_PODS} of ${pods.length} existing pods`]
      : []),
    ...(lines.length > 0
      ? [`existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${policyText(enforce)}"`]
      : []),
    ...lines.sort(),
  ];
}

function onePerOwnerFirst(pods: readonly Live<Pod>[]): Live<Pod>[] {
  const seen = new Set<string>();
  const isFirst = pods.map((pod) => {
    const owner = controllerOf(pod)?.uid;
    const first = owner === undefined || !seen.has(owner);
    if (owner) seen.add(owner);
    return first;
  });
  return [...pods.filter((_pod, index) => isFirst[index]), ...pods.filter((_pod, index) => !isFirst[index])];
}
