export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  labels?: Labels;
  value: number;
  /** Of histograms and summaries: `_bucket`, `_sum`, `_count`. */
  suffix?: string;
  /** Milliseconds since the epoch, where the figure is older than the answer. */
  at?: number;
}

/** All samples of one metric name. */
export interface Family {
  name: string;
  type: "counter" | "gauge" | "histogram" | "summary" | "untyped";
  help: string;
  samples: readonly Sample[];
}

/** The media type Go's promhttp answers with. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";

/** The text format as Go's client writes it: families by name, those without samples left out (prometheus/common expfmt). */
export const exposition = (families: Iterable<Family>): string =>
  [...families]
    .filter(({ samples }) => samples.length > 0)
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map((family) => `${familyHead(family)}${family.samples.map((sample) => sampleLine(family.name, sample)).join("")}`)
    .join("");

/** `# HELP` and `# TYPE`. */
export const familyHead = ({ name, help, type }: Pick<Family, "name" | "help" | "type">): string =>
  `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n# TYPE ${name} ${type}\n`;

/** `name{label="value"} 1` and a line end. */
export function sampleLine(name: string, { labels = {}, value, suffix = "", at }: Sample): string {
  let pairs = "";
  for (const label in labels) pairs += `${pairs && ","}${label}="${escaped(labels[label]!)}"`;
  return `${name}${suffix}${pairs && `{${pairs}}`} ${goFloat(value)}${at === undefined ? "" : ` ${at}`}\n`;
}

const escaped = (value: string): string =>
  /[\\\n"]/.test(value) ? value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"') : value;

/** A number as Go's strconv writes it with format 'g', shortest: `8.341331968e+09`. */
function goFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (value === 0) return "0";
  const [mantissa, power] = value.toExponential().split("e") as [string, string];
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(value);
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
