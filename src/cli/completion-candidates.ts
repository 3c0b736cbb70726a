import type { Command, Option } from "commander";
import { helpWords } from "./help.ts";
import type { Session } from "./session.ts";
import { commandPath } from "./usage-error.ts";

export interface Candidate {
  word: string;
  /** In the learner's language. */
  meaning?: string;
}

/** What may stand in place of the last of `words`. */
export async function candidatesFor(program: Command, words: readonly string[], session: Session): Promise<Candidate[]> {
  const partial = words.at(-1) ?? "";
  const { command, pending, positionals } = walk(program, words.slice(0, -1));
  const all = pending
    ? valuesOf(pending)
    : partial.startsWith("-")
      ? flags(command, session)
      : await arguments_(command, positionals, session);
  return all.filter(({ word }) => word.startsWith(partial));
}

/** Follows the words to the command they name; `pending` is a flag that waits for its value. */
function walk(program: Command, words: readonly string[]): { command: Command; pending?: Option; positionals: number } {
  let command = program;
  let pending: Option | undefined;
  let positionals = 0;
  for (const word of words) {
    if (pending) pending = undefined;
    else if (word.startsWith("-")) {
      const option = flagsOf(command).find(({ long, short }) => word === long || word === short);
      pending = option?.required ? option : undefined;
    } else {
      const next = command.commands.find((one) => one.name() === word);
      if (next) command = next;
      else positionals++;
    }
  }
  return { command, positionals, ...(pending && { pending }) };
}

const flagsOf = (command: Command): Option[] => [...command.options, ...(command.parent ? flagsOf(command.parent) : [])];

const valuesOf = ({ argChoices = [] }: Option): Candidate[] => argChoices.map((word) => ({ word }));

function flags(command: Command, { messages }: Session): Candidate[] {
  const words = helpWords(messages);
  const meanings = { ...words[""]?.flags, ...words[commandPath(command)]?.flags };
  return flagsOf(command).flatMap(({ long }) => (long ? [{ word: long, ...meaningOf(meanings[long]) }] : []));
}

async function arguments_(command: Command, positionals: number, session: Session): Promise<Candidate[]> {
  const words = helpWords(session.messages);
  const commands = command.commands.filter((one) => !one.name().startsWith("_"));
  if (commands.length > 0 && positionals === 0)
    return commands.map((one) => ({ word: one.name(), ...meaningOf(words[commandPath(one)]?.summary) }));
  const argument = command.registeredArguments[positionals];
  if (argument?.argChoices) return argument.argChoices.map((word) => ({ word }));
  return argument?.name().includes("LESSON") ? lessons(argument.name().includes("STEP"), session) : [];
}

async function lessons(withSteps: boolean, { course, language }: Session): Promise<Candidate[]> {
  const loaded = await course();
  const titles = await loaded.titles(language);
  const ids = loaded.lessons.flatMap(({ id, steps }) => [id, ...(withSteps ? steps.map((step) => step.id) : [])]);
  return ids.map((word) => ({ word, ...meaningOf(titles[word]) }));
}

const meaningOf = (meaning: string | undefined) => (meaning === undefined ? {} : { meaning });
