import { Command } from "commander";
import { renderData } from "../../ui/data.ts";
import type { Action } from "../action.ts";
import { ExitCode } from "../exit-code.ts";
import { type OutputFlag, outputOption } from "../output-flag.ts";

export const statusCommand = (action: Action): Command =>
  new Command("status").addOption(outputOption()).action(
    action(async (session, { output }: OutputFlag) => {
      const { learnerStatus, renderFacts } = await import("../work.ts");
      const status = await learnerStatus(session);
      if (output) session.print(await renderData(status, output));
      else session.print(renderFacts(session.messages.status(status), session.theme));
      return ExitCode.passed;
    }),
  );
