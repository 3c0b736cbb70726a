import type { HPAScalingRules } from "kubernetes-types/autoscaling/v2";
import type { Autoscaler } from "./metric-replicas.ts";

/** How long a recommendation keeps the count from falling below it, by default, s. */
const DOWN_WINDOW = 300;

/** What was recommended and done of late; times are ms. */
export interface ScalingPast {
  recommendations: { at: number; replicas: number }[];
  /** Changes of the count, up positive. */
  changes: { at: number; by: number }[];
}

export interface Limited {
  replicas: number;
  /** AbleToScale: whether an earlier recommendation holds the count. */
  stabilized?: "up" | "down";
  /** ScalingLimited. */
  reason: "DesiredWithinRange" | "TooManyReplicas" | "TooFewReplicas" | "ScaleUpLimit" | "ScaleDownLimit";
}

/** Holds a recommendation within windows, rates and bounds (horizontal.go normalizeDesiredReplicas…). `past` is brought up to date. */
export function limitReplicas({ spec }: Autoscaler, past: ScalingPast, current: number, wanted: number, now: number): Limited {
  const { minReplicas = 1, maxReplicas = 0, behavior } = spec ?? {};
  past.recommendations.push({ at: now, replicas: wanted });
  const within = (seconds: number) =>
    past.recommendations.filter(({ at }) => at > now - seconds * 1000).map(({ replicas }) => replicas);
  const highest = Math.max(...within(behavior?.scaleDown?.stabilizationWindowSeconds ?? DOWN_WINDOW), wanted);
  const lowest = Math.min(...within(behavior?.scaleUp?.stabilizationWindowSeconds ?? 0), wanted);
  past.recommendations = past.recommendations.filter(({ at }) => at > now - 3_600_000);
  // What the windows leave of the wish: at least the lowest, at most the highest recommendation, else no move.
  const steady = Math.min(Math.max(current, lowest), highest);
  const stabilized = steady === wanted ? {} : { stabilized: wanted < steady ? ("down" as const) : ("up" as const) };

  const up = upLimit(behavior ? rulesOf(behavior.scaleUp, "up") : undefined, past, current, now);
  const down = behavior ? downLimit(rulesOf(behavior.scaleDown, "down"), past, current, now) : 0;
  const highestAllowed = Math.min(up, maxReplicas);
  const lowestAllowed = Math.max(down, minReplicas);
  if (steady > highestAllowed && steady > current) {
    return {
      replicas: Math.max(highestAllowed, 1),
      ...stabilized,
      reason: maxReplicas > up ? "ScaleUpLimit" : "TooManyReplicas",
    };
  }
  if (steady < lowestAllowed)
    return { replicas: lowestAllowed, ...stabilized, reason: down > minReplicas ? "ScaleDownLimit" : "TooFewReplicas" };
  if (steady > maxReplicas) return { replicas: maxReplicas, ...stabilized, reason: "TooManyReplicas" };
  return { replicas: steady, ...stabilized, reason: "DesiredWithinRange" };
}

const DEFAULT_RULES = {
  up: {
    selectPolicy: "Max",
    policies: [
      { type: "Pods", value: 4, periodSeconds: 15 },
      { type: "Percent", value: 100, periodSeconds: 15 },
    ],
  },
  down: { selectPolicy: "Max", policies: [{ type: "Percent", value: 100, periodSeconds: 15 }] },
};

const rulesOf = (rules: HPAScalingRules | undefined, side: "up" | "down") => ({
  selectPolicy: rules?.selectPolicy ?? DEFAULT_RULES[side].selectPolicy,
  policies: rules?.policies?.length ? rules.policies : DEFAULT_RULES[side].policies,
});

type Rules = ReturnType<typeof rulesOf>;

/** Without behaviour the count may double, and four are always allowed. */
function upLimit(rules: Rules | undefined, { changes }: ScalingPast, current: number, now: number): number {
  if (!rules) return Math.max(2 * current, 4);
  if (rules.selectPolicy === "Disabled") return current;
  const limits = rules.policies.map(({ type, value, periodSeconds }) => {
    const start = current - changed(changes, periodSeconds, now, 1);
    return type === "Pods" ? start + value : Math.ceil(start * (1 + value / 100));
  });
  return rules.selectPolicy === "Min" ? Math.min(...limits) : Math.max(...limits);
}

function downLimit(rules: Rules, { changes }: ScalingPast, current: number, now: number): number {
  if (rules.selectPolicy === "Disabled") return current;
  const limits = rules.policies.map(({ type, value, periodSeconds }) => {
    const start = current + changed(changes, periodSeconds, now, -1);
    return type === "Pods" ? start - value : Math.floor(start * (1 - value / 100));
  });
  return rules.selectPolicy === "Min" ? Math.max(...limits) : Math.min(...limits);
}

const changed = (changes: ScalingPast["changes"], seconds: number, now: number, sign: 1 | -1): number =>
  changes
    .filter(({ at, by }) => at > now - seconds * 1000 && Math.sign(by) === sign)
    .reduce((total, { by }) => total + Math.abs(by), 0);
