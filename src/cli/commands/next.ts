import { Command } from "commander";
import type { Action } from "../action.ts";

export const nextCommand = (action: Action): Command =>
  new Command("next").argument("[LESSON|STEP]").action(
    action(async (session, id: string | undefined) => {
      const { goToStep, goTo, next } = await import("../work.ts");
      return goToStep(session, (course, progress, isHere) =>
        id === undefined ? next(course, progress, isHere) : goTo(course, progress, id, isHere),
      );
    }),
  );
