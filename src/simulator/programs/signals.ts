/** The signals a container's processes know, by Linux' numbers. */
export const SIGNALS = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
} as const;

export type Signal = keyof typeof SIGNALS;

/** `TERM`, `sigterm`, `15`: the signal they name. */
export function signalNamed(name: string): Signal | undefined {
  const upper = name.toUpperCase();
  return (Object.keys(SIGNALS) as Signal[]).find(
    (signal) => signal === upper || signal === `SIG${upper}` || String(SIGNALS[signal]) === name,
  );
}

/** What a shell reports of a process that a signal ended. */
export const signalStatus = (signal: Signal): number => 128 + SIGNALS[signal];
