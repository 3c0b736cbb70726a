/** Go's log package: `2026/01/01 00:00:00`. */
export const goLogTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replaceAll("-", "/").replace("T", " ");

const UNITS: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** time.ParseDuration in milliseconds; undefined when it is none. */
export function parseGoDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (!/^[-+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$/.test(text)) return undefined;
  const sign = text.startsWith("-") ? -1 : 1;
  return (
    sign * [...text.matchAll(/([\d.]+)([a-zµ]+)/g)].reduce((sum, [, number, unit]) => sum + Number(number) * UNITS[unit!]!, 0)
  );
}

/** time.Duration's String, for whole milliseconds. */
export function goDuration(ms: number): string {
  if (ms === 0) return "0s";
  if (ms < 1_000) return `${ms}ms`;
  const [hours, minutes, seconds] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, (ms % 60_000) / 1_000];
  return `${hours ? `${hours}h` : ""}${hours || minutes ? `${minutes}m` : ""}${seconds}s`;
}

/** Command line flags as pflag reads them: `--name value`, `--name=value`, `-n value`; a switch has no value of its own. */
export function parseGoFlags(
  args: readonly string[],
  options: { switches?: readonly string[]; short?: Readonly<Record<string, string>> } = {},
): { flags: Readonly<Record<string, string>>; operands: readonly string[] } {
  const flags: Record<string, string> = {};
  const operands: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, long, short, given] = /^(?:--([\w-]+)|-(\w))(?:=(.*))?$/s.exec(arg) ?? [];
    const name = long ?? (short && options.short?.[short]);
    if (name === undefined) operands.push(arg);
    else flags[name] = given ?? (options.switches?.includes(name) ? "true" : (rest.shift() ?? ""));
  }
  return { flags, operands };
}
