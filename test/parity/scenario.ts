import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A condition polled before a step; what is still not so when time is up becomes part of what was seen. */
export interface Wait {
  milliseconds: number;
  command: string;
  operator: "==" | "!=" | "=~" | undefined;
  value: string;
}

export interface Step {
  command: string;
  /** Written `!`: it must fail. */
  mayFail: boolean;
  waits: readonly Wait[];
  /** Rows count as sorted; equal rows once. */
  unordered: boolean;
  unique: boolean;
  /** Recorded on the real cluster, and never run again. */
  onlyReal: boolean;
}

export interface Scenario {
  /** Its path below `scenarios/`, without `.txt`. */
  name: string;
  source: string;
  steps: readonly Step[];
  /** Name → content; `$NS` stands for the namespace. */
  files: Readonly<Record<string, string>>;
  /** It changes the cluster itself, so it runs by itself. */
  alone: boolean;
  /** Workers are told apart. */
  nodesByName: boolean;
  finally: readonly string[];
}

/** All scenarios of a folder, in the order of their names. Throws on a line that is none. */
export async function readScenarios(folder: string): Promise<Scenario[]> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".txt")).sort();
  return Promise.all(
    files.map(async (file) => parseScenario(file.replace(/\.txt$/, ""), await readFile(join(folder, file), "utf8"))),
  );
}

function parseScenario(name: string, source: string): Scenario {
  const [script = "", ...rest] = source.split(/^-- (\S+) --\n/m);
  const files: Record<string, string> = {};
  for (let i = 0; i + 1 < rest.length; i += 2) files[rest[i]!] = rest[i + 1]!;
  const steps: Step[] = [];
  const last: string[] = [];
  const settings = new Set<string>();
  let waits: Wait[] = [];
  let marks = new Set<string>();
  for (const line of script.replace(/\s*\\\n\s*/g, " ").split("\n")) {
    const [, mark, command] = /^([$!]) (.+)$/.exec(line) ?? [];
    if (command) {
      const has = (text: string): boolean => marks.has(text);
      steps.push({
        command,
        mayFail: mark === "!",
        waits,
        unordered: has("unordered"),
        unique: has("unique"),
        onlyReal: has("only real"),
      });
      [waits, marks] = [[], new Set()];
      continue;
    }
    if (!line.trim()) continue;
    const [, comment] = /^#\s*(.*)$/.exec(line) ?? [];
    if (comment === undefined) throw new Error(`${name}: neither a comment, "$ command" nor "! command": ${line}`);
    const wait = readWait(comment);
    const [, final] = /^finally: (.+)$/.exec(comment) ?? [];
    if (wait) waits.push(wait);
    else if (final) last.push(final);
    else if (STEP_MARKS.has(comment)) marks.add(comment);
    else settings.add(comment);
  }
  return { name, source, steps, files, alone: settings.has("alone"), nodesByName: settings.has("nodes by name"), finally: last };
}

const STEP_MARKS = new Set(["unordered", "unique", "only real"]);

function readWait(comment: string): Wait | undefined {
  const [, count, unit, command = "", operator, value = ""] =
    /^wait (\d+)([sm]) until: (.+?)(?: (==|!=|=~) ?(.*))?$/.exec(comment) ?? [];
  if (count === undefined) return undefined;
  return {
    milliseconds: Number(count) * (unit === "m" ? 60_000 : 1000),
    command,
    operator: operator as Wait["operator"],
    value,
  };
}
