/** One reading of a counter of CPU and of memory. Times in ms. */
interface Point {
  at: number;
  cpuSeconds: number;
  memoryBytes: number;
}

/** What somebody used between two readings: billionths of a CPU, bytes. */
export interface Usage {
  at: number;
  window: number;
  nanoCores: number;
  memoryBytes: number;
}

/** A container's name, its pod's, its namespace's; a node has its name alone. */
export const readingKey = (...names: readonly string[]): string => names.join("/");

/** The last two readings of each node and container (sigs.k8s.io/metrics-server pkg/storage). */
export class Readings {
  #points = new Map<string, readonly Point[]>();

  /** Takes a kubelet's `/metrics/resource`; what it tells no more of is forgotten with the next `forget`. */
  take(node: string, text: string): void {
    for (const [key, point] of pointsOf(node, text)) {
      const last = this.#points.get(key)?.at(-1);
      // A container that was started again counts anew.
      const before = last && last.at < point.at && last.cpuSeconds <= point.cpuSeconds ? [last] : [];
      this.#points.set(key, [...before, point]);
    }
  }

  /** Drops what was not read since then. */
  forget(before: number): void {
    this.#points = new Map([...this.#points].filter(([, points]) => (points.at(-1)?.at ?? 0) >= before));
  }

  get ready(): boolean {
    return [...this.#points].some(([key, points]) => !key.includes("/") && points.length > 1);
  }

  /** Undefined until there are two readings. */
  usage(key: string): Usage | undefined {
    const [first, last] = this.#points.get(key) ?? [];
    if (!first || !last) return undefined;
    const window = last.at - first.at;
    const nanoCores = Math.round(((last.cpuSeconds - first.cpuSeconds) / window) * 1e12);
    return { at: last.at, window, nanoCores, memoryBytes: last.memoryBytes };
  }
}

const LINE = /^(container|node)_(cpu_usage_seconds_total|memory_working_set_bytes)(?:\{([^}]*)\})? (\S+) (\d+)$/gm;

function pointsOf(node: string, text: string): Map<string, Point> {
  const points = new Map<string, Point>();
  for (const [, what, figure, labels = "", value, at] of text.matchAll(LINE)) {
    const label = (name: string) => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? "";
    const key = what === "node" ? node : readingKey(label("namespace"), label("pod"), label("container"));
    const point = points.get(key) ?? { at: Number(at), cpuSeconds: 0, memoryBytes: 0 };
    if (figure!.startsWith("cpu")) point.cpuSeconds = Number(value);
    else point.memoryBytes = Number(value);
    points.set(key, point);
  }
  return points;
}
