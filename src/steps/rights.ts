import type { Course } from "../course/course.ts";
import type { Action, Check, Need, Step } from "../course/lesson.ts";
import { type LiveExpression, LiveExpressionError, parseLiveExpression } from "../course/live-expression.ts";
import { placeholdersIn } from "../course/placeholders.ts";
import type { Kube } from "../kube/kube.ts";
import { type Right, rightKey, type Rights, rightTo } from "../kube/rights.ts";
import { type Lack, lackUnasked } from "./lack.ts";
import { manifestObjects, type NamedObject } from "./wanted-objects.ts";

/** Where rights are asked for. */
export interface Asked {
  kube: Kube;
  rights: Rights;
}

/**
 * What steps lack here, by their ids: those that lack nothing are not in it. `granted` is had without asking; who has cluster-admin is
 * asked nothing at all. @throws ApiError, ClusterUnreachable
 */
export async function lacksOf(
  course: Course,
  steps: readonly Step[],
  granted: ReadonlySet<Need>,
  connect: () => Promise<Asked>,
): Promise<Map<string, Lack>> {
  const asked = once(connect);
  const nodes = once(async () => (await (await asked()).kube.list("Node")).length);
  const objects = new Map<string, Promise<NamedObject[]>>();
  const read: ReadManifest = async (name) => {
    const known = objects.get(name) ?? manifestObjects(course, name, (await asked()).kube.namespace);
    objects.set(name, known);
    return known;
  };
  const found = await Promise.all(steps.map(async (step) => [step.id, await lackOf(read, step, granted, asked, nodes)] as const));
  return new Map(found.filter((entry): entry is [string, Lack] => entry[1] !== undefined));
}

/** The objects of a manifest, read once. */
type ReadManifest = (name: string) => Promise<NamedObject[]>;

