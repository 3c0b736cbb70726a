import { Command } from "commander";
import { makingProviders, type ProviderId } from "../../clusters/choose.ts";
import { type Profile, profiles } from "../../clusters/profile.ts";
import type { Action } from "../action.ts";
import type { DeleteFlags } from "../cluster-life.ts";
import { type OutputFlag, outputOption } from "../output-flag.ts";
import type { UseFlags } from "../use-context.ts";
import { wordOption } from "../word-option.ts";

export interface CreateFlags {
  config?: string;
  trial?: boolean;
  recreate?: boolean;
  profile?: Profile;
  provider?: ProviderId;
}

export const clusterCommand = (action: Action): Command => {
  const cluster = new Command("cluster");
  cluster.addCommand(
    new Command("create")
      .option("--config <FILE>")
      .option("--trial")
      .option("--recreate")
      .addOption(wordOption("--profile <NAME>", profiles))
      .addOption(wordOption("--provider <NAME>", makingProviders))
      .action(action(async (session, flags: CreateFlags) => (await import("../work.ts")).createCluster(session, flags))),
  );
  cluster.addCommand(
    new Command("use")
      .argument("<PROVIDER>")
      .argument("[CONTEXT]")
      .option("--namespace <NAME>")
      .option("--yes")
      .action(
        action(async (session, given: string, context: string | undefined, flags: UseFlags) =>
          (await import("../work.ts")).useCluster(session, given, context, flags),
        ),
      ),
  );
  cluster.addCommand(
    new Command("load")
      .argument("<IMAGE...>")
      .action(action(async (session, images: string[]) => (await import("../work.ts")).loadImages(session, images))),
  );
  cluster.addCommand(
    new Command("status")
      .addOption(outputOption())
      .action(action(async (session, flags: OutputFlag) => (await import("../work.ts")).clusterStatus(session, flags))),
  );
  cluster.addCommand(new Command("stop").action(action(async (session) => (await import("../work.ts")).stopCluster(session))));
  cluster.addCommand(
    new Command("delete")
      .option("--yes")
      .action(action(async (session, flags: DeleteFlags) => (await import("../work.ts")).deleteCluster(session, flags))),
  );
  return cluster.action(() => cluster.outputHelp());
};
