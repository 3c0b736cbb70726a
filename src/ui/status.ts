import type { Clock } from "../system/clock.ts";
import type { Theme } from "./theme.ts";

export interface StatusOptions {
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  clock: Clock;
  theme: Theme;
}

/** Whether a spinner can be drawn. Not on a terminal that tells no width: ora would count its lines without end. */
export const canSpin = ({ isTTY, columns }: StatusOptions["stderr"]): boolean => isTTY === true && columns !== 0;

/** Milliseconds somebody may be left without a sign. */
const PATIENCE = 300;

/** What somebody who waits sees. */
interface Sign {
  /** The work has come to its next step; the one before is done. */
  step(words: string): void;
  end(went: "well" | "wrong"): void;
}

/**
 * Does the work; when it takes longer than a moment, says so: a spinner on a terminal, a line elsewhere. Nothing is left of the spinner,
 * but of work that names its steps a line for each.
 */
export async function during<T>(
  what: string,
  options: StatusOptions,
  work: (step: (words: string) => void) => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  let sign: Promise<Sign> | undefined;
  const open = (): Promise<Sign> => (sign ??= openSign(what, options));
  const patience = options.clock.sleep(PATIENCE, done.signal).then(open, () => {});
  // One after another, since the spinner is loaded when it is first needed.
  let shown: Promise<unknown> = Promise.resolve();
  const step = (words: string): void => void (shown = shown.then(open).then((it) => it.step(words)));
  const finish = async (went: "well" | "wrong"): Promise<void> => {
    done.abort();
    await Promise.all([patience, shown]);
    (await sign)?.end(went);
  };
  try {
    const result = await work(step);
    await finish("well");
    return result;
  } catch (error) {
    await finish("wrong");
    throw error;
  }
}

async function openSign(what: string, { stderr, theme }: StatusOptions): Promise<Sign> {
  if (!canSpin(stderr)) {
    stderr.write(`${what} …\n`);
    return { step: (words) => void stderr.write(`  ${words} …\n`), end: () => {} };
  }
  const { default: ora } = await import("ora");
  const spinner = ora({ text: theme.faint(what), stream: stderr, discardStdin: false }).start();
  let current: string | undefined;
  const settle = (symbol: string): void => {
    if (current !== undefined) spinner.stopAndPersist({ symbol, text: current });
  };
  return {
    step(words) {
      settle(theme.good("✓"));
      current = words;
      spinner.start(theme.faint(words));
    },
    end(went) {
      settle(went === "well" ? theme.good("✓") : theme.bad("✗"));
      spinner.stop();
    },
  };
}
