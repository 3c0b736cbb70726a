const LOG10_OF_2 = 0.301_029_995_663_981_2;

/** Functions of each value of an instant vector (promql/functions.go). */
export const VALUE_FUNCTIONS: Readonly<Record<string, (value: number, ...scalars: number[]) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  exp: Math.exp,
  sqrt: Math.sqrt,
  ln: Math.log,
  log2,
  log10: (value) => log2(value) * LOG10_OF_2,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  deg: (value) => (value * 180) / Math.PI,
  rad: (value) => (value * Math.PI) / 180,
  sgn: (value) => (value < 0 ? -1 : value > 0 ? 1 : value),
  round: (value, nearest = 1) => Math.floor(value * (1 / nearest) + 0.5) / (1 / nearest),
  clamp: (value, low, high) => Math.max(low!, Math.min(high!, value)),
  clamp_min: (value, low) => Math.max(low!, value),
  clamp_max: (value, high) => Math.min(high!, value),
};

/** Go's math.Log2, on which its Log10 stands: exact for powers of two, and other digits than Math.log2 elsewhere. */
function log2(value: number): number {
  if (!(value > 0) || value === Infinity) return Math.log2(value);
  let exponent = Math.floor(Math.log2(value)) + 1;
  let fraction = value / 2 ** exponent;
  if (fraction >= 1) [fraction, exponent] = [fraction / 2, exponent + 1];
  if (fraction < 0.5) [fraction, exponent] = [fraction * 2, exponent - 1];
  return fraction === 0.5 ? exponent - 1 : Math.log(fraction) * Math.LOG2E + exponent;
}

const day = 86_400_000;

/** Functions of a time in UTC. */
export const DATE_FUNCTIONS: Readonly<Record<string, (time: Date) => number>> = {
  minute: (time) => time.getUTCMinutes(),
  hour: (time) => time.getUTCHours(),
  day_of_week: (time) => time.getUTCDay(),
  day_of_month: (time) => time.getUTCDate(),
  day_of_year: (time) => Math.floor((time.getTime() - Date.UTC(time.getUTCFullYear(), 0, 1)) / day) + 1,
  days_in_month: (time) => new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + 1, 0)).getUTCDate(),
  month: (time) => time.getUTCMonth() + 1,
  year: (time) => time.getUTCFullYear(),
};
