import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from "kubernetes-types/core/v1";
import { labelsMatch } from "../api/selectors.ts";
import type { LabelRequirement } from "../api/selectors.ts";
import type { Node } from "./node-info.ts";
import type { Pod } from "./pod-requests.ts";

/** True when one of the terms matches; an empty term matches nothing (component-helpers nodeaffinity). */
export const nodeSelectorMatches = ({ nodeSelectorTerms }: NodeSelector, node: Node): boolean =>
  nodeSelectorTerms.some((term) => termMatches(term, node));

export function termMatches({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: Node): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    labelsMatch(requirements(matchExpressions), node.metadata.labels) &&
    labelsMatch(requirements(matchFields), { "metadata.name": node.metadata.name })
  );
}

/** The pod's nodeSelector and required node affinity, both. */
export function fitsNodeAffinity(pod: Pod, node: Node): boolean {
  const { nodeSelector = {}, affinity } = pod.spec ?? {};
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return (
    Object.entries(nodeSelector).every(([key, value]) => node.metadata.labels?.[key] === value) &&
    (required === undefined || nodeSelectorMatches(required, node))
  );
}

const requirements = (expressions: readonly NodeSelectorRequirement[]): LabelRequirement[] =>
  expressions.map(({ key, operator, values = [] }) => ({ key, operator: operator as LabelRequirement["operator"], values }));
