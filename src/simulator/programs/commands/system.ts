import { hostsEntries } from "../../network/resolv-conf.ts";
import type { Program, ProgramContext } from "../program.ts";
import { signalNamed } from "../signals.ts";
import { builtinCommand } from "../shell/builtin-command.ts";
import { findCommand } from "../shell/find-command.ts";
import { command } from "./command.ts";

/** Commands about the container itself. */
export const systemCommands: Record<string, Program> = {
  env: command(async (context, args) => {
    const rest = [...args];
    const env: Record<string, string> = rest[0] === "-i" || rest[0] === "-" ? (rest.shift(), {}) : { ...context.env };
    while (rest[0] === "-u") {
      delete env[rest[1] ?? ""];
      rest.splice(0, 2);
    }
    while (rest[0]?.includes("=")) {
      const [name, value] = rest.shift()!.split(/=(.*)/s) as [string, string];
      env[name] = value;
    }
    if (rest.length) return execute(context, rest, env);
    context.stdout(
      Object.entries(env)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
    );
    return 0;
  }),

  printenv: command(async (context, names) => {
    if (names.length === 0) {
      context.stdout(
        Object.entries(context.env)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(""),
      );
      return 0;
    }
    const values = names.map((name) => context.env[name]);
    context.stdout(values.flatMap((value) => (value === undefined ? [] : [`${value}\n`])).join(""));
    return values.includes(undefined) ? 1 : 0;
  }),

  hostname: command(async (context, [option]) => {
    if (option === "-i") context.stdout(`${context.host.ip}\n`);
    else if (option === "-f") context.stdout(`${await fullHostname(context)}\n`);
    else if (option === "-d") context.stdout(`${(await fullHostname(context)).split(".").slice(1).join(".")}\n`);
    else context.stdout(`${context.hostname}\n`);
    return 0;
  }),

  uname: command(async (context, args) => {
    const machine = { s: "Linux", n: context.hostname, r: "6.1.0", v: "#1 SMP PREEMPT_DYNAMIC", m: "x86_64", o: "GNU/Linux" };
    const letters = args.flatMap((arg) => (arg === "-a" ? [..."snrvmo"] : [...arg.replace("-", "")]));
    const chosen = Object.entries(machine).filter(([letter]) => (letters.length ? letters : ["s"]).includes(letter));
    context.stdout(`${chosen.map(([, text]) => text).join(" ")}\n`);
    return 0;
  }),

  id: command(async (context, [option]) => {
    const { uid, gid } = context.user;
    const named = (id: number) => (id === 0 ? "0(root)" : String(id));
    if (option?.includes("n")) return whoami(context);
    const texts: Record<string, string> = { "-u": String(uid), "-g": String(gid), "-G": String(gid) };
    context.stdout(`${texts[option ?? ""] ?? `uid=${named(uid)} gid=${named(gid)} groups=${named(gid)}`}\n`);
    return 0;
  }),

  whoami: command(whoami),

  ps: command(async (context) => {
    const rows = context.processes.list().map(({ pid, argv, startedAt }) => {
      const minutes = Math.floor((context.clock.now() - startedAt) / 60_000);
      const time = `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
      return `${String(pid).padStart(5)} root      ${time.padStart(4)} ${argv.join(" ")}\n`;
    });
    context.stdout(`PID   USER     TIME  COMMAND\n${rows.join("")}`);
    return 0;
  }),

  nproc: command(async ({ stdout }) => {
    stdout("4\n");
    return 0;
  }),

  which: command(async (context, names) => {
    let status = 0;
    for (const name of names) {
      const path = await findCommand(name, context.env["PATH"] ?? "", context.workingDir, context.files);
      if (path) context.stdout(`${path}\n`);
      else status = 1;
    }
    return status;
  }),

  nohup: command((context, args) => execute(context, args, context.env)),

  pidof: command(async (context, [name = ""]) => {
    const found = context.processes.list().filter(({ argv }) => argv[0]?.split("/").at(-1) === name);
    if (found.length) context.stdout(`${found.map(({ pid }) => pid).join(" ")}\n`);
    return found.length ? 0 : 1;
  }),

  killall: command(async (context, args) => {
    const signal = signalNamed(args.find((arg) => arg.startsWith("-"))?.slice(1) ?? "TERM") ?? "SIGTERM";
    let status = 0;
    for (const name of args.filter((arg) => !arg.startsWith("-"))) {
      const found = context.processes
        .list()
        .filter(({ argv, pid }) => argv[0]?.split("/").at(-1) === name && pid !== context.processes.pid);
      for (const { pid } of found) context.processes.kill(pid, signal);
      if (found.length) continue;
      context.stderr(`killall: ${name}: no process killed\n`);
      status = 1;
    }
    return status;
  }),

  xargs: command(async (context, args) => {
    const rest = [...args];
    let perCall = Number.POSITIVE_INFINITY;
    let replace: string | undefined;
    let separator = /\s+/;
    while (rest[0]?.startsWith("-")) {
      const option = rest.shift()!;
      const value = () => option.slice(2) || (rest.shift() ?? "");
      if (option.startsWith("-n")) perCall = Number(value());
      else if (option.startsWith("-I")) replace = value();
      else if (option === "-0") separator = /\0/;
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of context.stdin) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const items = text.split(replace === undefined ? separator : /\n/).filter(Boolean);
    const argv = rest.length ? rest : ["echo"];
    const calls =
      replace === undefined
        ? items.length
          ? Array.from({ length: Math.ceil(items.length / perCall) || 1 }, (_, index) => [
              ...argv,
              ...items.slice(index * perCall || 0, (index + 1) * perCall),
            ])
          : [argv]
        : items.map((item) => argv.map((arg) => arg.replaceAll(replace, item)));
    let status = 0;
    for (const call of calls) if ((await execute(context, call, context.env)) !== 0) status = 123;
    return status;
  }),

  ...Object.fromEntries(
    ["echo", "false", "kill", "printf", "pwd", "test", "true", "["].map((name) => [name, builtinCommand(name)]),
  ),
};

async function whoami({ user, stdout, stderr }: ProgramContext): Promise<number> {
  if (user.uid === 0) stdout("root\n");
  else stderr(`whoami: unknown uid ${user.uid}\n`);
  return user.uid === 0 ? 0 : 1;
}

/** Runs a command with this one's streams. */
async function execute(context: ProgramContext, argv: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const { processes, workingDir } = context;
  try {
    return await processes.spawn(argv, { ...processes.inherited, env, workingDir }).exited;
  } catch {
    context.stderr(`${context.argv[0]}: can't execute '${argv[0]}': No such file or directory\n`);
    return 127;
  }
}

/** The hosts file's first name for the pod's address. */
async function fullHostname({ files, host, hostname }: ProgramContext): Promise<string> {
  const entries = hostsEntries(String(await files.read("/etc/hosts")));
  return entries.find(({ ip }) => ip === host.ip)?.names[0] ?? hostname;
}
