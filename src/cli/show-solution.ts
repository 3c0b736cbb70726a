import { join } from "node:path";
import { liveValues, type Place } from "../checks/run.ts";
import type { Course } from "../course/course.ts";
import { doFileAction, isFileAction, type FileAction } from "../course/file-actions.ts";
import type { Action, Step } from "../course/lesson.ts";
import type { StepText } from "../course/lesson-text.ts";
import { fillAll } from "../course/placeholders.ts";
import { helped, type Progress, wrote } from "../course/progress.ts";
import { fileState, hashOf, startText } from "../course/scaffold.ts";
import { currentStep } from "../course/step-machine.ts";
import { backUp, readIfThere } from "../course/text-file.ts";
import { existingWorkspace } from "../course/workspace.ts";
import { renderMarkdown } from "../ui/markdown.ts";
import { ExitCode } from "./exit-code.ts";
import { workshopFor } from "./workshop.ts";
import type { Session } from "./session.ts";
import { folderFrom } from "./show-step.ts";
import { columnsOf, sectionOf } from "./step-text.ts";

/** One way through the step, with the values this cluster has; `--write` also writes its files. Counts as help. */
export async function showSolution(session: Session, { write = false }: { write?: boolean }): Promise<ExitCode> {
  const { cwd, flags, messages, progress: store, self, theme } = session;
  const course = await session.course();
  const progress = await store.read();
  const step = currentStep(course, progress);
  if (!step) {
    session.print(`${messages.step.done}\n`);
    return ExitCode.passed;
  }
  const workspace = await existingWorkspace(progress, cwd, flags.dir);
  const place = await workshopFor(session, course, step, workspace);
  const { text } = await sectionOf(session, course, step);
  const { do: actions, answer } = await withLiveValues(step, place, progress);
  const parts = [
    ...(await actionParts(session, course, actions)),
    ...(answer === undefined ? [] : [answerPart(session, text, answer)]),
  ];
  session.print(
    `${renderMarkdown(parts.join("\n\n") || messages.solution.nothing, { columns: columnsOf(session), theme, self })}\n`,
  );
  const hashes = write ? await writeFiles(session, course, actions.filter(isFileAction), workspace, progress) : {};
  await store.update((now) => wrote(helped(now, step), hashes));
  return ExitCode.passed;
}

/** Values that are not there yet stand as `…`. */
async function withLiveValues({ solution, id }: Step, place: Place, progress: Progress): Promise<Step["solution"]> {
  const live = liveValues(place, progress.steps[id]?.snapshot);
  return fillAll(solution, async (expression) => (await live.text(expression)) ?? "…");
}

/** Markdown for what is to be done; commands in a row share a block. */
async function actionParts({ language, messages, self }: Session, course: Course, actions: readonly Action[]): Promise<string[]> {
  const parts: string[] = [];
  let commands: string[] = [];
  const flush = (): void => {
    if (commands.length > 0) parts.push(block(commands.join("\n")));
    commands = [];
  };
  for (const action of actions) {
    if (action.type === "kubectl") commands.push(`kubectl ${action.args.map(quoted).join(" ")}`);
    else if (action.type === "cluster") commands.push(`${self} cluster create${action.what === "trial" ? " --trial" : ""}`);
    else {
      flush();
      parts.push(...(await filePart(action)));
    }
  }
  flush();
  return parts;

  async function filePart(action: FileAction): Promise<string[]> {
    const { solution } = messages;
    switch (action.type) {
      case "write":
        return [solution.file(action.file), block(await startText(course, { ...action, file: action.from }, language))];
      case "write-text":
        return [solution.file(action.file), block(action.text)];
      case "edit":
        return [solution.edit(action.file), block(action.replace.map(({ from, to }) => `${from}  →  ${to}`).join("\n"))];
      case "remove":
        return [solution.remove(action.file)];
    }
  }
}

function answerPart({ messages }: Session, { options }: StepText, answer: string): string {
  const option = options.find(({ id }) => id === answer);
  return `${messages.solution.answer(answer)}${option ? ` — ${option.text}` : ""}`;
}

const block = (text: string): string => `\`\`\`\n${text.trimEnd()}\n\`\`\``;

/** An argument as a shell would need it. */
const quoted = (argument: string): string =>
  /^[\w@%+=:,./{}…-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;

/** Does the solution's file actions; what the learner changed is kept as a copy. Gives hashes of what we wrote. */
async function writeFiles(
  session: Session,
  course: Course,
  actions: readonly FileAction[],
  dir: string,
  { files: written }: Progress,
): Promise<Record<string, string>> {
  const { messages } = session;
  const hashes: Record<string, string> = {};
  for (const action of actions) {
    const { file } = action;
    const isTheirs = !(file in hashes) && (await fileState(file, { dir, written })) === "learner's";
    const backup = isTheirs ? await backUp(join(dir, file)) : undefined;
    await doFileAction(action, course, dir, session.language);
    hashes[file] = hashOf((await readIfThere(join(dir, file))) ?? "");
    session.tell(messages.files.wrote(file, folderFrom(dir, session)));
    if (backup) session.tell(messages.files.backedUp(folderFrom(backup, session)));
  }
  return hashes;
}
