import type { Signal } from "../signals.ts";

/** The signals a shell has been sent, and that wait for their traps to run. */
export class SignalInbox {
  /** ^C has come: the command line is to be given up. */
  interrupted = false;
  /** Called at ^C, for a shell that waits for a line. */
  onInterrupt: (() => void) | undefined;
  readonly #traps: ReadonlyMap<string, string>;
  readonly #interactive: boolean;
  readonly #arrived: Signal[] = [];
  #wake: (() => void) | undefined;

  constructor(traps: ReadonlyMap<string, string>, interactive: boolean) {
    this.#traps = traps;
    this.#interactive = interactive;
  }

  /** False: the kernel does what it does by default. */
  hear(signal: Signal): boolean {
    const trap = this.#traps.get(signal);
    if (trap === "") return true;
    if (trap !== undefined) {
      this.#arrived.push(signal);
      this.#wake?.();
      return true;
    }
    if (!this.#interactive) return false;
    if (signal === "SIGINT") {
      this.interrupted = true;
      this.onInterrupt?.();
    }
    return signal === "SIGINT" || signal === "SIGTERM" || signal === "SIGQUIT";
  }

  /** The signal whose trap is next. */
  first(): Signal | undefined {
    return this.#arrived[0];
  }

  take(): Signal | undefined {
    return this.#arrived.shift();
  }

  /** Resolves when there is a signal. */
  arrival(): Promise<void> {
    return this.#arrived.length ? Promise.resolve() : new Promise((resolve) => (this.#wake = resolve));
  }
}
