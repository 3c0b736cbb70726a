const UNITS: Readonly<Record<string, number>> = {
  y: 31_536_000_000,
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
};

/** `1h30m`, as Prometheus spells durations: milliseconds. Undefined when it is none (common model.ParseDuration). */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (text === "" || !/^(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m(?!s))?(\d+s)?(\d+ms)?$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)(ms|[ywdhms])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit!]!, 0);
}

/** Milliseconds as Prometheus prints a duration: `1h30m`, `15s`, `15d`. */
export function durationText(ms: number): string {
  if (ms === 0) return "0s";
  let rest = ms;
  let text = "";
  for (const unit of ["y", "w", "d", "h", "m", "s", "ms"]) {
    const size = UNITS[unit]!;
    const count = Math.floor(rest / size);
    // Years, weeks and days stand only where they are exact.
    if (count === 0 || (/[ywd]/.test(unit) && rest % size !== 0)) continue;
    text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

/** A number, or a duration in seconds. NaN and infinities in any case. */
export function parseNumber(text: string): number {
  const word = text.toLowerCase();
  if (/^[-+]/.test(word)) return word.startsWith("-") ? -parseNumber(text.slice(1)) : parseNumber(text.slice(1));
  if (word === "inf") return Infinity;
  if (word === "nan") return NaN;
  const duration = /[a-z]$/.test(word) && !word.startsWith("0x") ? parseDuration(word) : undefined;
  if (duration !== undefined) return duration / 1000;
  const digits = word.replaceAll("_", "");
  return /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

/** What a string literal stands for. Undefined: its escapes are none. */
export function unquote(literal: string): string | undefined {
  const body = literal.slice(1, -1);
  if (literal.startsWith("`")) return body;
  let faulty = false;
  const text = body.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/gs,
    (_, hex?: string, short?: string, long?: string, octal?: string, letter?: string) => {
      if (letter === undefined)
        return String.fromCodePoint(octal ? Number.parseInt(octal, 8) : Number.parseInt((hex ?? short ?? long)!, 16));
      faulty ||= !(letter in ESCAPES);
      return ESCAPES[letter] ?? "";
    },
  );
  return faulty ? undefined : text;
}

/** A sample's value as Go's strconv prints it, format 'f' with the fewest digits: no exponent ever. */
export function valueText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (Object.is(value, -0)) return "-0";
  const text = String(value);
  const [, sign, whole, fraction = "", exponent] = /^(-?)(\d+)(?:\.(\d+))?e([-+]\d+)$/.exec(text) ?? [];
  if (exponent === undefined) return text;
  const digits = whole! + fraction;
  const point = whole!.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return sign + (point >= digits.length ? digits.padEnd(point, "0") : `${digits.slice(0, point)}.${digits.slice(point)}`);
}

/** The same for the HTTP API, which writes what is very small or great with an exponent: `5e-09`. */
export function apiValueText(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude === 0 || !Number.isFinite(value) || (magnitude >= 1e-6 && magnitude < 1e21)) return valueText(value);
  return value.toExponential().replace(/e([-+])(\d)$/, "e$10$2");
}
