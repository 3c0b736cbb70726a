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
  const tokens = new Tokens(text);
  const requirements: LabelRequirement[] = [];
  if (tokens.peek() === "") return requirements;
  for (;;) {
    requirements.push(parseRequirement(tokens));
    const next = tokens.take();
    if (next === "") return requirements;
    if (next !== ",") throw StatusError.badRequest(`found '${next}', expected: ',' or 'end of string'`);
    const after = tokens.peek();
    if (after !== "!" && !isIdentifier(after)) throw StatusError.badRequest(`found '${after}', expected: identifier after ','`);
  }
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
function parseFieldSelector(text: string): FieldRequirement[] {
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
      throw StatusError.badRequest(
        known.size > 0
          ? `field label not supported: ${path}`
          : `"${path}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
      );
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

/** Words and operators of a selector; "" is its end. */
class Tokens {
  readonly #tokens: string[];

  constructor(text: string) {
    this.#tokens = text.match(/[(),]|[=!<>]+|[^\s(),=!<>]+/g) ?? [];
  }

  peek(): string {
    return this.#tokens[0] ?? "";
  }

  take(): string {
    return this.#tokens.shift() ?? "";
  }
}

const isIdentifier = (token: string) => token !== "" && !/^[(),=!<>]/.test(token);

const OPERATORS = { "=": "In", "==": "In", "!=": "NotIn", ">": "Gt", "<": "Lt", in: "In", notin: "NotIn" } as const;

function parseRequirement(tokens: Tokens): LabelRequirement {
  const refuse = (found: string, expected: string) =>
    StatusError.badRequest(
      `unable to parse requirement: found '${found}'${expected.startsWith("(") ? " expected: '('" : `, expected: ${expected}`}`,
    );
  const absent = tokens.peek() === "!";
  if (absent) tokens.take();
  const key = tokens.take();
  if (!isIdentifier(key)) throw refuse(key, "identifier");
  const next = tokens.peek();
  if (absent || next === "" || next === ",") return { key, operator: absent ? "DoesNotExist" : "Exists", values: [] };
  tokens.take();
  if (!(next in OPERATORS)) throw refuse(next, "in, notin, =, ==, !=, gt, lt");
  const operator = OPERATORS[next as keyof typeof OPERATORS];
  if (next === "in" || next === "notin") {
    const open = tokens.take();
    if (open !== "(") throw refuse(open, "(");
    const values: string[] = [];
    for (let token = tokens.take(); token !== ")"; token = tokens.take()) {
      if (token === "") throw refuse("", "',' or ')'");
      if (token !== ",") values.push(token);
    }
    return { key, operator, values: values.length > 0 ? values : [""] };
  }
  const value = isIdentifier(tokens.peek()) ? tokens.take() : "";
  return { key, operator, values: [value] };
}
