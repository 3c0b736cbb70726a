import { Command } from "commander";
import type { Action } from "../action.ts";
import { type OutputFlag, outputOption } from "../output-flag.ts";

export const courseCommand = (action: Action): Command => {
  const course = new Command("course");
  course.addCommand(
    new Command("lint")
      .addOption(outputOption())
      .action(action(async (session, flags: OutputFlag) => (await import("../lint-course.ts")).lint(session, flags))),
  );
  return course.action(() => course.outputHelp());
};
