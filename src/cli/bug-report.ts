import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "../system/files.ts";
import type { Messages } from "../ui/messages/en.ts";
import type { ProblemWords } from "../ui/problem.ts";
import type { Deps } from "./deps.ts";

/** Words for an error nobody foresaw; the stack goes into a file that a report can quote, if there is room for one. */
export function bugReport(error: unknown, argv: readonly string[], deps: Deps, messages: Messages): ProblemWords {
  const { arch, clock, paths, platform, installation, self } = deps;
  const report = [
    `time: ${new Date(clock.now()).toISOString()}`,
    `command: ${[self, ...argv].join(" ")}`,
    `version: ${installation.version}, Node.js ${process.versions.node}, ${platform} ${arch}`,
    "",
    stackOf(error),
    "",
  ].join("\n");
  const what = error instanceof Error ? error.message : String(error);
  return messages.bug({ what, version: installation.version, file: written(paths.bugReport, report) });
}

function written(file: string, text: string): string | undefined {
  try {
    makeFolder(dirname(file), 0o700);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  } catch {
    return undefined;
  }
}

export const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
