/** The five fields of a schedule: lowest and highest value, and names for values. */
const FIELDS: { low: number; high: number; names?: readonly string[] }[] = [
  { low: 0, high: 59 },
  { low: 0, high: 23 },
  { low: 1, high: 31 },
  { low: 1, high: 12, names: ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] },
  { low: 0, high: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

const DESCRIPTORS = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

/** What is wrong with a CronJob's schedule, in the words of the parser upstream uses (robfig/cron v3); undefined for nothing. */
export function cronProblem(schedule: string): string | undefined {
  if (schedule.startsWith("@")) return descriptorProblem(schedule);
  const parts = schedule.split(/\s+/).filter(Boolean);
  if (parts.length !== FIELDS.length) return `expected exactly 5 fields, found ${parts.length}: [${parts.join(" ")}]`;
  for (const [index, part] of parts.entries()) {
    for (const range of part.split(",")) {
      const problem = rangeProblem(range, FIELDS[index] as (typeof FIELDS)[number]);
      if (problem) return problem;
    }
  }
  return undefined;
}

function descriptorProblem(schedule: string): string | undefined {
  if (DESCRIPTORS.includes(schedule)) return undefined;
  const every = /^@every (.*)$/.exec(schedule)?.[1];
  if (every === undefined) return `unrecognized descriptor: ${schedule}`;
  return /^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(every)
    ? undefined
    : `failed to parse duration ${schedule}: time: invalid duration ${JSON.stringify(every)}`;
}

function rangeProblem(range: string, { low, high, names }: (typeof FIELDS)[number]): string | undefined {
  const [span = "", step, ...slashes] = range.split("/");
  const [first = "", last, ...hyphens] = span.split("-");
  const wildcard = first === "*" || first === "?";
  const values: number[] = [];
  if (!wildcard) {
    for (const text of last === undefined || hyphens.length > 0 ? [first] : [first, last]) {
      const value = valueOf(text, names);
      if (typeof value === "string") return value;
      values.push(value);
    }
    if (hyphens.length > 0) return `too many hyphens: ${range}`;
  }
  if (slashes.length > 0) return `too many slashes: ${range}`;
  const size = step === undefined ? 1 : valueOf(step, undefined);
  if (typeof size === "string") return size;
  const start = values[0] ?? low;
  const end = wildcard || (last === undefined && step !== undefined) ? high : (values[1] ?? start);
  if (start < low) return `beginning of range (${start}) below minimum (${low}): ${range}`;
  if (end > high) return `end of range (${end}) above maximum (${high}): ${range}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${range}`;
  return size === 0 ? `step of range should be a positive number: ${range}` : undefined;
}

/** The number, or what is wrong with it. */
function valueOf(text: string, names: readonly string[] | undefined): number | string {
  const named = text === "" ? -1 : (names?.indexOf(text.toLowerCase()) ?? -1);
  if (named >= 0) return named;
  return /^\d+$/.test(text)
    ? Number(text)
    : `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
}
