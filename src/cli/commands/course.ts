import { Command } from "commander";
import { makingProviders } from "../../clusters/choose.ts";
import type { Action } from "../action.ts";
import { type OutputFlag, outputOption } from "../output-flag.ts";
import type { TestFlags } from "../test-course.ts";
import { wordOption } from "../word-option.ts";

export const courseCommand = (action: Action): Command => {
  const course = new Command("course");
  course.addCommand(
    new Command("lint")
      .addOption(outputOption())
      .action(action(async (session, flags: OutputFlag) => (await import("../lint-course.ts")).lint(session, flags))),
  );
  course.addCommand(
    new Command("test")
      .addOption(wordOption("--provider <NAME>", makingProviders))
      .option("--only <GLOB>")
      .addOption(outputOption())
      .action(action(async (session, flags: TestFlags) => (await import("../test-course.ts")).testCourse(session, flags))),
  );
  course.addCommand(
    new Command("new")
      .argument("<LESSON>")
      .action(action(async (session, id: string) => (await import("../new-lesson.ts")).makeLesson(session, id))),
  );
  return course.action(() => course.outputHelp());
};
