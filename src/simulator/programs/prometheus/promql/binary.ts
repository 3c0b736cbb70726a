import { keepLabels, labelsKey, labelsText, METRIC_NAME, withLabels, withoutName, type Labels } from "../labels.ts";
import { COMPARISONS, type Matching } from "./ast.ts";
import { executionError } from "./query-error.ts";
import type { Sample } from "./values.ts";

const ARITHMETIC: Readonly<Record<string, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "%": (left, right) => left % right,
  "^": power,
  atan2: Math.atan2,
};

const COMPARE: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  ">": (left, right) => left > right,
  "<": (left, right) => left < right,
  ">=": (left, right) => left >= right,
  "<=": (left, right) => left <= right,
};

/** Go's math.Pow: one to any power is one, and minus one to an infinite power, too. */
function power(base: number, exponent: number): number {
  return base === 1 || (base === -1 && Math.abs(exponent) === Infinity) ? 1 : base ** exponent;
}

export const scalarBinary = (op: string, left: number, right: number): number =>
  COMPARISONS.has(op) ? Number(COMPARE[op]!(left, right)) : ARITHMETIC[op]!(left, right);

/** A vector and a number; `swap`: the number stands on the left. A comparison keeps the vector's own values. */
export function vectorScalarBinary(
  op: string,
  vector: readonly Sample[],
  scalar: number,
  { swap, bool }: { swap: boolean; bool: boolean },
): Sample[] {
  return vector.flatMap(({ labels, value }) => {
    const sides = swap ? ([scalar, value] as const) : ([value, scalar] as const);
    if (!COMPARISONS.has(op)) return [{ labels: withoutName(labels), value: ARITHMETIC[op]!(...sides) }];
    const holds = COMPARE[op]!(...sides);
    if (bool) return [{ labels: withoutName(labels), value: Number(holds) }];
    return holds ? [{ labels, value }] : [];
  });
}

/** `and`, `or`, `unless`. */
export function setBinary(op: string, left: readonly Sample[], right: readonly Sample[], matching: Matching): Sample[] {
  const sign = signature(matching);
  if (op === "or") {
    const known = new Set(left.map(sign));
    return [...left, ...right.filter((sample) => !known.has(sign(sample)))];
  }
  const known = new Set(right.map(sign));
  return left.filter((sample) => known.has(sign(sample)) === (op === "and"));
}

/** Two vectors, their elements matched by labels (promql/engine.go, VectorBinop). */
export function vectorBinary(
  op: string,
  left: readonly Sample[],
  right: readonly Sample[],
  { matching, bool }: { matching: Matching; bool: boolean },
): Sample[] {
  if (left.length === 0 || right.length === 0) return [];
  const swapped = matching.card === "one-to-many";
  const [many, one] = swapped ? [right, left] : [left, right];
  const sign = signature(matching);
  const ones = new Map<string, Sample>();
  for (const sample of one) {
    const twin = ones.get(sign(sample));
    if (twin) {
      const group = keepLabels(
        sample.labels,
        (name) => matching.labels.includes(name) === matching.on && (matching.on || name !== METRIC_NAME),
      );
      throw executionError(
        `found duplicate series for the match group ${labelsText(group)} on the ${swapped ? "left" : "right"} hand-side of the operation: [${labelsText(sample.labels)}, ${labelsText(twin.labels)}];many-to-many matching not allowed: matching labels must be unique on one side`,
      );
    }
    ones.set(sign(sample), sample);
  }
  const matched = new Map<string, Set<string>>();
  return many.flatMap((sample) => {
    const signed = sign(sample);
    const other = ones.get(signed);
    if (!other) return [];
    const sides = swapped ? ([other.value, sample.value] as const) : ([sample.value, other.value] as const);
    const compares = COMPARISONS.has(op);
    const holds = compares && COMPARE[op]!(...sides);
    if (compares && !holds && !bool) return [];
    const plain = resultLabels(sample.labels, other.labels, op, matching);
    const labels = bool ? withoutName(plain) : plain;
    const seen = matched.get(signed);
    if (matching.card === "one-to-one" && seen)
      throw executionError("multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
    if (seen?.has(labelsKey(labels)))
      throw executionError("multiple matches for labels: grouping labels must ensure unique matches");
    matched.set(signed, (seen ?? new Set()).add(labelsKey(labels)));
    return [{ labels, value: compares ? (bool ? Number(holds) : sides[0]) : ARITHMETIC[op]!(...sides) }];
  });
}

/** What two elements must have in common. */
const signature = ({ on, labels }: Matching) => {
  const names = new Set(labels);
  return ({ labels: all }: Sample) =>
    labelsKey(keepLabels(all, (name) => (on ? names.has(name) : name !== METRIC_NAME && !names.has(name))));
};

function resultLabels(many: Labels, one: Labels, op: string, { card, on, labels, include }: Matching): Labels {
  let result = op in ARITHMETIC ? withoutName(many) : many;
  if (card === "one-to-one") result = keepLabels(result, (name) => labels.includes(name) === on);
  return include.length === 0
    ? result
    : withLabels(
        result,
        include.map((name) => [name, one[name] ?? ""] as const),
      );
}
