import { SIGNALS, signalNamed, signalStatus } from "../signals.ts";
import type { Builtin } from "./builtins.ts";
import { ShellFault } from "./control.ts";
import type { Interpreter } from "./interpreter.ts";
import type { Job } from "./state.ts";

export const jobBuiltins: Record<string, Builtin> = {
  async trap(shell, args) {
    const { traps } = shell.state;
    if (args.length === 0) {
      const lines = [...traps].map(
        ([signal, text]) => `trap -- '${text.replaceAll("'", `'"'"'`)}' ${signal.replace(/^SIG/, "")}\n`,
      );
      await shell.write(1, lines.join(""));
      return 0;
    }
    const resets = args.length === 1 || args[0] === "-" || /^\d+$/.test(args[0]!);
    const [action, ...names] = resets ? ["-", ...(args[0] === "-" ? args.slice(1) : args)] : args;
    for (const name of names) {
      const signal = name === "0" || name.toUpperCase() === "EXIT" ? "EXIT" : signalNamed(name);
      if (!signal) throw new ShellFault(`trap: ${name}: invalid signal specification`, 1);
      if (action === "-") traps.delete(signal);
      else traps.set(signal, action!);
    }
    return 0;
  },
  async wait(shell, args) {
    const jobs = args.length ? args.map((arg) => findJob(shell, arg)) : shell.state.jobs;
    let status = 0;
    for (const job of jobs) {
      if (!job) {
        status = 127;
        continue;
      }
      shell.waits();
      const ended = await Promise.race([job.exited, shell.signals.arrival().then(() => undefined)]);
      if (ended === undefined) {
        const signal = shell.signals.first()!;
        await shell.runTraps();
        return signalStatus(signal);
      }
      if (args.length) status = ended;
    }
    shell.state.jobs = args.length ? shell.state.jobs.filter((job) => !jobs.includes(job)) : [];
    return status;
  },
  async kill(shell, args) {
    if (args[0] === "-l") {
      const lines = Object.entries(SIGNALS).map(([name, number]) => `${String(number).padStart(2)}) ${name.slice(3)}\n`);
      await shell.write(1, lines.join(""));
      return 0;
    }
    const named = /^-([A-Za-z0-9]+)$/.exec(args[0] ?? "")?.[1];
    const [name, targets] = named === "s" ? [args[1]!, args.slice(2)] : named ? [named, args.slice(1)] : ["TERM", args];
    const signal = signalNamed(name);
    if (!signal && name !== "0") throw new ShellFault(`kill: invalid signal '${name}'`, 1);
    if (targets.length === 0) throw new ShellFault("you need to specify whom to kill", 1);
    let status = 0;
    for (const target of targets) {
      const pid = target.startsWith("%") ? findJob(shell, target)?.pid : Number(target);
      const { processes } = shell.context;
      const alive = processes.list().some((one) => one.pid === pid);
      if (!alive) {
        await shell.complain(`can't kill pid ${target}: No such process`);
        status = 1;
      } else if (signal) processes.kill(pid!, signal);
    }
    return status;
  },
  async jobs(shell) {
    const lines = shell.state.jobs.map(
      ({ status, text }, index, all) =>
        `[${index + 1}]${index === all.length - 1 ? "+" : "-"}  ${(status === undefined ? "Running" : "Done").padEnd(23)} ${text}\n`,
    );
    await shell.write(1, lines.join(""));
    return 0;
  },
  async fg(shell, [name = "%%"]) {
    const job = findJob(shell, name);
    if (!job) throw new ShellFault(`fg: ${name}: no such job`, 1);
    await shell.write(1, `${job.text}\n`);
    return job.exited;
  },
};

/** `%1`, `%%`, or a process id. */
function findJob({ state }: Interpreter, name: string): Job | undefined {
  if (name === "%%" || name === "%+" || name === "%") return state.jobs.at(-1);
  return name.startsWith("%") ? state.jobs[Number(name.slice(1)) - 1] : state.jobs.find(({ pid }) => pid === Number(name));
}
