import { Command } from "commander";
import type { Action } from "../action.ts";
import { ExitCode } from "../exit-code.ts";
import { type OutputFlag, outputOption } from "../output-flag.ts";

export const listCommand = (action: Action): Command =>
  new Command("list").addOption(outputOption()).action(
    action(async (session, { output }: OutputFlag) => {
      const { courseOverview } = await import("../overview.ts");
      const overview = await courseOverview(session);
      if (output) session.print(await (await import("../../ui/data.ts")).renderData(overview, output));
      else session.print((await import("../../ui/list-view.ts")).renderList(overview, session));
      return ExitCode.passed;
    }),
  );
