const FACTORS: Readonly<Record<string, number>> = {
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

const FORM = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/;

/** A Kubernetes quantity in its base unit: `100m` is 0.1, `64Mi` is 67108864. NaN when the text is none. */
export function parseQuantity(text: string | number): number {
  const match = FORM.exec(String(text));
  if (!match) return Number.NaN;
  return Number(`${match[1]}${match[2] ?? ""}`) * (FACTORS[match[3] ?? ""] as number);
}

/** The quantity in whole thousandths, rounded up (Quantity.MilliValue). */
export const milliValue = (text: string | number): number => roundUp(parseQuantity(text) * 1000);

/** The quantity in whole units, rounded up (Quantity.Value). */
export const wholeValue = (text: string | number): number => roundUp(parseQuantity(text));

/** Up to the next whole number, but not because binary fractions are inexact. */
const roundUp = (value: number): number => Math.ceil(Number(value.toFixed(6)));
