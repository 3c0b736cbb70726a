import { quantityParts, type QuantityParts } from "../schema/quantity.ts";

const LARGEST = 2n ** 63n - 1n;
/** Digits that surely fit into 64 bits. */
const SURE_DIGITS = 18;
/** Decimal places kept: nano. */
const PLACES = 9;

interface Parts extends QuantityParts {
  text: string;
}

/**
 * The insides of the resource.Quantity that a text parses to, as spew prints them: small numbers are an int64 and a scale, others
 * a decimal of any size; a text already in canonical form is kept (k8s.io/apimachinery/pkg/api/resource.ParseQuantity).
 * @throws QuantityError
 */
export function dumpQuantity(value: string | number | undefined): string {
  const text = String(value ?? "");
  if (text === "") return written({});
  if (text === "0") return written({ kept: text, format: "DecimalSI" });
  const parts = split(text);
  return small(parts) ?? large(parts);
}

function written(quantity: { value?: bigint; scale?: number; decimal?: string; kept?: string; format?: string }): string {
  const { value = 0n, scale = 0, decimal = "<nil>", kept = "", format = "" } = quantity;
  const amount = `i:(resource.int64Amount){value:(int64)${value} scale:(resource.Scale)${scale}}`;
  return `{${amount} d:(resource.infDecAmount){Dec:(*inf.Dec)${decimal}} s:(string)${kept} Format:(resource.Format)${format}}`;
}

/** At least one digit stands before the point. */
function split(text: string): Parts {
  const parts = quantityParts(text);
  return { ...parts, text, whole: parts.whole || "0" };
}

/** The int64 form; undefined when the number might not fit. */
function small({ text, negative, whole, fraction, base, exponent, format }: Parts): string | undefined {
  const digits = whole + fraction;
  if (base === 2 && (fraction || 15 - whole.length - Math.trunc((exponent * 3) / 10) - 1 < 0)) return undefined;
  if (base === 10 && digits.length > SURE_DIGITS) return undefined;
  const scale = (base === 10 ? exponent : 0) - fraction.length;
  if (scale < -PLACES) return undefined;
  const number = BigInt(digits);
  const result = number * (base === 2 ? 2n ** BigInt(exponent) : 1n);
  if (result > LARGEST) return undefined;
  const canonical = base === 2 ? (number & 7n) !== 0n : scale % 3 === 0 && !digits.endsWith("000") && !digits.startsWith("0");
  return written({ value: negative ? -result : result, scale, format, ...(canonical && { kept: text }) });
}

/** The decimal form: exact to nine places, rounded up beyond them, capped where binary. */
function large({ negative, whole, fraction, base, exponent, format }: Parts): string {
  let number = BigInt(whole + fraction) * (base === 2 ? 2n ** BigInt(exponent) : 1n);
  let scale = fraction.length - (base === 10 ? exponent : 0);
  if (number !== 0n) {
    const step = 10n ** BigInt(Math.abs(PLACES - scale));
    number = scale <= PLACES ? number * step : (number + step - 1n) / step;
    scale = PLACES;
  }
  const one = 10n ** BigInt(PLACES);
  if (format === "BinarySI" && number > LARGEST * one) {
    number = LARGEST;
    scale = 0;
  }
  const decimal = format === "BinarySI" && scale === PLACES && number > 0n && number < one;
  const unscaled = `{neg:(bool)${negative && number !== 0n} abs:(big.nat)[${words(number).join(" ")}]}`;
  return written({
    decimal: `{unscaled:(big.Int)${unscaled} scale:(inf.Scale)${scale}}`,
    format: decimal ? "DecimalSI" : format,
  });
}

/** 64 bits each, lowest first, as math/big keeps a number. */
function words(number: bigint): bigint[] {
  return number === 0n ? [] : [BigInt.asUintN(64, number), ...words(number >> 64n)];
}
