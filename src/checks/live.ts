import type { Snapshot } from "../course/progress.ts";
import { isManyValued, type LiveExpression, type PathStep } from "../course/live-expression.ts";
import { uidsAtStart } from "../course/snapshot.ts";
import { type KubeObject, isGoing } from "../kube/objects.ts";
import type { ClusterView } from "./cluster-view.ts";
import { type FactSources, factValue } from "./facts.ts";
import { findAll, toText } from "./path.ts";
import { settingValue, type Settings } from "./settings.ts";

export interface LiveSources extends FactSources {
  cluster: ClusterView;
  settings: Settings;
  snapshot: Snapshot;
}

type ObjectList = Extract<LiveExpression, { source: "list" }>;

/** Values of live expressions, as the cluster has them now. Objects being deleted don't count as members of a list. */
export class LiveValues {
  readonly #sources: LiveSources;
  readonly #namespace: string;

  /** `namespace` is for expressions that name none. */
  constructor(sources: LiveSources, namespace = sources.settings.namespace) {
    this.#sources = sources;
    this.#namespace = namespace;
  }

  /** Undefined when there is none; a list, which may be empty, where the expression is one of many values, as some facts are. */
  async value(expression: LiveExpression): Promise<unknown> {
    const values = await this.#values(expression);
    return isManyValued(expression) || values.length > 1 ? values : values[0];
  }

  /** As text: a list joined with commas. Undefined when there is no value, or none in the list. */
  async text(expression: LiveExpression): Promise<string | undefined> {
    const values = (await this.#values(expression)).map(toText).filter(Boolean);
    return values.length ? values.join(",") : undefined;
  }

  /** Whether objects are there that lack the value still: it may come. */
  async isComing(expression: LiveExpression): Promise<boolean> {
    return (
      expression.source === "list" && (await this.#members(expression)).objects.length > (await this.#values(expression)).length
    );
  }

  async #values(expression: LiveExpression): Promise<unknown[]> {
    const { cluster, settings } = this.#sources;
    switch (expression.source) {
      case "setting":
        return defined(settingValue(expression.name, settings));
      case "fact":
        return defined(await factValue(expression.parts, this.#sources)).flat();
      case "object": {
        const object = await cluster.get(expression.kind, expression.name, expression.namespace ?? this.#namespace);
        return object ? findAll(object, expression.path).map(({ value }) => value) : [];
      }
      case "list": {
        const { objects, path } = await this.#members(expression);
        return objects.flatMap((object) => findAll(object, path).map(({ value }) => value));
      }
    }
  }

  /** The objects that the first steps of the path leave, and the path within each. */
  async #members(expression: ObjectList): Promise<{ objects: KubeObject[]; path: PathStep[] }> {
    const { resource, selector, namespace = this.#namespace } = expression;
    const listed = await this.#sources.cluster.list(resource, { selector, namespace });
    let objects = listed.filter((object) => !isGoing(object));
    const path = [...expression.path];
    while (path[0]?.step === "filter")
      objects = this.#filtered(objects, path.shift() as Extract<PathStep, { step: "filter" }>, expression);
    const first = path[0];
    if (first?.step === "all") path.shift();
    else if (first?.step === "index") {
      path.shift();
      objects = defined(objects.at(first.index));
    }
    return { objects, path };
  }

  #filtered(objects: KubeObject[], { name }: Extract<PathStep, { step: "filter" }>, expression: ObjectList): KubeObject[] {
    if (name === "ready") return objects.filter(isReady);
    if (name === "current") return newestRevision(objects);
    const before = this.#sources.snapshot.values[uidsAtStart(expression) ?? ""];
    const uids: readonly unknown[] = Array.isArray(before) ? before : [];
    return objects.filter(({ metadata }) => uids.includes(metadata?.uid) === (name === "kept"));
  }
}

const defined = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);

/** Pods and nodes have it as a condition. */
const isReady = (object: KubeObject): boolean =>
  findAll(object, [
    { step: "field", name: "status" },
    { step: "field", name: "conditions" },
    { step: "where", path: ["type"], equal: true, value: "Ready" },
    { step: "field", name: "status" },
  ]).some(({ value }) => value === "True");

type Annotated = { metadata?: { annotations?: Record<string, string> } };

const revision = ({ metadata }: Annotated): number => Number(metadata?.annotations?.["deployment.kubernetes.io/revision"] ?? 0);

/** The ReplicaSet that the Deployment works with now. */
export function newestRevision<T extends Annotated>(replicaSets: readonly T[]): T[] {
  const [newest] = replicaSets.toSorted((a, b) => revision(b) - revision(a));
  return defined(newest);
}
