import type { Language } from "../course/lesson.ts";
import type { Applied } from "../steps/apply-files.ts";
import type { Messages } from "./messages/en.ts";
import { renderProblem } from "./problem.ts";
import type { Theme } from "./theme.ts";

/** What became of one document: kubectl's own line, or why not and both ways out. */
export function renderApplied(
  applied: Applied,
  { language, messages, theme }: { language: Language; messages: Messages; theme: Theme },
): { line: string; isDone: boolean } {
  const { apply } = messages;
  const not = (words: Parameters<typeof renderProblem>[0]) => ({ line: renderProblem(words, messages, theme), isDone: false });
  const place = `${applied.file}:${applied.line}`;
  switch (applied.outcome) {
    case "created":
    case "configured":
    case "unchanged":
      return { line: `${applied.object.resource}/${applied.object.name} ${applied.outcome}\n`, isDone: true };
    case "conflict":
      return not(apply.conflict(`${applied.object.resource}/${applied.object.name}`, applied.conflicts, applied.file));
    case "refused":
      return not({ what: `${place}: ${applied.what[language]}` });
    case "not-yaml":
      return not({ what: `${applied.file}: ${applied.what[language]}` });
    case "no-file":
      return not(apply.noFile(applied.file));
  }
}
