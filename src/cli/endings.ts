/** Work that may not be left where it stands when somebody presses Ctrl-C, since it cleans up after itself. */
export interface Endings {
  toTheEnd<T>(work: () => Promise<T>): Promise<T>;
  /** All of it is over, however it ended. */
  over(): Promise<void>;
}

export function openEndings(): Endings {
  const works = new Set<Promise<unknown>>();
  return {
    toTheEnd(work) {
      const running = work().finally(() => works.delete(running));
      works.add(running);
      return running;
    },
    over: async () => void (await Promise.allSettled(works)),
  };
}
