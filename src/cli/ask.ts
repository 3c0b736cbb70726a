import type { StepText } from "../course/lesson-text.ts";
import { widthOf } from "../ui/width.ts";
import type { Session } from "./session.ts";

/** Whether there is somebody to ask: a terminal on both sides. Questions go to stderr, so that stdout stays what was asked for. */
export const canAsk = ({ io }: Session): boolean => io.stdin.isTTY === true && io.stderr.isTTY === true;

/** What the step wants to know. */
export async function askAnswer(session: Session, wanted: "option" | "value" | "list", { options }: StepText): Promise<string> {
  const { ask } = session.messages;
  const prompt = await promptOf(session);
  const question =
    wanted === "option"
      ? ({ type: "select", name: "answer", message: ask.option, choices: choicesOf(session, options), theme: quiet } as const)
      : ({ type: "input", name: "answer", message: wanted === "list" ? ask.list : ask.value, validate: isSomething } as const);
  return String((await prompt<{ answer: string }>([question])).answer);
}

/** Yes or no; no is what a bare Enter means. */
export async function confirm(session: Session, message: string): Promise<boolean> {
  const prompt = await promptOf(session);
  const { yes } = await prompt<{ yes: boolean }>([{ type: "confirm", name: "yes", message, default: false }]);
  return yes;
}

async function promptOf({ io }: Session) {
  const { createPromptModule } = await import("inquirer");
  return createPromptModule({ input: io.stdin, output: io.stderr });
}

/** Without a line about keys, which would be English in every language. */
const quiet = { style: { keysHelpTip: () => undefined } };

const isSomething = (given: string): boolean => given.trim() !== "";

/** One line each: inquirer draws anew on every key, and a line that the terminal wraps would be counted as one. */
function choicesOf({ io }: Session, options: StepText["options"]): { name: string; value: string }[] {
  const room = (io.stderr.columns ?? 80) - 6;
  return options.map(({ id, text }) => {
    const line = `${id}  ${text.replaceAll(/[`*]|\s+/g, (found) => (found.trim() ? "" : " "))}`;
    return { name: widthOf(line) > room ? `${id}` : line, value: id };
  });
}
