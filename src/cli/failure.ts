import { ClusterError } from "../clusters/problem.ts";
import { CourseError } from "../course/problem.ts";
import { ApiError, ClusterUnreachable, KubeconfigError } from "../kube/api-error.ts";
import type { Messages } from "../ui/messages/en.ts";
import { type Problem, renderProblem, wordsOf } from "../ui/problem.ts";
import { loadTheme } from "../ui/theme.ts";
import type { Deps } from "./deps.ts";
import { ExitCode, exitCodeOf } from "./exit-code.ts";
import { StartError } from "./start-error.ts";
import { ToolError } from "./tool-error.ts";
import { UsageError } from "./usage-error.ts";

/** Says on stderr what went wrong and what to type next. */
export async function reportFailure(error: unknown, argv: readonly string[], deps: Deps, messages: Messages): Promise<ExitCode> {
  if (isHelp(error)) return ExitCode.passed;
  const { stderr } = deps.io;
  const isInterrupted = deps.signal.aborted || isPromptClosed(error);
  if (isInterrupted) {
    stderr.write("\n");
    return ExitCode.interrupted;
  }
  const theme = await loadTheme({ isTTY: stderr.isTTY === true, env: deps.env, refused: argv.includes("--no-color") });
  const problem = knownProblem(error);
  if (problem) {
    stderr.write(renderProblem(wordsOf(problem, messages), messages, theme));
    return exitCodeOf[problem.code];
  }
  const { bugReport, stackOf } = await import("./bug-report.ts");
  stderr.write(renderProblem(bugReport(error, argv, deps, messages), messages, theme));
  if (argv.includes("--debug")) stderr.write(`${stackOf(error)}\n`);
  return ExitCode.bug;
}

const carriers = [CourseError, ClusterError, UsageError, StartError, ToolError];

/** The problem that an error carries; undefined for one that nobody foresaw. */
export function knownProblem(error: unknown): Problem | undefined {
  if (carriers.some((carrier) => error instanceof carrier)) return (error as InstanceType<(typeof carriers)[number]>).problem;
  if (error instanceof ClusterUnreachable) return { code: "cluster-unreachable", server: error.server, reason: error.code };
  if (error instanceof KubeconfigError) return { code: "kubeconfig-broken", file: error.file };
  if (error instanceof ApiError)
    return { code: error.refusal.status === 401 ? "credentials-refused" : "cluster-refused", message: error.message };
  return fileProblem(error);
}

/** What the system says of a file that nobody thought of in particular. */
function fileProblem(error: unknown): Problem | undefined {
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || !code || !path || !syscall) return undefined;
  const isReading = /^(open|read|scandir|l?stat|access|realpath)/.test(syscall);
  return { code: isReading ? "file-unreadable" : "file-unwritable", file: path, reason: code };
}

/** commander's way to say that it has printed help or the version. */
const isHelp = (error: unknown): boolean => error instanceof Error && "exitCode" in error && error.exitCode === 0;

/** inquirer's way to say that somebody pressed Ctrl-C at a question. */
const isPromptClosed = (error: unknown): boolean =>
  error instanceof Error && (error.name === "ExitPromptError" || error.name === "AbortPromptError");
