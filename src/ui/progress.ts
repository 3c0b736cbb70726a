import { canSpin, type StatusOptions } from "./status.ts";

/** Told how many bytes there are, and of how many, as far as that is known. */
export type OnProgress = (done: number, of: number | undefined) => void;

/** A line without a terminal comes at each quarter. */
const QUARTER = 25;

/** Does the work and says how far it is: a spinner with a percentage on a terminal, a few lines elsewhere. */
export async function withProgress<T>(
  what: string,
  options: Pick<StatusOptions, "stderr" | "theme">,
  work: (onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  const { say, end } = await openSign(what, options);
  try {
    return await work((done, of) => say(of === undefined ? undefined : Math.floor((done / of) * 100), megabytes(done, of)));
  } finally {
    end();
  }
}

interface Sign {
  say(percent: number | undefined, size: string): void;
  end(): void;
}

async function openSign(what: string, { stderr, theme }: Pick<StatusOptions, "stderr" | "theme">): Promise<Sign> {
  if (!canSpin(stderr)) return lines(what, stderr);
  const { default: ora } = await import("ora");
  const spinner = ora({ text: theme.faint(what), stream: stderr, discardStdin: false }).start();
  return {
    say: (percent, size) => void (spinner.text = theme.faint([what, percentage(percent), size].filter(Boolean).join("  "))),
    end: () => void spinner.stop(),
  };
}

function lines(what: string, stderr: NodeJS.WritableStream): Sign {
  stderr.write(`${what} …\n`);
  let next = QUARTER;
  return {
    say(percent = 0, size) {
      if (percent < next) return;
      stderr.write(`  ${percentage(percent)}  ${size}\n`);
      next = (Math.floor(percent / QUARTER) + 1) * QUARTER;
    },
    end: () => {},
  };
}

const percentage = (percent: number | undefined): string => (percent === undefined ? "" : `${percent}%`);

/** `12.5/57.0 MB`. */
function megabytes(done: number, of: number | undefined): string {
  const figure = (bytes: number): string => (bytes / 1_000_000).toFixed(1);
  return `${[done, ...(of === undefined ? [] : [of])].map(figure).join("/")} MB`;
}
