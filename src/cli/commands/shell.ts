import { Command } from "commander";
import type { Action } from "../action.ts";

export const shellCommand = (action: Action): Command =>
  new Command("shell").action(action(async (session) => (await import("../work.ts")).openShell(session)));
