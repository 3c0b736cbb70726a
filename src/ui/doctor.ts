/** One thing that `doctor` looked at. `bad` stops the course, `note` is worth knowing. */
export type Finding = { state: "good" | "note" | "bad" } & (
  | { check: "node"; version: string; needed: string }
  | { check: "kubectl"; version?: string; server: string }
  | { check: "state"; folder: string; reason?: string }
  | { check: "workspace"; folder?: string; isMissing?: boolean }
  | { check: "progress"; passed?: number; total?: number; what?: string }
  | { check: "cluster"; found: "absent" | "stopped" | "running"; nodes?: number; answers?: boolean; log?: string }
  | { check: "shell"; connect?: string }
);

export interface FindingWords {
  what: string;
  /** The cure. */
  try?: string;
}

export type FindingTable = { [F in Finding as F["check"]]: (finding: F) => FindingWords };
