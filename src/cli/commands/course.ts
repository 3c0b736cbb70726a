import { Command } from "commander";
import type { Action } from "../action.ts";

export const courseCommand = (action: Action): Command => {
  const course = new Command("course");
  course.addCommand(new Command("lint").action(action(async (session) => (await import("../lint-course.ts")).lint(session))));
  return course.action(() => course.outputHelp());
};
