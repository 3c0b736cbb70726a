import { METRIC_NAME } from "../labels.ts";
import { parseNumber } from "../promql/literals.ts";

/** A sample as it was exposed. `key` is the series as written: equal for equal series of one target. */
export interface ExposedSample {
  key: string;
  value: number;
  /** Milliseconds; most samples have none. */
  at?: number;
}

export interface ExpositionReader {
  sample(sample: ExposedSample): void;
  metadata(metric: string, kind: "type" | "help" | "unit", text: string): void;
}

/** Reads Prometheus' text format, or OpenMetrics'. Throws an Error in Prometheus' words (model/textparse/promparse.go). */
export function readExposition(text: string, openMetrics: boolean, reader: ExpositionReader): void {
  let at = 0;
  while (at < text.length) {
    let end = text.indexOf("\n", at);
    if (end === -1) end = text.length;
    const line = text.slice(at, end).trim();
    at = end + 1;
    if (line === "") continue;
    if (line.startsWith("#")) {
      const [, kind, metric, rest = ""] = /^#\s+(TYPE|HELP|UNIT)\s+(\S+)(?:\s+(.*))?$/.exec(line) ?? [];
      if (kind === "TYPE" && !openMetrics && !/^(counter|gauge|histogram|summary|untyped)$/.test(rest))
        throw new Error(`invalid metric type ${JSON.stringify(rest)}`);
      if (kind)
        reader.metadata(metric!.replaceAll('"', ""), kind.toLowerCase() as "type", kind === "HELP" ? unescape(rest) : rest);
      continue;
    }
    reader.sample(readSample(line, openMetrics));
  }
}

function readSample(line: string, openMetrics: boolean): ExposedSample {
  const end = endOfSeries(line);
  if (end === 0)
    throw new Error(
      `expected a valid start token, got ${JSON.stringify(line[0])} ("INVALID") while parsing: ${JSON.stringify(line[0])}`,
    );
  const rest = openMetrics ? line.slice(end).replace(/\s+#\s+\{.*$/, "") : line.slice(end);
  const [value = "", time] = rest.trim().split(/\s+/);
  const number = parseNumber(value);
  if (value === "") throw new Error(`expected value after metric, got "\\n" ("INVALID") while parsing: ${JSON.stringify(line)}`);
  if (Number.isNaN(number) && !/^[-+]?nan$/i.test(value)) {
    const read = line.slice(0, end) + rest.slice(0, rest.indexOf(value) + value.length);
    throw new Error(
      `strconv.ParseFloat: parsing ${JSON.stringify(value)}: invalid syntax while parsing: ${JSON.stringify(read)}`,
    );
  }
  const at = time === undefined ? undefined : openMetrics ? Math.round(Number(time) * 1000) : Number(time);
  return { key: line.slice(0, end), value: number, ...(at !== undefined && { at }) };
}

/** Where the name and labels end. Zero: there is no name. */
function endOfSeries(line: string): number {
  const [name] = /^[a-zA-Z_:][\w:]*\s*/.exec(line) ?? [""];
  if (line[name.length] !== "{") return name.trimEnd().length;
  let quoted = false;
  for (let at = name.length + 1; at < line.length; at++) {
    const char = line[at];
    if (quoted && char === "\\") at++;
    else if (char === '"') quoted = !quoted;
    else if (char === "}" && !quoted) return at + 1;
  }
  throw new Error(`unexpected end of input inside braces while parsing: ${JSON.stringify(line)}`);
}

/** Name and labels of a series as written. `type` is the metric's: bounds of histograms and quantiles are written as floats. */
export function seriesLabels(key: string, type: (metric: string) => string | undefined): [name: string, value: string][] {
  const open = key.indexOf("{");
  const labels: [string, string][] = [];
  let metric = (open === -1 ? key : key.slice(0, open)).trim();
  if (open !== -1) {
    for (const [, quotedName, name, value] of key
      .slice(open)
      .matchAll(/(?:"((?:[^"\\]|\\.)*)"|([a-zA-Z_][\w.]*))\s*(?:=\s*"((?:[^"\\]|\\.)*)")?/g)) {
      if (value === undefined) metric = unescape(quotedName ?? name!);
      else labels.push([quotedName === undefined ? name! : unescape(quotedName), unescape(value)]);
    }
  }
  const bound =
    metric.endsWith("_bucket") && type(metric.slice(0, -7)) === "histogram"
      ? "le"
      : type(metric) === "summary"
        ? "quantile"
        : undefined;
  const values = labels.map(([name, value]): [string, string] => (name === bound ? [name, floatText(value)] : [name, value]));
  return [[METRIC_NAME, metric], ...values];
}

const unescape = (text: string): string =>
  text.includes("\\") ? text.replace(/\\(["\\n])/g, (_, char: string) => (char === "n" ? "\n" : char)) : text;

/** A float as OpenMetrics writes it: `1` is `1.0`. */
function floatText(text: string): string {
  const value = parseNumber(text);
  if (Number.isNaN(value)) return text;
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e21)) return exponentText(value);
  const plain = String(value);
  return /[.e]/.test(plain) ? plain : `${plain}.0`;
}

/** Go writes exponents with two digits at least. */
const exponentText = (value: number): string => value.toExponential().replace(/e([-+])(\d)$/, "e$10$2");
