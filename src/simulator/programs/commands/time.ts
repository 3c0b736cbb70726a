import { sleep } from "../../clock.ts";
import type { Program } from "../program.ts";
import { signalNamed } from "../signals.ts";
import { usage } from "./net-problem.ts";
import { command, fileProblem, pathOf } from "./command.ts";

const UNITS: Record<string, number> = { "": 1, s: 1, m: 60, h: 3_600, d: 86_400 };

/** Commands about time, which is the cluster's. */
export const timeCommands: Record<string, Program> = {
  sleep: command(async (context, args) => {
    if (args.length === 0) {
      const purpose =
        "Pause for a time equal to the total of the args given, where each arg can\nhave an optional suffix of (s)econds, (m)inutes, (h)ours, or (d)ays";
      return usage(context, "sleep [N]...", purpose);
    }
    const seconds = args.map(duration);
    const wrong = args[seconds.indexOf(undefined)];
    if (wrong !== undefined) {
      context.stderr(`sleep: invalid number '${wrong}'\n`);
      return 1;
    }
    const total = (seconds as number[]).reduce((sum, one) => sum + one, 0);
    if (total === Number.POSITIVE_INFINITY) return new Promise(() => {});
    await sleep(context.clock, total * 1000);
    return 0;
  }),

  date: command(async (context, args) => {
    const at = option(args, "d");
    const format = args.find((arg) => arg.startsWith("+"));
    const now =
      at === undefined
        ? context.clock.now()
        : at.startsWith("@")
          ? Number(at.slice(1)) * 1000
          : Date.parse(`${at.replace(" ", "T")}Z`);
    if (Number.isNaN(now)) {
      context.stderr(`date: invalid date '${at}'\n`);
      return 1;
    }
    const iso = args.some((arg) => arg.startsWith("-I"));
    context.stdout(
      `${formatDate(now, format?.slice(1) ?? (iso ? "%Y-%m-%d" : args.includes("-R") ? "%a, %d %b %Y %T +0000" : "%a %b %e %T UTC %Y"))}\n`,
    );
    return 0;
  }),

  uptime: command(async (context) => {
    const main = context.processes.list()[0]?.startedAt ?? context.clock.now();
    const minutes = Math.floor((context.clock.now() - main) / 60_000);
    context.stdout(` ${formatDate(context.clock.now(), "%T")} up ${minutes} min,  0 users,  load average: 0.08, 0.03, 0.01\n`);
    return 0;
  }),

  touch: command(async (context, args) => {
    let status = 0;
    for (const name of args.filter((arg) => !arg.startsWith("-"))) {
      const path = pathOf(name, context);
      try {
        if (!(await context.files.exists(path))) {
          if (!args.includes("-c")) await context.files.write(path, "");
        } else await context.files.setTime(path, context.clock.now());
      } catch (error) {
        context.stderr(`touch: ${name}: ${fileProblem(error)}\n`);
        status = 1;
      }
    }
    return status;
  }),

  timeout: command(async (context, args) => {
    const rest = [...args];
    let signal = "TERM";
    while (rest[0]?.startsWith("-")) {
      const one = rest.shift()!;
      if (one.startsWith("-s")) signal = one.slice(2) || (rest.shift() ?? signal);
      else if (one.startsWith("-k")) rest.shift();
    }
    const [limit = "", ...argv] = rest;
    const { processes, env, workingDir } = context;
    const child = processes.spawn(argv, { ...processes.inherited, env, workingDir });
    let late = false;
    const timer = context.clock.setTimeout(
      () => {
        late = true;
        processes.kill(child.pid, signalNamed(signal) ?? "SIGTERM");
      },
      (duration(limit) ?? 0) * 1000,
    );
    const status = await child.exited;
    timer.cancel();
    return late ? 143 : status;
  }),
};

function duration(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d*)?|\.\d+|inf(?:inity)?)([smhd]?)$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  return (number.startsWith("inf") ? Number.POSITIVE_INFINITY : Number(number)) * UNITS[unit]!;
}

function option(args: readonly string[], letter: string): string | undefined {
  const index = args.findIndex((arg) => arg.startsWith(`-${letter}`));
  return index < 0 ? undefined : args[index]!.slice(2) || args[index + 1];
}

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = "January February March April May June July August September October November December".split(" ");

/** strftime in UTC. */
function formatDate(ms: number, format: string): string {
  const date = new Date(ms);
  const two = (value: number, fill = "0") => String(value).padStart(2, fill);
  const [hours, minutes, seconds] = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  const [day, month, year] = [date.getUTCDate(), date.getUTCMonth(), date.getUTCFullYear()];
  const parts: Record<string, () => string> = {
    a: () => DAYS[date.getUTCDay()]!.slice(0, 3),
    A: () => DAYS[date.getUTCDay()]!,
    b: () => MONTHS[month]!.slice(0, 3),
    B: () => MONTHS[month]!,
    d: () => two(day),
    D: () => `${two(month + 1)}/${two(day)}/${two(year % 100)}`,
    e: () => two(day, " "),
    F: () => `${year}-${two(month + 1)}-${two(day)}`,
    H: () => two(hours),
    I: () => two(hours % 12 || 12),
    j: () => String(Math.floor((ms - Date.UTC(year, 0, 1)) / 86_400_000) + 1).padStart(3, "0"),
    m: () => two(month + 1),
    M: () => two(minutes),
    n: () => "\n",
    N: () =>
      String(ms % 1000)
        .padStart(3, "0")
        .padEnd(9, "0"),
    p: () => (hours < 12 ? "AM" : "PM"),
    R: () => `${two(hours)}:${two(minutes)}`,
    s: () => String(Math.floor(ms / 1000)),
    S: () => two(seconds),
    t: () => "\t",
    T: () => `${two(hours)}:${two(minutes)}:${two(seconds)}`,
    u: () => String(date.getUTCDay() || 7),
    w: () => String(date.getUTCDay()),
    y: () => two(year % 100),
    Y: () => String(year),
    z: () => "+0000",
    Z: () => "UTC",
    "%": () => "%",
  };
  return format.replace(/%[-_0^]?([a-zA-Z%])/g, (whole, letter: string) => parts[letter]?.() ?? whole);
}
