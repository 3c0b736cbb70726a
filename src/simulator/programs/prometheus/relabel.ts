import { createHash } from "node:crypto";
import { anchoredRegExp, expandTemplate } from "./go-regexp.ts";
import { keepLabels, withLabels, type Labels } from "./labels.ts";

const ACTIONS = [
  "replace",
  "keep",
  "drop",
  "keepequal",
  "dropequal",
  "hashmod",
  "labelmap",
  "labeldrop",
  "labelkeep",
  "lowercase",
  "uppercase",
] as const;
type Action = (typeof ACTIONS)[number];

/** One step of relabel_configs, with its defaults. */
export interface RelabelRule {
  source_labels: readonly string[];
  separator: string;
  target_label: string;
  regex: RegExp;
  /** As it was written. */
  pattern: string;
  modulus: number;
  replacement: string;
  action: Action;
}

const DEFAULTS = { separator: ";", pattern: "(.*)", replacement: "$1" };

/** A rule of its decoded fields. Throws an Error with Prometheus' words (model/relabel/relabel.go). */
export function relabelRule(fields: Record<string, unknown>): RelabelRule {
  const given = (name: string) => (fields[name] ?? undefined) as string | undefined;
  const action = (given("action") ?? "replace").toLowerCase() as Action;
  if (!ACTIONS.includes(action)) throw new Error(`unknown relabel action ${JSON.stringify(given("action"))}`);
  const pattern = given("regex") ?? DEFAULTS.pattern;
  const rule: RelabelRule = {
    source_labels: (fields["source_labels"] as string[] | undefined) ?? [],
    separator: given("separator") ?? DEFAULTS.separator,
    target_label: given("target_label") ?? "",
    regex: compile(pattern),
    pattern,
    modulus: (fields["modulus"] as number | undefined) ?? 0,
    replacement: given("replacement") ?? DEFAULTS.replacement,
    action,
  };
  const fault = faultOf(rule, fields);
  if (fault) throw new Error(fault);
  return rule;
}

/** The labels after all rules. Undefined: a rule drops them. */
export function relabel(labels: Labels, rules: readonly RelabelRule[]): Labels | undefined {
  let current: Labels | undefined = labels;
  for (const rule of rules) {
    current = applyRule(current, rule);
    if (!current) return undefined;
  }
  return current;
}

/** In messages Go shows the pattern as it compiles it. */
function compile(pattern: string): RegExp {
  try {
    return anchoredRegExp(pattern);
  } catch (error) {
    const message = (error as Error).message;
    throw new Error(
      message.endsWith(`\`${pattern}\``) ? message.replace(`\`${pattern}\``, () => `\`^(?s:${pattern})$\``) : message,
    );
  }
}

function faultOf(rule: RelabelRule, fields: Record<string, unknown>): string | undefined {
  const { action, target_label: target, replacement, modulus, separator, pattern } = rule;
  const quoted = JSON.stringify;
  if (modulus === 0 && action === "hashmod") return "relabel configuration for hashmod requires non-zero modulus";
  if (/^(replace|hashmod|lowercase|uppercase|keepequal|dropequal)$/.test(action) && target === "")
    return `relabel configuration for ${action} action requires 'target_label' value`;
  const plain = separator === DEFAULTS.separator && replacement === DEFAULTS.replacement && modulus === 0;
  if (/^(lowercase|uppercase|keepequal|dropequal)$/.test(action) && replacement !== DEFAULTS.replacement)
    return `'replacement' can not be set for ${action} action`;
  if (action === "labelmap" && replacement === "") return `${quoted(replacement)} is invalid 'replacement' for ${action} action`;
  if (/^(keep|drop)equal$/.test(action) && !(plain && pattern === DEFAULTS.pattern))
    return `${action} action requires only 'source_labels' and \`target_label\`, and no other fields`;
  if (/^label(drop|keep)$/.test(action) && !(plain && target === "" && fields["source_labels"] === undefined))
    return `${action} action requires only 'regex', and no other fields`;
  return undefined;
}

function applyRule(labels: Labels, rule: RelabelRule): Labels | undefined {
  const { source_labels, separator, target_label: target, regex, replacement } = rule;
  const value = source_labels.map((name) => labels[name] ?? "").join(separator);
  const set = (name: string, text: string) => withLabels(labels, [[name, text]]);
  switch (rule.action) {
    case "drop":
      return regex.test(value) ? undefined : labels;
    case "keep":
      return regex.test(value) ? labels : undefined;
    case "dropequal":
      return (labels[target] ?? "") === value ? undefined : labels;
    case "keepequal":
      return (labels[target] ?? "") === value ? labels : undefined;
    case "replace": {
      const match = regex.exec(value);
      if (!match) return labels;
      const name = expandTemplate(target, match);
      return name === "" ? labels : set(name, expandTemplate(replacement, match));
    }
    case "lowercase":
      return set(target, value.toLowerCase());
    case "uppercase":
      return set(target, value.toUpperCase());
    case "hashmod":
      return set(target, String(createHash("md5").update(value).digest().readBigUInt64BE(8) % BigInt(rule.modulus)));
    case "labelmap":
      return withLabels(
        labels,
        Object.entries(labels).flatMap(([name, text]) => {
          const match = regex.exec(name);
          return match ? [[expandTemplate(replacement, match), text] as const] : [];
        }),
      );
    case "labeldrop":
      return keepLabels(labels, (name) => !regex.test(name));
    case "labelkeep":
      return keepLabels(labels, (name) => regex.test(name));
  }
}
