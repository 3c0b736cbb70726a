import type { Family, Labels, Sample } from "./exposition.ts";

/** A count for each combination of labels that was met. */
export class Counters {
  readonly #about: Pick<Family, "name" | "help">;
  readonly #counts = new Map<string, { labels: Labels; value: number }>();

  constructor(name: string, help: string) {
    this.#about = { name, help };
  }

  /** `labels` in the order they are written in: by name. */
  add(labels: Labels, by = 1): void {
    const key = Object.values(labels).join("\0");
    const found = this.#counts.get(key);
    if (found) found.value += by;
    else this.#counts.set(key, { labels, value: by });
  }

  /** All counts, or those whose labels pass. */
  family(wanted: (labels: Labels) => boolean = () => true): Family {
    return { ...this.#about, type: "counter", samples: byKey(this.#counts).filter(({ labels }) => wanted(labels)) };
  }
}

/** Durations, or sizes, sorted into buckets, for each combination of labels. */
export class Histograms {
  readonly #about: Pick<Family, "name" | "help">;
  readonly #bounds: readonly number[];
  readonly #seen = new Map<string, { labels: Labels; counts: number[]; sum: number }>();

  /** `bounds` ascend; what is above the last goes to +Inf. */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.#about = { name, help };
    this.#bounds = bounds;
  }

  observe(labels: Labels, value: number): void {
    const key = Object.values(labels).join("\0");
    let found = this.#seen.get(key);
    if (!found) this.#seen.set(key, (found = { labels, counts: Array(this.#bounds.length + 1).fill(0) as number[], sum: 0 }));
    let bucket = 0;
    while (bucket < this.#bounds.length && value > this.#bounds[bucket]!) bucket++;
    found.counts[bucket]!++;
    found.sum += value;
  }

  family(): Family {
    return { ...this.#about, type: "histogram", samples: byKey(this.#seen).flatMap((one) => this.#samples(one)) };
  }

  #samples({ labels, counts, sum }: { labels: Labels; counts: readonly number[]; sum: number }): Sample[] {
    let count = 0;
    const buckets = counts.map((own, index): Sample => {
      const bound = this.#bounds[index];
      return {
        suffix: "_bucket",
        labels: { ...labels, le: bound === undefined ? "+Inf" : String(bound) },
        value: (count += own),
      };
    });
    return [...buckets, { suffix: "_sum", labels, value: sum }, { suffix: "_count", labels, value: count }];
  }
}

/** Go's client writes a family's series in the order of their label values, which the keys have. */
const byKey = <Value>(map: ReadonlyMap<string, Value>): Value[] =>
  [...map].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
