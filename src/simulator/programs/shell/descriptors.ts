import type { ContainerFiles, Input, Sink } from "../program.ts";
import { BytePipe, noInput } from "../byte-pipe.ts";
import { ShellFault } from "./control.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Redirection, WordNode } from "./syntax.ts";

/** An open file of the shell: what can be read from it, or written to it. */
export interface Descriptor {
  input?: Input;
  sink?: Sink;
  isTerminal?: boolean;
}

export type Descriptors = ReadonlyMap<number, Descriptor>;

/** The descriptors as redirections change them. Throws a ShellFault in ash's words. */
export async function redirect(
  redirections: readonly Redirection[],
  before: Descriptors,
  shell: Evaluation,
  files: ContainerFiles,
): Promise<Descriptors> {
  if (redirections.length === 0) return before;
  const after = new Map(before);
  for (const redirection of redirections) {
    const { operator, target } = redirection;
    if (target.type === "HereDoc") {
      const text = await shell.text(target.stripTabs ? withoutTabs(target.content) : target.content);
      after.set(redirection.fd ?? 0, { input: textInput(text) });
      continue;
    }
    if (operator === "<<<") {
      after.set(redirection.fd ?? 0, { input: textInput(`${await shell.text(target)}\n`) });
      continue;
    }
    const name = await shell.text(target);
    if (operator === ">&" || operator === "<&") {
      const fd = redirection.fd ?? (operator === ">&" ? 1 : 0);
      if (name === "-") after.delete(fd);
      else if (/^\d+$/.test(name)) {
        const source = after.get(Number(name));
        if (!source) throw new ShellFault(`${name}: Bad file descriptor`, 1);
        after.set(fd, source);
      } else {
        // bash' `>& file`: both outputs.
        const both = await openFile(name, ">", after, shell, files);
        after.set(1, both).set(2, both);
      }
      continue;
    }
    const opened = await openFile(name, operator, after, shell, files);
    if (operator === "&>" || operator === "&>>") after.set(1, opened).set(2, opened);
    else after.set(redirection.fd ?? (operator === "<" || operator === "<>" ? 0 : 1), opened);
  }
  return after;
}

/** `<<-`: the tabs at the beginning of lines go, before anything is expanded. */
function withoutTabs(word: WordNode): WordNode {
  let atStart = true;
  const parts = word.parts.map((part) => {
    const begins = atStart;
    atStart = part.type === "Literal" && part.value.endsWith("\n");
    return part.type === "Literal" ? { ...part, value: part.value.replace(begins ? /(^|\n)\t+/g : /(\n)\t+/g, "$1") } : part;
  });
  return { ...word, parts };
}

async function openFile(
  name: string,
  operator: Redirection["operator"],
  open: Descriptors,
  shell: Evaluation,
  files: ContainerFiles,
): Promise<Descriptor> {
  const fd =
    { "/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2 }[name] ??
    Number(/^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(name)?.[1] ?? -1);
  const inherited = open.get(fd);
  if (inherited) return inherited;
  if (name === "/dev/tty") return { ...open.get(2), ...(open.get(0)?.input && { input: open.get(0)!.input! }) };
  const path = name.startsWith("/") ? name : `${shell.state.workingDir}/${name}`;
  const reading = operator === "<" || operator === "<>";
  try {
    if (reading) return { input: await fileInput(path, files) };
    const stat = await files.stat(path);
    if (operator === ">" && shell.state.options.has("C") && stat?.kind === "file")
      throw Object.assign(new Error(), { code: "EEXIST" });
    if (stat?.kind !== "device") await (operator === ">>" || operator === "&>>" ? files.append(path, "") : files.write(path, ""));
    return { sink: (chunk) => files.append(path, chunk) };
  } catch (error) {
    throw new ShellFault(openFailure(name, (error as { code?: string }).code, reading, shell), 1);
  }
}

const REASONS: Record<string, string> = {
  EACCES: "Permission denied",
  EISDIR: "Is a directory",
  EROFS: "Read-only file system",
  EEXIST: "File exists",
  ENOTDIR: "Not a directory",
};

function openFailure(name: string, code = "", reading: boolean, { state }: Evaluation): string {
  if (state.dialect === "bash") return `${name}: ${REASONS[code] ?? "No such file or directory"}`;
  const missing = reading
    ? { ash: "no such file", dash: "No such file" }[state.dialect]
    : { ash: "nonexistent directory", dash: "Directory nonexistent" }[state.dialect];
  const verb = { ash: "can't", dash: "cannot" }[state.dialect];
  return `${verb} ${reading ? "open" : "create"} ${name}: ${REASONS[code] ?? missing}`;
}

/** A file's bytes, or a device's without an end. */
export async function fileInput(path: string, files: ContainerFiles): Promise<Input> {
  const stat = await files.stat(path);
  if (stat?.kind === "folder") throw Object.assign(new Error("read error: Is a directory"), { code: "EISDIR" });
  if (stat?.kind === "device") {
    const first = await files.read(path);
    return first.byteLength ? { ...noInput, read: () => files.read(path) } : noInput;
  }
  return bytesInput(await files.read(path));
}

const textInput = (text: string): Input => bytesInput(Buffer.from(text));

function bytesInput(bytes: Uint8Array): Input {
  const pipe = new BytePipe();
  pipe.unread(bytes);
  pipe.end();
  return pipe;
}

export interface Line {
  text: string;
  /** Ended by a newline, not by the end of the input. */
  complete: boolean;
}

/** One line, leaving what follows to the next reader. Undefined: the end. */
export async function readLine(input: Input, reader?: AbortSignal): Promise<Line | undefined> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = await input.read(reader);
    if (!chunk) return chunks.length ? { text: Buffer.concat(chunks).toString(), complete: false } : undefined;
    const end = chunk.indexOf(10);
    if (end < 0) {
      chunks.push(chunk);
      continue;
    }
    input.unread(chunk.subarray(end + 1));
    return { text: Buffer.concat([...chunks, chunk.subarray(0, end)]).toString(), complete: true };
  }
}
