import type { Language } from "../course/lesson.ts";
import type { Messages } from "../ui/messages/en.ts";
import { loadTheme } from "../ui/theme.ts";
import type { Deps } from "./deps.ts";
import { openEndings } from "./endings.ts";
import type { ExitCode } from "./exit-code.ts";
import { reportFailure } from "./failure.ts";
import { chooseLanguage } from "./language.ts";
import { buildProgram } from "./program.ts";

/** The whole command line: arguments without node and script, to an exit code. Never throws. */
export async function main(argv: readonly string[], deps: Deps): Promise<ExitCode> {
  let language: Language = "en";
  const endings = openEndings();
  try {
    language = chooseLanguage(argv, deps.env);
    const messages = await loadMessages(language, deps.self);
    const theme = await loadTheme({ isTTY: deps.io.stdout.isTTY === true, env: deps.env, refused: argv.includes("--no-color") });
    const { program, result } = buildProgram(deps, { language, messages, theme }, endings);
    await untilInterrupted(program.parseAsync(argv, { from: "user" }), deps.signal);
    return result();
  } catch (error) {
    await endings.over();
    const messages = await loadMessages(language, deps.self);
    return reportFailure(error, argv, deps, messages);
  }
}

async function loadMessages(language: Language, self: string): Promise<Messages> {
  if (language === "ja") return (await import("../ui/messages/ja.ts")).japanese(self);
  return (await import("../ui/messages/en.ts")).english(self);
}

/** Most work is left where it stands; whatever is on disk is whole at any moment. */
async function untilInterrupted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  // The race below tells of it, unless an interruption has won: then nobody asks any more.
  work.catch(() => {});
  await Promise.race([
    work,
    new Promise((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    }),
  ]);
}
