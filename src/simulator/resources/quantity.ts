import { canonicalQuantity } from "../schema/quantity.ts";

/** Billionths in one of each suffix. */
const SUFFIXES: Record<string, bigint> = Object.fromEntries([
  ...["n", "u", "m", "", "k", "M", "G", "T", "P", "E"].map((suffix, step) => [suffix, 1000n ** BigInt(step)]),
  ...["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].map((suffix, step) => [suffix, 1024n ** BigInt(step + 1) * 10n ** 9n]),
]);
const NANO = 10n ** 9n;

/** Less than, equal to, greater than 0 as `a` is against `b`. Amounts are texts: `500m`, `1536Mi`, `2e3`. */
export function compareQuantities(a: string, b: string): number {
  if (a === b) return 0;
  const difference = billionths(a) - billionths(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** In thousandths, rounded up: `500m` → 500. */
export const milliValue = (text: string): number => Number(roundUp(billionths(text), 1_000_000n));

/** In whole units, rounded up: `1Ki` → 1024. */
export const wholeValue = (text: string): number => Number(roundUp(billionths(text), NANO));

/** The canonical sum; in binary suffixes where the first that is not zero has one. */
export function sumQuantities(texts: readonly string[]): string {
  const total = texts.reduce((sum, text) => sum + billionths(text), 0n);
  const binary = texts.find((text) => billionths(text) !== 0n)?.endsWith("i");
  const kibi = NANO * 1024n;
  return binary && total % kibi === 0n ? canonicalQuantity(`${total / kibi}Ki`) : canonicalQuantity(`${total}n`);
}

function billionths(text: string): bigint {
  const match = /^([+-]?\d*)(?:\.(\d*))?([a-zA-Z]*)([+-]?\d*)$/.exec(text);
  const [, whole = "", fraction = "", suffix = "", exponent = ""] = match ?? [];
  const power = exponent === "" ? 0n : BigInt(exponent);
  const scale = exponent === "" ? (SUFFIXES[suffix] ?? NANO) : power < 0n ? NANO / 10n ** -power : NANO * 10n ** power;
  return (BigInt(`${whole}${fraction}` || "0") * scale) / 10n ** BigInt(fraction.length);
}

/** Away from zero. */
const roundUp = (value: bigint, unit: bigint): bigint => (value > 0n ? value + unit - 1n : value - unit + 1n) / unit;
