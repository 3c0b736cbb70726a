import { sleep } from "../../clock.ts";
import { command } from "./command.ts";

const UNITS: Record<string, number> = { "": 1, s: 1, m: 60, h: 3_600, d: 86_400 };

export const sleepCommand = command(async (context, args) => {
  if (args.length === 0) {
    context.stderr(
      "BusyBox v1.36.1 () multi-call binary.\n\nUsage: sleep [N]...\n\nPause for a time equal to the total of the args given, where each arg can\nhave an optional suffix of (s)econds, (m)inutes, (h)ours, or (d)ays\n",
    );
    return 1;
  }
  let seconds = 0;
  for (const arg of args) {
    const [, number, unit = ""] = /^(\d+(?:\.\d*)?|\.\d+|inf)([smhd]?)$/.exec(arg) ?? [];
    if (number === undefined) {
      context.stderr(`sleep: invalid number '${arg}'\n`);
      return 1;
    }
    seconds += (number === "inf" ? Number.POSITIVE_INFINITY : Number(number)) * UNITS[unit]!;
  }
  if (seconds === Number.POSITIVE_INFINITY) await new Promise(() => {});
  await sleep(context.clock, seconds * 1000);
  return 0;
});
