import { Command } from "commander";
import { renderData } from "../../ui/data.ts";
import { renderList } from "../../ui/list-view.ts";
import type { Action } from "../action.ts";
import { ExitCode } from "../exit-code.ts";
import { type OutputFlag, outputOption } from "../output-flag.ts";
import { courseOverview } from "../overview.ts";

export const listCommand = (action: Action): Command =>
  new Command("list").addOption(outputOption()).action(
    action(async (session, { output }: OutputFlag) => {
      const overview = await courseOverview(session);
      if (output) session.print(await renderData(overview, output));
      else session.print(renderList(overview, session));
      return ExitCode.passed;
    }),
  );
