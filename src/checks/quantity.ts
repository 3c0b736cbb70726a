const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Equal as Kubernetes sees it: `1` and `1000m` are the same quantity. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b || JSON.stringify(a) === JSON.stringify(b)) return true;
  return compareQuantities(a, b) === 0;
}

/** Below, above or 0; NaN where one is no quantity. */
export const compareQuantities = (a: unknown, b: unknown): number => toNumber(a) - toNumber(b);

function toNumber(value: unknown): number {
  if (typeof value === "number") return value;
  const [, digits = "", suffix = ""] =
    (typeof value === "string" && /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([numkMGTPE]?i?)$/.exec(value)) || [];
  return Number(digits || Number.NaN) * (factors[suffix] ?? Number.NaN);
}
