import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a command replays: `kind create`, `docker ps`… A `script` is a shell's, run after the words are said. */
export interface Reply {
  code?: number;
  stdout?: string;
  stderr?: string;
  script?: string;
}

/** Programs named `kind` and `docker` that say what the real ones said once, and write down what they were asked. */
export interface RecordedKind extends AsyncDisposable {
  folder: string;
  /** For PATH: nothing but these two is in it. */
  bin: string;
  /** From now on. A command that has no reply says nothing and ends well. */
  reply(replies: Readonly<Record<string, Reply>>): Promise<void>;
  /** One line for each call, its arguments parted by spaces. */
  calls(): Promise<string[]>;
  /** What the last `kind create` was given. */
  input(): Promise<string>;
  without(program: "kind" | "docker"): Promise<void>;
}

export async function recordedKind(replies: Readonly<Record<string, Reply>> = {}): Promise<RecordedKind> {
  const folder = await mkdtemp(join(tmpdir(), "recorded-kind-"));
  const [bin, said] = [join(folder, "bin"), join(folder, "said")];
  await Promise.all([mkdir(bin), mkdir(said)]);
  for (const program of ["kind", "docker"]) {
    const reply = `'${said}/${program}-'"$1"`;
    await writeFile(
      join(bin, program),
      `#!/bin/sh
echo "${program} $*" >> '${folder}/calls'
[ "$1" = create ] && /bin/cat > '${folder}/input'
[ -f ${reply}.out ] && /bin/cat ${reply}.out
[ -f ${reply}.err ] && /bin/cat ${reply}.err >&2
[ -f ${reply}.sh ] && . ${reply}.sh
[ -f ${reply}.code ] && exit "$(/bin/cat ${reply}.code)"
exit 0
`,
    );
    await chmod(join(bin, program), 0o755);
  }
  const recorded: RecordedKind = {
    folder,
    bin,
    async reply(more) {
      for (const [command, { code, stdout, stderr, script }] of Object.entries(more)) {
        const file = join(said, command.replace(" ", "-"));
        await writeFile(`${file}.out`, stdout ?? "");
        await writeFile(`${file}.err`, stderr ?? "");
        await writeFile(`${file}.sh`, script ?? "");
        await writeFile(`${file}.code`, String(code ?? 0));
      }
    },
    calls: async () => (await readFile(join(folder, "calls"), "utf8").catch(() => "")).split("\n").filter(Boolean),
    input: () => readFile(join(folder, "input"), "utf8"),
    without: (program) => rm(join(bin, program)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
  await recorded.reply({
    "docker info": { stdout: JSON.stringify({ ServerVersion: "28.5.2", CgroupVersion: "2", MemTotal: 8 * 1024 ** 3 }) },
    "kind version": { stdout: "kind v0.33.0 go1.27.2 linux/amd64\n" },
    ...replies,
  });
  return recorded;
}
