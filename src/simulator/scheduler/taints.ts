import type { Taint, Toleration } from "kubernetes-types/core/v1";

/** v1.Toleration.ToleratesTaint: an empty key with Exists tolerates every key, an empty effect every effect. */
export const tolerates = (toleration: Toleration, taint: Taint): boolean =>
  (!toleration.effect || toleration.effect === taint.effect) &&
  (!toleration.key || toleration.key === taint.key) &&
  (toleration.operator === "Exists" ||
    ((toleration.operator ?? "Equal") === "Equal" && (toleration.value ?? "") === (taint.value ?? "")));

/** The taints of these effects that none of the tolerations covers. */
export const untolerated = (
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  effects: readonly string[],
): Taint[] =>
  (taints ?? []).filter(
    (taint) => effects.includes(taint.effect) && !(tolerations ?? []).some((toleration) => tolerates(toleration, taint)),
  );