async function lackOf(
  read: ReadManifest,
  step: Step,
  granted: ReadonlySet<Need>,
  asked: () => Promise<Asked>,
  nodes: () => Promise<number>,
): Promise<Lack | undefined> {
  const without = lackUnasked(step, granted);
  if (without || granted.has("cluster-admin") || step.start.cluster === "none") return without;
  const { kube, rights } = await asked();
  const wanted = await rightsOf(read, step, kube);
  const allowed = await Promise.all(wanted.map((right) => rights.may(right)));
  const missing = wanted.filter((_, index) => !allowed[index]);
  const open = step.needs.filter((need) => !granted.has(need));
  const tooSmall = open.includes("nodes>=3") && !missing.some(isNodes) && (await nodes()) < 3;
  if (missing.length === 0 && !tooSmall) return undefined;
  const isOpen: Partial<Record<Need, boolean>> = {
    exec: missing.some(({ resource }) => resource === "pods/exec"),
    "nodes>=3": tooSmall || missing.some(isNodes),
    "cluster-admin": missing.some(({ namespace }) => namespace !== kube.namespace),
  };
  return { needs: open.filter((need) => isOpen[need]), rights: missing };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

const isNodes = ({ resource }: Right): boolean => resource === "nodes";

/**
 * What one must be allowed for a step to be prepared, done as its solution does it, and checked. Of a step that goes beyond the namespace
 * in a way that can't be told from its data, everything.
 */
async function rightsOf(read: ReadManifest, step: Step, kube: Kube): Promise<Right[]> {
  const deeds = await Promise.all([
    ...step.start.objects.map(({ manifest }) => onManifest(read, manifest, "get create update delete")),
    ...[...step.start.break, ...step.solution.do].map((action) => deedsOf(read, step, action)),
    ...step.checks.map((check) => looksOf(read, step, check)),
  ]);
  const needs = step.needs.flatMap((need) => (need === "exec" ? EXEC : need === "nodes>=3" ? ["list nodes"] : []));
  const all = await Promise.all([...needs, ...deeds.flat()].map((deed) => toRight(deed, kube)));
  const rights = [...new Map(all.map((right) => [rightKey(right), right])).values()];
  const goesBeyond = rights.some(({ namespace, resource }) => namespace !== kube.namespace && resource !== "nodes");
  const isVague = step.needs.includes("cluster-admin") && !goesBeyond && !rights.some(isNodes);
  return isVague ? [...rights, { verb: "*", resource: "*" }] : rights;
}

/** `verb kind`, `verb kind/sub`, and `@namespace` where it isn't the course's. */
type DeedText = string;

async function toRight(deed: DeedText, kube: Kube): Promise<Right> {
  const [, verb = "", word = "", namespace = kube.namespace] = /^(\S+) ([^@]+)(?:@(.*))?$/.exec(deed) ?? [];
  return rightTo(kube, verb, word, namespace);
}

const each = (verbs: string, word: string, namespace?: string): DeedText[] =>
  verbs.split(" ").map((verb) => `${verb} ${word}${namespace === undefined ? "" : `@${namespace}`}`);

/** A WebSocket opens with a GET; kubectl may fall back to a POST, and servers from 1.35 on want both. */
const EXEC = each("get create", "pods/exec");

async function onManifest(read: ReadManifest, name: string, verbs: string): Promise<DeedText[]> {
  return (await read(name)).flatMap(({ kind, metadata }) => each(verbs, kind, metadata.namespace));
}

/** Of a file of the workspace: its objects as the course has them. */
async function onFile(read: ReadManifest, { solution, start }: Step, file: string, verbs: string): Promise<DeedText[]> {
  const written = solution.do.find((action) => action.type === "write" && action.file === file);
  const manifest = written?.type === "write" ? written.from : start.files.find((use) => use.file === file)?.file;
  return manifest === undefined ? [] : onManifest(read, manifest, verbs);
}

/** What kubectl does with objects, by its command. */
const kubectlVerbs: Readonly<Record<string, string>> = {
  annotate: "get patch",
  create: "create",
  delete: "get list delete",
  describe: "get",
  get: "get list",
  label: "get patch",
  patch: "get patch",
  rollout: "get patch",
  set: "get patch",
};

async function deedsOf(read: ReadManifest, step: Step, action: Action): Promise<DeedText[]> {
  if (action.type !== "kubectl") return [];
  const { args } = action;
  const [command = "", ...rest] = args;
  const file = args[args.findIndex((arg) => arg === "-f" || arg === "--filename") + 1];
  if (args.includes("-f") || args.includes("--filename"))
    return onFile(read, step, file ?? "", command === "apply" ? "get create patch" : (kubectlVerbs[command] ?? "get"));
  const [kind = "", second = ""] = rest.filter((arg) => !arg.startsWith("-")).map((arg) => arg.split("/")[0]!);
  const at = args.findIndex((arg) => arg === "-n" || arg === "--namespace");
  const namespace = at < 0 ? undefined : args[at + 1];
  if (command === "exec") return EXEC;
  if (command === "run") return each("create", "pods", namespace);
  if (command === "expose") return [...each("get", kind, namespace), ...each("create", "services", namespace)];
  if (command === "scale") return [...each("get", kind, namespace), ...each("patch", `${kind}/scale`, namespace)];
  if (command === "cordon" || command === "uncordon" || command === "drain") return each("get patch", "nodes");
  const verbs = kubectlVerbs[command];
  return verbs === undefined ? [] : each(verbs, command === "rollout" || command === "set" ? second : kind, namespace);
}

/** What a type of check looks at; `{kind}` is its argument. Types that look at no cluster are not here. */
const looks: Readonly<Record<string, readonly DeedText[]>> = {
  "daemonset-on-nodes": ["get daemonsets", "list nodes", "list pods"],
  "data-key": ["get {kind}"],
  "event-seen": ["list events"],
  "exec-output": ["get pods", ...EXEC],
  "field-equals": ["get {kind}"],
  "log-matches": ["list pods", "get pods/log"],
  "node-state": ["list nodes"],
  "object-exists": ["get {kind}"],
  "pods-match": ["list pods"],
  "pods-replaced": ["list pods"],
  "prometheus-query": ["get services/proxy"],
  "prometheus-targets": ["get services/proxy"],
  "rbac-can": ["create subjectaccessreviews"],
  "service-endpoints": ["get services", "list endpointslices", "list pods"],
  "workload-ready": ["get {kind}", "list replicasets", "list pods"],
};

async function looksOf(read: ReadManifest, step: Step, { type, args, namespace }: Check): Promise<DeedText[]> {
  const text = (name: string): string | undefined => (typeof args[name] === "string" ? args[name] : undefined);
  const own = (looks[type] ?? []).flatMap((look) => {
    const deed = look.replace("{kind}", () => text("kind") ?? "");
    return deed.endsWith(" ") ? [] : [namespace === undefined ? deed : `${deed}@${namespace}`];
  });
  const proxied = type === "http-through-proxy" ? each("get", text("pod") ? "pods/proxy" : "services/proxy", namespace) : [];
  const isTried = type === "live-matches-file" || (type === "manifest-accepted" && text("as") !== "kind-v1alpha4");
  const tried = isTried ? await onFile(read, step, text("file") ?? "", "create patch") : [];
  return [...own, ...proxied, ...tried, ...expressionsOf(type, args).flatMap((expression) => readsOf(expression, namespace))];
}

/** Live expressions that a check can't do without; labels only tell wrong answers from others. */
function expressionsOf(type: string, args: Check["args"]): LiveExpression[] {
  const { labels: _, ...needed } = args;
  const whole = type === "answer-equals-live" ? ["value"] : type === "unchanged-since-start" ? ["same", "changed"] : [];
  const texts = whole.flatMap((name) => args[name] ?? []).filter((one) => typeof one === "string");
  const parse = (text: string): LiveExpression[] => {
    try {
      return [parseLiveExpression(text)];
    } catch (error) {
      if (error instanceof LiveExpressionError) return [];
      throw error;
    }
  };
  return [...texts.flatMap(parse), ...placeholdersIn(JSON.stringify(needed).replaceAll('\\"', '"'))];
}

/** What stands behind facts that look into the cluster. */
const factReads: Readonly<Record<string, readonly DeedText[]>> = {
  nameserver: EXEC,
  nodeDaemons: ["list daemonsets@kube-system", "list nodes"],
  proxyMode: ["get configmaps@kube-system"],
  staticPods: ["list pods@kube-system"],
};

function readsOf(expression: LiveExpression, namespace: string | undefined): DeedText[] {
  switch (expression.source) {
    case "setting":
      return [];
    case "fact":
      return [...(factReads[expression.parts.map(({ name }) => name).join(".")] ?? [])];
    case "object":
      return each("get", expression.kind, expression.namespace ?? namespace);
    case "list":
      return each("list", expression.resource, expression.namespace ?? namespace);
  }
}
