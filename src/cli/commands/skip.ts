import { Command } from "commander";
import type { Action } from "../action.ts";

export const skipCommand = (action: Action): Command =>
  new Command("skip").argument("[LESSON]").action(
    action(async (session, lesson: string | undefined) => {
      const { goToStep, currentStep, next, passOver, placement } = await import("../work.ts");
      if (lesson !== undefined) {
        session.tell(session.messages.skip.placement(lesson));
        return goToStep(session, (course, progress) => placement(course, progress, lesson));
      }
      const now = session.clock.now();
      return goToStep(session, (course, progress, isHere) => {
        const step = currentStep(course, progress);
        return step ? passOver(course, progress, step, now, isHere) : next(course, progress, isHere);
      });
    }),
  );
