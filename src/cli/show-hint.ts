import { fillSettings } from "../checks/settings.ts";
import { helped, hinted, hintsOffered } from "../course/progress.ts";
import { currentStep } from "../course/step-machine.ts";
import { renderMarkdown } from "../ui/markdown.ts";
import { ExitCode } from "./exit-code.ts";
import type { Session } from "./session.ts";
import { columnsOf, sectionOf, settingsOf } from "./step-text.ts";

/** The next hint, when one is due, else the last one again; or all of them, which counts as help. */
export async function showHint(session: Session, { all = false }: { all?: boolean }): Promise<ExitCode> {
  const { messages, progress: store, self, theme } = session;
  const course = await session.course();
  const progress = await store.read();
  const step = currentStep(course, progress);
  const { hints } = step ? (await sectionOf(session, course, step)).text : { hints: [] };
  if (!step || hints.length === 0) {
    session.print(`${step ? messages.hint.none : messages.step.done}\n`);
    return ExitCode.passed;
  }
  const shown = progress.steps[step.id]?.hints ?? 0;
  const offered = Math.min(hintsOffered(progress, step), hints.length);
  const number = all ? hints.length : Math.min(shown + 1, offered);
  const settings = await settingsOf(session, course);
  const options = { columns: columnsOf(session), theme, self };
  for (let each = all ? 1 : number; each <= number; each++)
    session.print(
      `${theme.strong(messages.hint.number(each, hints.length))}\n${renderMarkdown(fillSettings(hints[each - 1]!, settings), options)}\n`,
    );
  if (!all && number < hints.length)
    session.print(`\n${theme.faint(number < offered ? messages.hint.another : messages.hint.later)}\n`);
  await store.update((now) => hinted(all ? helped(now, step) : now, step, number));
  return ExitCode.passed;
}
