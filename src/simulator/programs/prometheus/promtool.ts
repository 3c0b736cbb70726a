import type { ProgramContext } from "../program.ts";
import { parseFlags } from "./flags.ts";
import { Log } from "./log.ts";
import { Server, type Build } from "./server.ts";

/** `promtool check config FILE…`; what else promtool does is not here. */
export async function promtool(context: ProgramContext, build: Build): Promise<number> {
  const [, ...args] = context.argv;
  if (args[0] !== "check" || args[1] !== "config") {
    context.stderr(`promtool: error: the practice cluster's promtool knows "check config FILE" alone\n`);
    return 1;
  }
  const log = new Log(context, { level: "ERROR", format: "logfmt", old: false });
  let failed = false;
  for (const file of args.slice(2)) {
    context.stdout(`Checking ${file}\n`);
    try {
      await new Server({ context, flags: parseFlags([`--config.file=${file}`]), build, log }).readConfig();
      context.stdout(` SUCCESS: ${file} is valid prometheus config file syntax\n\n`);
    } catch (error) {
      failed = true;
      context.stderr(`  FAILED: ${(error as Error).message}\n\n`);
    }
  }
  return failed ? 1 : 0;
}
