const FORMAT = /^([+-]?)0*(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/;
const DECIMAL: Record<string, number> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const NANO = 10n ** 9n;
/** No binary quantity is larger: 2^63-1, in billionths. */
const LIMIT = (2n ** 63n - 1n) * NANO;

/** An amount of something (apimachinery/pkg/api/resource.Quantity). */
interface Quantity {
  /** Billionths. */
  nano: bigint;
  /** How it was written, which decides how it is printed. */
  format: QuantityParts["format"];
}

/** What stands in the text of an amount: digits, and `base` to the power `exponent`. */
export interface QuantityParts {
  negative: boolean;
  /** Digits before the point without leading zeros, and those behind it. */
  whole: string;
  fraction: string;
  base: 2 | 10;
  exponent: number;
  format: "DecimalSI" | "BinarySI" | "DecimalExponent";
}

/** Why a text is no quantity, in upstream's words. */
export class QuantityError extends Error {}

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
  const quantities = texts.map(parseQuantity);
  const format = quantities.find(({ nano }) => nano !== 0n)?.format ?? "DecimalSI";
  return formatQuantity({ nano: quantities.reduce((sum, { nano }) => sum + nano, 0n), format });
}

const billionths = (text: string): bigint => parseQuantity(text).nano;

/** Reads `500m`, `1.5Gi`, `1e3`; parts below a billionth are rounded up. */
function parseQuantity(text: string): Quantity {
  const { negative, whole, fraction, base, exponent, format } = quantityParts(text);
  const tens = 9 + (base === 10 ? exponent : 0) - fraction.length;
  const digits = BigInt(whole + fraction) * (base === 2 ? 2n ** BigInt(exponent) : 1n);
  const exact = tens >= 0 ? digits * 10n ** BigInt(tens) : roundUp(digits, 10n ** BigInt(-tens));
  const nano = format === "BinarySI" && exact > LIMIT ? LIMIT : exact;
  return { nano: negative ? -nano : nano, format };
}

/** @throws QuantityError */
export function quantityParts(text: string): QuantityParts {
  const match = FORMAT.exec(text);
  if (!text || !match) {
    throw new QuantityError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  }
  const [, sign, whole = "", fraction = "", suffix = ""] = match;
  const scale = suffixScale(suffix);
  if (!scale) throw new QuantityError("unable to parse quantity's suffix");
  return { negative: sign === "-", whole, fraction, ...scale };
}

/** The one way the server writes an amount: `1000m` is `1`, `0.5` is `500m`, `1024Mi` is `1Gi`. */
function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return "0";
  const whole = nano / NANO;
  if (format === "BinarySI" && whole * NANO === nano && (whole >= 1024n || whole <= -1024n)) {
    const [digits, power] = strip(whole, 1024n);
    return `${digits}${BINARY[power]}`;
  }
  let [digits, power] = strip(nano, 10n);
  power -= 9;
  while (power % 3) {
    digits *= 10n;
    power--;
  }
  if (format === "DecimalExponent") return `${digits}${power ? `e${power}` : ""}`;
  return `${digits}${Object.keys(DECIMAL).find((suffix) => DECIMAL[suffix] === power) ?? ""}`;
}

/** Texts seen before: the same few amounts come with every write. */
const canonical = new Map<string, string>();
const REMEMBERED = 2000;

/** A quantity as the server stores it: what formatQuantity gives, but for a few spellings that upstream takes for canonical. */
export function canonicalQuantity(text: string): string {
  const known = canonical.get(text);
  if (known !== undefined) return known;
  const result = isKept(text) ? text : formatQuantity(parseQuantity(text));
  if (canonical.size >= REMEMBERED) canonical.clear();
  canonical.set(text, result);
  return result;
}

/** Upstream keeps a decimal text whose last digit stands at a multiple of three places: `1.500`, `007`. */
function isKept(text: string): boolean {
  const match = /^[+-]?0*([1-9]\d*)(?:\.(\d*))?([numkMGTPE]?|[eE][-+]?\d+)$/.exec(text);
  if (!match) return false;
  const [, whole = "", fraction = "", suffix = ""] = match;
  const digits = whole + fraction;
  const scale = suffixScale(suffix)!.exponent - fraction.length;
  return digits.length <= 18 && scale >= -9 && scale % 3 === 0 && !digits.endsWith("000");
}

function suffixScale(suffix: string): Pick<QuantityParts, "base" | "exponent" | "format"> | undefined {
  const decimal = DECIMAL[suffix];
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: "DecimalSI" };
  const binary = BINARY.indexOf(suffix);
  if (binary > 0) return { base: 2, exponent: 10 * binary, format: "BinarySI" };
  const power = /^[eE]([-+]?\d+)$/.exec(suffix);
  return power ? { base: 10, exponent: Number(power[1]), format: "DecimalExponent" } : undefined;
}

/** Away from zero. */
const roundUp = (value: bigint, unit: bigint): bigint => (value > 0n ? value + unit - 1n : value - unit + 1n) / unit;

function strip(value: bigint, base: bigint): [rest: bigint, power: number] {
  let power = 0;
  for (; value % base === 0n; power++) value /= base;
  return [value, power];
}
