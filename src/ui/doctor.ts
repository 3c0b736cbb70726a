import type { MachineFinding } from "../clusters/provider.ts";
import type { Messages } from "./messages/en.ts";
import type { Theme } from "./theme.ts";

/** One thing that `doctor` looked at. `bad` stops the course, `note` is worth knowing. */
export type Finding = { state: "good" | "note" | "bad" } & (
  | { check: "node"; version: string; needed: string }
  | { check: "kubectl"; version?: string; server: string }
  | { check: "state"; folder: string; reason?: string }
  | { check: "workspace"; folder?: string; isMissing?: boolean }
  /** `what` is why it can't be read. */
  | { check: "progress"; passed?: number; total?: number; what?: string }
  | { check: "cluster"; found: "absent" | "stopped" | "running"; nodes?: number; trouble?: string }
  /** `connect` is the command that does it. */
  | { check: "shell"; connect?: string }
  | MachineFinding
);

/** Words for every finding there is. */
export type FindingTable = { [F in Finding as F["check"]]: (finding: F) => { what: string; try?: string } };

/** One line each, and below it the cure. */
export function renderFindings(findings: readonly Finding[], { messages, theme }: { messages: Messages; theme: Theme }): string {
  const signs = { good: theme.good("✓"), note: theme.warn("·"), bad: theme.bad("✗") };
  return findings
    .map((finding) => {
      const words = messages.doctor[finding.check] as (finding: Finding) => { what: string; try?: string };
      const { what, try: cure } = words(finding);
      const more = cure === undefined ? "" : `    ${theme.faint(messages.labels.try)} ${theme.code(cure)}\n`;
      return `${signs[finding.state]} ${what}\n${more}`;
    })
    .join("");
}
