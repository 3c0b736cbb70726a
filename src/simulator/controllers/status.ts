/** Counts as they go over the wire: a zero is left out (Go's omitempty). */
export const withoutZeros = <T extends Record<string, number | undefined>>(counts: T): { [K in keyof T]?: number } =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined && count !== 0)) as {
    [K in keyof T]?: number;
  };

interface Condition {
  type: string;
  status: string;
  reason?: string;
  lastTransitionTime?: string;
}

/**
 * The conditions with one of them set: it goes to the end, keeps its transition time while its status stays, and changes
 * nothing when status and reason are what they were (the Set…Condition functions of apps/v1).
 */
export function withCondition<T extends Condition>(conditions: readonly T[], condition: T): T[] {
  const current = conditions.find(({ type }) => type === condition.type);
  if (current?.status === condition.status && current.reason === condition.reason) return [...conditions];
  const kept = current?.status === condition.status && current.lastTransitionTime;
  return [...withoutCondition(conditions, condition.type), kept ? { ...condition, lastTransitionTime: kept } : condition];
}

export const withoutCondition = <T extends Condition>(conditions: readonly T[], type: string): T[] =>
  conditions.filter((condition) => condition.type !== type);
