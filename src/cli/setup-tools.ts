import { join } from "node:path";
import { DownloadError, downloadProgram } from "../system/download.ts";
import { withLock } from "../system/lock.ts";
import { findsOwnPrograms, withoutOwnPrograms } from "../system/own-programs.ts";
import { findTool, type ToolName, toolNames, type ToolSource, toolSource } from "../system/tools.ts";
import { withProgress } from "../ui/progress.ts";
import { canAsk, confirm } from "./ask.ts";
import type { SetupFlags } from "./commands/setup.ts";
import { ExitCode } from "./exit-code.ts";
import type { Session } from "./session.ts";
import { shellKinds, shellOf } from "./shell-kind.ts";
import { ToolError } from "./tool-error.ts";
import { turnOptions } from "./turn.ts";
import { UsageError } from "./usage-error.ts";

/** Fetches what is not there yet into our own bin folder. @throws ToolError, UsageError, ClusterError busy */
export async function setupTools(session: Session, tools: readonly ToolName[], flags: SetupFlags): Promise<ExitCode> {
  const { messages, paths } = session;
  const wanted: ToolSource[] = [];
  for (const tool of tools) {
    const source = sourceOf(session, tool, flags);
    if (!(await isThere(session, source))) wanted.push(source);
  }
  if (wanted.length === 0) return ExitCode.passed;
  for (const { tool, version, url } of wanted) session.tell(messages.setup.will(tool, version, url, paths.bin));
  if (!flags.yes && !(await isSure(session, tools))) return ExitCode.notYet;
  await withLock(paths.setupLock, { ...turnOptions(session), patience: 0 }, async () => {
    for (const source of wanted) await fetchTool(session, source, flags);
  });
  tellOfPath(session);
  return ExitCode.passed;
}

function sourceOf({ arch, platform }: Session, tool: ToolName, { mirror }: SetupFlags): ToolSource {
  const source = toolSource(tool, platform, arch, mirror);
  if (!source) throw new ToolError({ code: "tool-unpublished", tool, platform: `${platform}/${arch}` });
  return source;
}

/** Says of one that is there where it is. */
async function isThere(session: Session, { tool, version }: ToolSource): Promise<boolean> {
  const { env, exec, messages, paths, theme } = session;
  const theirs = await findTool(exec, tool, withoutOwnPrograms(env, paths));
  if (theirs?.fits) {
    session.print(`${messages.setup.onPath(tool, theirs.version)}\n`);
    return true;
  }
  if (theirs) session.tell(`${theme.warn(messages.labels.note)} ${messages.setup.inTheWay(tool, theirs.version, version)}`);
  const ours = await findTool(exec, tool, env, paths.bin);
  if (!ours?.isPinned) return false;
  session.print(`${messages.setup.there(tool, version, paths.bin)}\n`);
  tellOfPath(session);
  return true;
}

async function isSure(session: Session, tools: readonly ToolName[]): Promise<boolean> {
  if (canAsk(session)) return confirm(session, session.messages.ask.sure);
  throw new UsageError({ code: "yes-missing", command: commandFor(tools) });
}

async function fetchTool(session: Session, source: ToolSource, flags: SetupFlags): Promise<void> {
  const { clock, messages, paths, signal } = session;
  const { tool, version, url, checksumUrl } = source;
  const file = join(paths.bin, source.file);
  try {
    await withProgress(
      messages.setup.fetching(tool, version),
      { stderr: session.io.stderr, theme: session.theme },
      (onProgress) => downloadProgram({ url, checksumUrl, file, clock, signal, onProgress }),
    );
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    const { failure } = error;
    throw new ToolError(
      {
        code: "tool-not-fetched",
        tool,
        version,
        failure,
        proxy: proxyOf(session, url),
        byHand: byHand(session, sourceOf(session, tool, {})),
        again: [commandFor([tool]), ...(flags.mirror === undefined ? [] : ["--mirror", flags.mirror])].join(" "),
      },
      { cause: error },
    );
  }
  session.print(`${messages.setup.there(tool, version, paths.bin)}\n`);
}

const commandFor = (tools: readonly ToolName[]): string =>
  ["setup tools", ...(tools.length === toolNames.length ? [] : tools)].join(" ");

/** The variable that names a proxy for the address: what is behind one can be reached by others, not by Node's fetch. */
function proxyOf({ env }: Session, url: string): string | undefined {
  const name = url.startsWith("https:") ? "HTTPS_PROXY" : "HTTP_PROXY";
  return [name, name.toLowerCase(), "ALL_PROXY", "all_proxy"].find((one) => env[one]);
}

/** Lines for the learner's shell that do the same, from where the project itself publishes. */
function byHand({ paths, platform }: Session, { url, file }: ToolSource): string[] {
  const isWindows = platform === "win32";
  const { quote } = shellKinds[isWindows ? "powershell" : "bash"];
  const [folder, target] = [quote(paths.bin), quote(join(paths.bin, file))];
  return isWindows
    ? [`curl.exe -fLo ${file} ${url}`, `New-Item -ItemType Directory -Force ${folder}`, `Move-Item -Force ${file} ${target}`]
    : [`curl -fLo ${file} ${url}`, `chmod 755 ${file}`, `mkdir -p ${folder}`, `mv ${file} ${target}`];
}

function tellOfPath(session: Session): void {
  const { env, messages, paths, theme } = session;
  if (findsOwnPrograms(env, paths)) return;
  const line = shellKinds[shellOf(session)].append("PATH", paths.bin);
  session.print(`${theme.faint(messages.setup.path)}\n    ${theme.code(line)}\n`);
}
