import { Command } from "commander";
import { type Profile, profiles } from "../../clusters/profile.ts";
import type { Action } from "../action.ts";
import { type OutputFlag, outputOption } from "../output-flag.ts";
import { wordOption } from "../word-option.ts";

export interface CreateFlags {
  config?: string;
  trial?: boolean;
  recreate?: boolean;
  profile?: Profile;
}

export const clusterCommand = (action: Action): Command => {
  const cluster = new Command("cluster");
  cluster.addCommand(
    new Command("create")
      .option("--config <FILE>")
      .option("--trial")
      .option("--recreate")
      .addOption(wordOption("--profile <NAME>", profiles))
      .action(action(async (session, flags: CreateFlags) => (await import("../work.ts")).createCluster(session, flags))),
  );
  cluster.addCommand(
    new Command("status")
      .addOption(outputOption())
      .action(action(async (session, flags: OutputFlag) => (await import("../work.ts")).clusterStatus(session, flags))),
  );
  cluster.addCommand(new Command("stop").action(action(async (session) => (await import("../work.ts")).stopCluster(session))));
  cluster.addCommand(
    new Command("delete").action(action(async (session) => (await import("../work.ts")).deleteCluster(session))),
  );
  return cluster.action(() => cluster.outputHelp());
};
