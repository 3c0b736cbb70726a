import type { Clock } from "../system/clock.ts";
import type { Theme } from "./theme.ts";

export interface StatusOptions {
  stderr: NodeJS.WritableStream & { isTTY?: boolean };
  clock: Clock;
  theme: Theme;
}

/** Milliseconds somebody may be left without a sign. */
const PATIENCE = 300;

/** Does the work; when it takes longer than a moment, says so: a spinner on a terminal, a line elsewhere. Nothing is left of the spinner. */
export async function during<T>(what: string, options: StatusOptions, work: () => Promise<T>): Promise<T> {
  const done = new AbortController();
  const sign = options.clock.sleep(PATIENCE, done.signal).then(
    () => show(what, options),
    () => () => {},
  );
  try {
    return await work();
  } finally {
    done.abort();
    (await sign)();
  }
}

/** Gives what takes the sign away. */
async function show(what: string, { stderr, theme }: StatusOptions): Promise<() => void> {
  if (stderr.isTTY !== true) {
    stderr.write(`${what} …\n`);
    return () => {};
  }
  const { default: ora } = await import("ora");
  const spinner = ora({ text: theme.faint(what), stream: stderr, discardStdin: false }).start();
  return () => void spinner.stop();
}
