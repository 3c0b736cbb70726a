import { readBody } from "../../network/http-fetch.ts";
import type { Program } from "../program.ts";
import { command, fileProblem } from "./command.ts";
import { JustBashFiles } from "./just-bash-files.ts";

/** What a command does not read as a file: how many words come first, and the options that take a word. Absent: it never reads stdin. */
interface Usage {
  words: number;
  /** Options with a value: short letters. */
  values?: string;
  /** Options that stand for the first word. */
  instead?: string;
}

const FILTERS: Readonly<Record<string, Usage>> = {
  awk: { words: 1, values: "Fvf", instead: "f" },
  base64: { words: 0, values: "w" },
  comm: { words: 0 },
  cut: { words: 0, values: "bcdf" },
  diff: { words: 0 },
  expand: { words: 0, values: "t" },
  fold: { words: 0, values: "w" },
  gunzip: { words: 0 },
  gzip: { words: 0 },
  md5sum: { words: 0 },
  nl: { words: 0, values: "bnwsv" },
  od: { words: 0, values: "AjNtw" },
  paste: { words: 0, values: "d" },
  rev: { words: 0 },
  sed: { words: 1, values: "ef", instead: "ef" },
  sha1sum: { words: 0 },
  sha256sum: { words: 0 },
  split: { words: 0, values: "abl" },
  strings: { words: 0, values: "n" },
  tac: { words: 0 },
  tr: { words: 2 },
  unexpand: { words: 0, values: "t" },
  wc: { words: 0 },
  zcat: { words: 0 },
};

/** just-bash guards against scripts that never end; here the container's owner decides. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/**
 * A command of just-bash: it reads all of its input, then prints all of its output. `wording` changes what it says on stderr
 * into what the image's own command says.
 */
export const textCommand = (name: string, wording: (text: string) => string = (text) => text): Program =>
  command(async (context, args) => {
    const { Bash } = await import("just-bash");
    const bash = new Bash({
      fs: new JustBashFiles(context.files),
      cwd: context.workingDir,
      defenseInDepth: false,
      executionLimits: { maxAwkIterations: NO_LIMIT, maxSedIterations: NO_LIMIT, maxExecutionTimeMs: NO_LIMIT },
    });
    const stdin = readsInput(name, args) ? await readBody(context.stdin) : Buffer.alloc(0);
    const result = await bash.exec(name, {
      args: [...args],
      env: { ...context.env, PWD: context.workingDir },
      replaceEnv: true,
      cwd: context.workingDir,
      stdin: stdin.toString("latin1"),
      stdinKind: "bytes",
    });
    const bytes = result.stdoutKind === "bytes" || result.stdoutEncoding === "binary";
    context.stdout(Buffer.from(result.stdout, bytes ? "latin1" : "utf8"));
    context.stderr(
      wording(result.stderr.replace(/^bash: /gm, "").replace(/: (E[A-Z]+): .*$/gm, (_, code) => `: ${fileProblem({ code })}`)),
    );
    await context.drained();
    return result.exitCode;
  });

/** Whether a filter has no files to read. */
function readsInput(name: string, args: readonly string[]): boolean {
  const usage = FILTERS[name];
  if (!usage) return false;
  let { words } = usage;
  const operands: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    if (arg === "--") {
      operands.push(...args.slice(index + 1));
      break;
    }
    if (!/^-./.test(arg) || arg.startsWith("--")) {
      if (!arg.startsWith("--")) operands.push(arg);
      continue;
    }
    const letters = Array.from(arg.slice(1));
    const at = letters.findIndex((letter) => usage.values?.includes(letter));
    if (letters.some((letter) => usage.instead?.includes(letter))) words = 0;
    if (at >= 0 && at === letters.length - 1) index++;
  }
  const files = operands.slice(words);
  return files.length === 0 || files.includes("-");
}
