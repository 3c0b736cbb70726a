import { Command } from "commander";
import type { Action } from "../action.ts";
import { ExitCode } from "../exit-code.ts";
import { type OutputFlag, outputOption } from "../output-flag.ts";

export const statusCommand = (action: Action): Command =>
  new Command("status").addOption(outputOption()).action(
    action(async (session, { output }: OutputFlag) => {
      const { learnerStatus } = await import("../learner-status.ts");
      const status = await learnerStatus(session);
      if (output) session.print(await (await import("../../ui/data.ts")).renderData(status, output));
      else session.print((await import("../../ui/facts.ts")).renderFacts(session.messages.status(status), session.theme));
      return ExitCode.passed;
    }),
  );
