import type { KubeObject } from "./object.ts";
import { StatusError } from "./status-error.ts";

export type Matcher = (object: KubeObject) => boolean;

export interface LabelRequirement {
  key: string;
  operator: "Exists" | "DoesNotExist" | "In" | "NotIn" | "Gt" | "Lt";
  values: readonly string[];
}

/** metav1.LabelSelector, as objects carry it. */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** Parses `app=web,tier in (a,b),!old`. Throws BadRequest with upstream's text (k8s.io/apimachinery/pkg/labels). */
export function parseLabelSelector(text: string): LabelRequirement[] {
  const requirements: LabelRequirement[] = [];
  for (const part of splitOutsideParentheses(text)) {
    const requirement = parseRequirement(part.trim());
    if (!requirement) {
      throw StatusError.badRequest(`unable to parse requirement: found '${part.trim()}', expected: identifier`);
    }
    requirements.push(requirement);
  }
  return requirements;
}

/** The requirements of a selector object. An empty selector selects everything. */
export function requirementsOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): LabelRequirement[] {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, operator: "In" as const, values: [value] })),
    ...matchExpressions.map(({ key, operator, values = [] }) => ({
      key,
      operator: operator as LabelRequirement["operator"],
      values,
    })),
  ];
}

export function labelsMatch(requirements: readonly LabelRequirement[], labels: Readonly<Record<string, string>> = {}): boolean {
  return requirements.every(({ key, operator, values }) => {
    const value = labels[key];
    switch (operator) {
      case "Exists":
        return value !== undefined;
      case "DoesNotExist":
        return value === undefined;
      case "In":
        return value !== undefined && values.includes(value);
      case "NotIn":
        return value === undefined || !values.includes(value);
      case "Gt":
        return value !== undefined && Number(value) > Number(values[0]);
      case "Lt":
        return value !== undefined && Number(value) < Number(values[0]);
    }
  });
}

/** True when the selector object matches the labels; a missing selector matches nothing. */
export const selectorMatches = (
  selector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>> | undefined,
): boolean => selector !== undefined && labelsMatch(requirementsOf(selector), labels);

/** The selector object in the wire's form: `app=web,tier in (a,b)` (metav1.FormatLabelSelector, keys sorted). */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  if (!selector) return "<none>";
  const sorted = requirementsOf(selector).sort((a, b) => (a.key < b.key ? -1 : 1));
  return sorted.map(formatRequirement).join(",") || "<none>";
}

const formatRequirement = ({ key, operator, values }: LabelRequirement): string => {
  const list = [...values].sort().join(",");
  switch (operator) {
    case "Exists":
      return key;
    case "DoesNotExist":
      return `!${key}`;
    case "In":
      return values.length === 1 ? `${key}=${list}` : `${key} in (${list})`;
    case "NotIn":
      return `${key} notin (${list})`;
    case "Gt":
      return `${key}>${list}`;
    case "Lt":
      return `${key}<${list}`;
  }
};

interface FieldRequirement {
  path: string;
  equal: boolean;
  value: string;
}

/** Parses `metadata.name=a,status.phase!=Running`. Throws BadRequest with upstream's text (k8s.io/apimachinery/pkg/fields). */
export function parseFieldSelector(text: string): FieldRequirement[] {
  return text
    .split(/(?<!\\),/)
    .filter((part) => part !== "")
    .map((part) => {
      const match = /^(.*?)(!=|==|=)(.*)$/.exec(part);
      if (!match) throw StatusError.badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
      return { path: match[1] as string, equal: match[2] !== "!=", value: (match[3] as string).replaceAll(/\\([\\,=])/g, "$1") };
    });
}

/**
 * A matcher for a list or watch. `selectable` gives the kind's own field values; a path it does not know is refused as upstream
 * refuses it, which names the paths that every kind has.
 */
export function compileSelectors(
  { labelSelector, fieldSelector }: { labelSelector?: string | undefined; fieldSelector?: string | undefined },
  selectable: (object: KubeObject) => Record<string, string>,
): Matcher {
  const labels = labelSelector ? parseLabelSelector(labelSelector) : [];
  const fields = fieldSelector ? parseFieldSelector(fieldSelector) : [];
  const known = fields.length > 0 ? new Set(Object.keys(selectable(PROBE))) : new Set<string>();
  for (const { path } of fields) {
    if (path !== "metadata.name" && path !== "metadata.namespace" && !known.has(path)) {
      throw StatusError.badRequest(`"${path}" is not a known field selector: only "metadata.name", "metadata.namespace"`);
    }
  }
  if (labels.length === 0 && fields.length === 0) return () => true;
  return (object) => {
    if (!labelsMatch(labels, object.metadata.labels)) return false;
    if (fields.length === 0) return true;
    const own = fields.some(({ path }) => !path.startsWith("metadata.")) ? selectable(object) : {};
    return fields.every(({ path, equal, value }) => {
      const actual =
        path === "metadata.name"
          ? object.metadata.name
          : path === "metadata.namespace"
            ? (object.metadata.namespace ?? "")
            : own[path];
      return ((actual ?? "") === value) === equal;
    });
  };
}

/** An object with nothing in it: shows which paths a kind can be selected by. */
const PROBE = {
  apiVersion: "",
  kind: "",
  metadata: { name: "", uid: "", resourceVersion: "", creationTimestamp: "" },
  spec: {},
  status: {},
} as KubeObject;

const splitOutsideParentheses = (text: string): string[] => (text.trim() === "" ? [] : text.split(/,(?![^(]*\))/));

function parseRequirement(text: string): LabelRequirement | undefined {
  const key = "[A-Za-z0-9][-A-Za-z0-9_./]*";
  let match = new RegExp(`^(${key})\\s+(in|notin)\\s*\\(([^)]*)\\)$`).exec(text);
  if (match) {
    const values = (match[3] as string).split(",").map((value) => value.trim());
    return { key: match[1] as string, operator: match[2] === "in" ? "In" : "NotIn", values };
  }
  match = new RegExp(`^(${key})\\s*(==|=|!=|>|<)\\s*([-A-Za-z0-9_.]*)$`).exec(text);
  if (match) {
    const operator = ({ "==": "In", "=": "In", "!=": "NotIn", ">": "Gt", "<": "Lt" } as const)[match[2] as "="];
    return { key: match[1] as string, operator, values: [match[3] as string] };
  }
  match = new RegExp(`^(!?)\\s*(${key})$`).exec(text);
  return match ? { key: match[2] as string, operator: match[1] ? "DoesNotExist" : "Exists", values: [] } : undefined;
}
