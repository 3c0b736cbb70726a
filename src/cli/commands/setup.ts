import { Argument, Command } from "commander";
import { type ToolName, toolNames } from "../../system/tools.ts";
import type { Action } from "../action.ts";
import { UsageError } from "../usage-error.ts";
import { oneOf } from "../word-option.ts";

export interface SetupFlags {
  mirror?: string;
  yes?: boolean;
}

export const setupCommand = (action: Action): Command => {
  const setup = new Command("setup");
  setup.addCommand(
    new Command("tools")
      .addArgument(new Argument(`[${toolNames.join("|")}...]`).choices(toolNames).argParser(collectTools))
      .option("--mirror <URL>", "", toAddress)
      .option("--yes")
      .action(
        action(async (session, tools: readonly ToolName[], flags: SetupFlags) =>
          (await import("../work.ts")).setupTools(session, tools.length > 0 ? tools : toolNames, flags),
        ),
      ),
  );
  return setup.action(() => setup.outputHelp());
};

const collectTools = (given: string, before: readonly ToolName[] = []): ToolName[] => [
  ...new Set([...before, oneOf(toolNames, given, toolNames.join("|"))]),
];

function toAddress(given: string): string {
  if (/^https?:\/\/[^/]/.test(given) && URL.canParse(given)) return given;
  throw new UsageError({ code: "flag-value-invalid", flag: "--mirror", given, known: ["https://HOST/PATH"], near: [] });
}
