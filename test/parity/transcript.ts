/** A step as a transcript shows it: the command, then its output indented, stderr as `2>`, and an exit code that isn't 0. */
export interface Shown {
  /** `$ …`, or `! …` for one that must fail. */
  command: string;
  lines: readonly string[];
}

export interface Output {
  stdout: string;
  stderr: string;
  exitCode: number;
  /** Waits in vain, in words. */
  late: readonly string[];
}

export const show = (command: string, mayFail: boolean, { stdout, stderr, exitCode, late }: Output): Shown => ({
  command: `${mayFail ? "!" : "$"} ${command}`,
  lines: [
    ...linesOf(stdout).map((line) => `    ${line}`.trimEnd()),
    ...linesOf(stderr).map((line) => `  2>${line}`.trimEnd()),
    ...late.map((line) => `  2>${line}`),
    ...(exitCode === 0 ? [] : [`  exit ${exitCode}`]),
  ],
});

const linesOf = (text: string): string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

/** Reads a recorded transcript; its first line is a heading. */
export function parseTranscript(text: string): Shown[] {
  const steps: { command: string; lines: string[] }[] = [];
  for (const line of text.replace(/\n$/, "").split("\n").slice(1)) {
    if (/^[$!] /.test(line)) steps.push({ command: line, lines: [] });
    else steps.at(-1)?.lines.push(line);
  }
  return steps;
}
