import { join, resolve } from "node:path";
import { chosenId, providerNamed } from "../clusters/choose.ts";
import { readRemembered } from "../clusters/current.ts";
import { nodeImageOf } from "../clusters/profile.ts";
import { ClusterError } from "../clusters/problem.ts";
import type { ClusterSpec } from "../clusters/provider.ts";
import { chooseWorkspace } from "../course/workspace.ts";
import { wordsOf } from "../ui/problem.ts";
import { makeCluster } from "./cluster-access.ts";
import { isConnected } from "./cluster-env.ts";
import { CLUSTER_FILE, courseSpec, specOfFile, trialSpec, withNodeImage } from "./cluster-spec.ts";
import { beginAnew } from "./cluster-use.ts";
import type { CreateFlags } from "./commands/cluster.ts";
import { ExitCode } from "./exit-code.ts";
import type { Session } from "./session.ts";
import { connectCommand } from "./show-step.ts";
import { inTurn } from "./turn.ts";

/** `cluster create`: in place of the trial, or of any other when told so. */
export async function createCluster(session: Session, flags: CreateFlags): Promise<ExitCode> {
  const { messages, paths, theme } = session;
  const { spec: described, from } = await wanted(session, flags);
  const spec = withNodeImage(described, session, flags.profile);
  await inTurn(session, async () => {
    const before = chosenId(session);
    const provider = providerNamed(flags.provider ?? before, session);
    const current = readRemembered(paths).clusters[provider.id];
    if (current && provider.borrowed?.(current.name))
      throw new ClusterError({ code: "cluster-borrowed", context: provider.access(current.name).context });
    const mayReplace = !current || current.trial || flags.recreate === true || (await provider.state(current.name)) === "absent";
    if (!mayReplace) throw new ClusterError({ code: "cluster-exists" });
    if (flags.profile && provider.capabilities.has("real-images"))
      session.tell(`${theme.warn(messages.labels.note)} ${messages.cluster.oldNodes(nodeImageOf[flags.profile])}`);
    const cluster = await makeCluster(session, provider, spec, {
      trial: flags.trial === true,
      ...(flags.profile && { profile: flags.profile }),
    });
    session.print(`${messages.cluster.created(provider.id, spec.nodes.length, from)}\n`);
    if (provider.id !== before) await beginAnew(session);
    if (!isConnected(session, cluster))
      session.print(`${theme.faint(messages.step.connect)}\n    ${theme.code(connectCommand(session))}\n`);
  });
  return ExitCode.passed;
}

/** `--trial`, `--config`, the workspace's cluster.yml when it is complete, or the course's own. */
async function wanted(session: Session, flags: CreateFlags): Promise<{ spec: ClusterSpec; from: string | undefined }> {
  if (flags.trial) return { spec: await trialSpec(session), from: undefined };
  if (flags.config !== undefined) return { spec: await specOfFile(resolve(session.cwd, flags.config)), from: flags.config };
  const { dir } = await chooseWorkspace(await session.progress.read(), session.cwd, session.flags.dir);
  const file = join(dir, CLUSTER_FILE);
  try {
    return { spec: await specOfFile(file), from: file };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    const { problem } = error;
    if (problem.code !== "cluster-config-missing")
      session.tell(`${session.messages.labels.note} ${wordsOf(problem, session.messages).what}`);
    return { spec: await courseSpec(session), from: undefined };
  }
}
