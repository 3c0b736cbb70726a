/** Something by which a cluster looks like one that people depend on. */
export interface ProductionSign {
  /** Where it stands. */
  where: "context" | "cluster" | "server" | "namespace" | "label";
  /** As it stands there. */
  text: string;
}

/** Everything in these texts that speaks of production. `prod-eu`, `eks_prd1`, `env=live`; not `non-prod`, `delivery`, `products`. */
export function productionSigns(texts: readonly ProductionSign[]): ProductionSign[] {
  return texts.filter(({ text }) => isProduction(text));
}

const WORD = /^(?:[a-z]*(?:prod|prd)|production|live)\d*$/;
/** In front, alone or grown together, these mean the opposite. */
const OPPOSITE = /^(?:non?|not|pre|sub)$/;
const OPPOSITE_PREFIX = /^(?:non?|not|pre|sub)(?:prod|prd)/;

function isProduction(text: string): boolean {
  const words = text
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.some((word, index) => WORD.test(word) && !OPPOSITE_PREFIX.test(word) && !OPPOSITE.test(words[index - 1] ?? ""));
}
