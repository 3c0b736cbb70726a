import type { CustomResourceDefinitionNames, CustomResourceDefinitionStatus } from "kubernetes-types/apiextensions/v1";
import { type Condition, conditionOf, type Definition, withCondition } from "./definition.ts";

/**
 * The status that a definition's names earn beside the others of its group: conditions NamesAccepted and Established
 * (apiextensions-apiserver pkg/controller/status and pkg/controller/establish). `time` is that of conditions that change.
 */
export function acceptNames(definition: Definition, all: readonly Definition[], time: string): CustomResourceDefinitionStatus {
  const { names, group } = definition.spec;
  const before: Partial<CustomResourceDefinitionNames> = definition.status?.acceptedNames ?? {};
  const others = all.filter(({ metadata, spec }) => spec.group === group && metadata.name !== definition.metadata.name);
  const accepted = others.flatMap(({ status }) => status?.acceptedNames ?? []);
  const resources = new Set(accepted.flatMap(({ plural, singular, shortNames = [] }) => [plural, singular, ...shortNames]));
  const kinds = new Set(accepted.flatMap(({ kind, listKind }) => [kind, listKind]));
  resources.delete("");
  kinds.delete("");

  const next = { plural: "", kind: "", ...before } as Required<CustomResourceDefinitionNames>;
  let conflict: Pick<Condition, "reason" | "message"> | undefined;
  const take = (field: "plural" | "singular" | "kind" | "listKind", used: ReadonlySet<string | undefined>) => {
    const name = names[field] ?? "";
    if (name === before[field] || !used.has(name)) next[field] = name;
    else conflict = { reason: `${field[0]?.toUpperCase()}${field.slice(1)}Conflict`, message: inUse(name) };
  };
  take("plural", resources);
  take("singular", resources);
  const { shortNames = [] } = names;
  const taken = shortNames.filter((name) => !before.shortNames?.includes(name) && resources.has(name));
  if (taken.length === 0) next.shortNames = shortNames;
  else {
    const texts = taken.map(inUse);
    conflict = { reason: "ShortNamesConflict", message: texts.length === 1 ? texts.join() : `[${texts.join(", ")}]` };
  }
  take("kind", kinds);
  take("listKind", kinds);
  next.categories = names.categories ?? [];

  const condition = (type: string, isMet: boolean, reason: string, message: string): Condition => ({
    type,
    status: isMet ? "True" : "False",
    lastTransitionTime: time as never,
    reason,
    message,
  });
  const isAccepted = condition(
    "NamesAccepted",
    conflict === undefined,
    conflict?.reason ?? "NoConflicts",
    conflict?.message ?? "no conflicts found",
  );
  const established = conditionOf(definition, "Established");
  const isEstablished =
    established?.status === "True"
      ? established
      : conflict
        ? condition("Established", false, "NotAccepted", "not all names are accepted")
        : condition("Established", true, "InitialNamesAccepted", "the initial names have been accepted");
  return {
    ...definition.status,
    storedVersions: definition.status?.storedVersions ?? [],
    conditions: [isAccepted, isEstablished].reduce(withCondition, [...(definition.status?.conditions ?? [])]),
    acceptedNames: next,
  };
}

const inUse = (name: string) => `${JSON.stringify(name)} is already in use`;
