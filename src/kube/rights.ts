import { isOfCluster } from "./api-error.ts";
import type { Kube } from "./kube.ts";
import type { Resource } from "./resources.ts";

/** Something one may do, or not: `get`, `configmaps`, in a namespace; without one, in the whole cluster. */
export interface Right {
  verb: string;
  /** A plural, `/sub` behind it for a subresource; `*` is everything. */
  resource: string;
  namespace?: string;
}

/** A rule of RBAC, as the server resolves it for one user in one namespace. */
export interface ResourceRule {
  verbs?: readonly string[];
  apiGroups?: readonly string[];
  resources?: readonly string[];
  resourceNames?: readonly string[];
}

/** What we may do in a cluster. Each right is asked for once at most; those in the course's namespace, all in one request. */
export class Rights {
  readonly #kube: Kube;
  readonly #asked = new Map<string, Promise<boolean>>();
  #own: Promise<{ rules: readonly ResourceRule[]; incomplete: boolean }> | undefined;

  constructor(kube: Kube) {
    this.#kube = kube;
  }

  /** @throws ApiError, ClusterUnreachable */
  may(right: Right): Promise<boolean> {
    const key = rightKey(right);
    const known = this.#asked.get(key);
    if (known) return known;
    const answer = this.#ask(right);
    this.#asked.set(key, answer);
    return answer;
  }

  async #ask(right: Right): Promise<boolean> {
    if (right.namespace === this.#kube.namespace) {
      const { rules, incomplete } = await (this.#own ??= this.#ownRules());
      const group = groupOf(await this.#kube.resource(right.resource.split("/")[0]!));
      if (rules.some((rule) => allows(rule, right, group))) return true;
      if (!incomplete) return false;
    }
    return this.#kube.may(right);
  }

  /** A cluster that can't list its rules may still be asked for each. */
  async #ownRules(): Promise<{ rules: readonly ResourceRule[]; incomplete: boolean }> {
    try {
      return await this.#kube.rules();
    } catch (error) {
      if (isOfCluster(error)) return { rules: [], incomplete: true };
      throw error;
    }
  }
}

/** A right as one would say it: `get configmaps -n kube-system`. */
export const rightKey = ({ verb, resource, namespace }: Right): string =>
  `${verb} ${resource}${namespace === undefined ? "" : ` -n ${namespace}`}`;

/** Rights as one would say them, what is to be done with the same things together: `get, list pods -n team`. */
export function rightTexts(rights: readonly Right[]): string[] {
  const things = new Map<string, string[]>();
  for (const { verb, ...thing } of rights) {
    const words = rightKey({ verb: "", ...thing });
    things.set(words, [...(things.get(words) ?? []), verb]);
  }
  return [...things].map(([thing, verbs]) => `${verbs.join(", ")}${thing}`);
}

/** The right to do something with objects of a kind, by any of its names; those of a kind without namespace, in the whole cluster. */
export async function rightTo(kube: Kube, verb: string, word: string, namespace: string): Promise<Right> {
  const [kind = "", subresource] = word.split("/");
  const { plural = kind.toLowerCase(), namespaced = true } = (await kube.resource(kind)) ?? {};
  return { verb, resource: subresource ? `${plural}/${subresource}` : plural, ...(namespaced && { namespace }) };
}

const groupOf = (resource: Resource | undefined): string =>
  resource?.apiVersion.includes("/") ? resource.apiVersion.split("/")[0]! : "";

/** Models upstream's pkg/apis/rbac/v1/evaluation_helpers.go. A rule for single names is none for all of them. */
function allows(
  { verbs = [], apiGroups = [], resources = [], resourceNames = [] }: ResourceRule,
  right: Right,
  group: string,
): boolean {
  const [, subresource] = right.resource.split("/");
  const wanted = [right.resource, "*", ...(subresource ? [`*/${subresource}`] : [])];
  return (
    resourceNames.length === 0 &&
    (verbs.includes(right.verb) || verbs.includes("*")) &&
    (apiGroups.includes(group) || apiGroups.includes("*")) &&
    wanted.some((one) => resources.includes(one))
  );
}
