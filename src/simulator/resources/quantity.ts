/**
 * Amounts as Kubernetes writes them (k8s.io/apimachinery/pkg/api/resource): `500m`, `1.5Gi`, `2e3`. In objects they are texts;
 * the server keeps each in its canonical form, which keeps the style of the suffix.
 */
export interface Quantity {
  /** Billionths of one. */
  nano: bigint;
  style: "DecimalSI" | "BinarySI" | "DecimalExponent";
}

const NANO = 1_000_000_000n;
const DECIMAL = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const SYNTAX = /^([+-]?)(\d*)(?:\.(\d*))?((?:[KMGTPE]i|[numkMGTPE])?|[eE][+-]?\d+)$/;

/** Thrown for a text that is no quantity; the message is upstream's. */
export class QuantityError extends Error {
  constructor() {
    super("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  }
}

/** Throws a QuantityError. Numbers are taken as JSON gives them. Finer than a billionth rounds away from zero. */
export function parseQuantity(text: string | number): Quantity {
  const match = SYNTAX.exec(String(text));
  if (!match) throw new QuantityError();
  const [, sign, whole = "", fraction = "", suffix = ""] = match;
  if (whole === "" && fraction === "") throw new QuantityError();
  const { style, base, exponent } = scaleOf(suffix);
  const digits = BigInt(whole + fraction);
  // value = digits × base^exponent × 10^-fraction, in billionths.
  const up = base === 1024n ? base ** BigInt(exponent) * NANO : 10n ** BigInt(Math.max(0, exponent + 9 - fraction.length));
  const down = base === 1024n ? 10n ** BigInt(fraction.length) : 10n ** BigInt(Math.max(0, fraction.length - exponent - 9));
  const nano = (digits * up + down - 1n) / down;
  return { nano: sign === "-" ? -nano : nano, style };
}

function scaleOf(suffix: string): { style: Quantity["style"]; base: bigint; exponent: number } {
  if (suffix.endsWith("i")) return { style: "BinarySI", base: 1024n, exponent: BINARY.indexOf(suffix) };
  if (/^[eE][+-]?\d/.test(suffix)) return { style: "DecimalExponent", base: 10n, exponent: Number(suffix.slice(1)) };
  return { style: "DecimalSI", base: 10n, exponent: (DECIMAL.indexOf(suffix) - 3) * 3 };
}

/** The canonical text: no fraction, the largest suffix that loses nothing. */
export function formatQuantity({ nano, style }: Quantity): string {
  if (nano === 0n) return "0";
  const magnitude = nano < 0n ? -nano : nano;
  const sign = nano < 0n ? "-" : "";
  if (style === "BinarySI" && magnitude >= 1024n * NANO) {
    let rest = (magnitude + NANO - 1n) / NANO;
    let step = 0;
    for (; step < BINARY.length - 1 && rest % 1024n === 0n; step++) rest /= 1024n;
    return `${sign}${rest}${BINARY[step]}`;
  }
  let rest = magnitude;
  let step = 0;
  for (; step < DECIMAL.length - 1 && rest % 1000n === 0n; step++) rest /= 1000n;
  if (style === "DecimalExponent") return step === 3 ? `${sign}${rest}` : `${sign}${rest}e${(step - 3) * 3}`;
  return `${sign}${rest}${DECIMAL[step]}`;
}

/** Texts seen before and their canonical form: the same few amounts come again with every write. */
const canonical = new Map<string | number, string>();
const REMEMBERED = 2000;

/** The canonical form of a text, finer than a thousandth rounded up as resource lists are. Throws a QuantityError. */
export function canonicalQuantity(text: string | number): string {
  const known = canonical.get(text);
  if (known !== undefined) return known;
  const { nano, style } = parseQuantity(text);
  const result = formatQuantity({ nano: roundUp(nano, 1_000_000n) * 1_000_000n, style });
  if (canonical.size >= REMEMBERED) canonical.clear();
  canonical.set(text, result);
  return result;
}

/** Less than, equal to, greater than 0 as `a` is against `b`. */
export function compareQuantities(a: string, b: string): number {
  if (a === b) return 0;
  const difference = parseQuantity(a).nano - parseQuantity(b).nano;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** In thousandths, rounded up: `500m` → 500. */
export const milliValue = (text: string): number => Number(roundUp(parseQuantity(text).nano, 1_000_000n));

/** In whole units, rounded up: `1Ki` → 1024. */
export const wholeValue = (text: string): number => Number(roundUp(parseQuantity(text).nano, NANO));

/** The canonical sum, in the style of the first that is not zero. */
export function sumQuantities(texts: readonly string[]): string {
  let sum: Quantity = { nano: 0n, style: "DecimalSI" };
  for (const text of texts) {
    const { nano, style } = parseQuantity(text);
    sum = { nano: sum.nano + nano, style: sum.nano === 0n ? style : sum.style };
  }
  return formatQuantity(sum);
}

const roundUp = (nano: bigint, unit: bigint): bigint => (nano > 0n ? (nano + unit - 1n) / unit : nano / unit);

/** A resource list (`{cpu: …, memory: …}`) with every amount in canonical form, changed in place. */
export function canonicalizeQuantities(list: Record<string, string> | undefined): void {
  if (!list) return;
  for (const name in list) list[name] = canonicalQuantity(list[name] as string);
}
