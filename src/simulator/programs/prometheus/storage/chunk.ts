import type { Point } from "../promql/values.ts";

/** Samples of a chunk, as upstream's head cuts them. */
const FULL = 120;
const FIRST_CAPACITY = 4;

/** Prometheus' staleness marker, the one NaN with these bits, low word first (model/value/value.go). */
const STALE = [2, 0x7ff00000] as const;

/**
 * Samples of one series in order: times as distances from the first, values as they are. A full one is packed: values that are all
 * equal become one, values that 32 bits hold are kept in so many, and times are shared with the chunk packed before.
 */
export class Chunk {
  readonly start: number;
  #offsets = new Uint32Array(FIRST_CAPACITY);
  #values: Float64Array | Float32Array = new Float64Array(FIRST_CAPACITY);
  #count = 0;

  constructor(start: number) {
    this.start = start;
  }

  get end(): number {
    return this.start + this.#offsets[this.#count - 1]!;
  }

  get full(): boolean {
    return this.#count === FULL;
  }

  /** The value of a time later than all others; undefined marks the series as stale. */
  append(at: number, value: number | undefined): void {
    if (this.#count === this.#values.length) this.#grow();
    this.#offsets[this.#count] = at - this.start;
    if (value === undefined) words(this.#values as Float64Array, this.#count).set(STALE);
    else this.#values[this.#count] = value;
    this.#count++;
    if (this.full) this.#pack();
  }

  /** How many samples lie at or before a time. */
  countUntil(at: number): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.start + this.#offsets[middle]! <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Undefined: the series was stale then. */
  point(index: number): Point | undefined {
    const value = this.#values.length === 1 ? this.#values[0]! : this.#values[index]!;
    if (Number.isNaN(value) && words(this.#values as Float64Array, index)[0] === STALE[0]) return undefined;
    return { at: this.start + this.#offsets[index]!, value };
  }

  #grow(): void {
    const capacity = Math.min(FULL, this.#count * 2);
    const [offsets, values] = [new Uint32Array(capacity), new Float64Array(capacity)];
    offsets.set(this.#offsets);
    // Values are copied as bits: a NaN's may change when it is read as a number.
    new Uint32Array(values.buffer).set(new Uint32Array(this.#values.buffer));
    [this.#offsets, this.#values] = [offsets, values];
  }

  #pack(): void {
    this.#offsets = shared(this.#offsets);
    const values = this.#values;
    const first = values[0]!;
    if (values.every((value) => Object.is(value, first)) && !Number.isNaN(first)) this.#values = Float64Array.of(first);
    else if (values.every((value) => Object.is(Math.fround(value), value) && !Number.isNaN(value)))
      this.#values = Float32Array.from(values);
  }
}

let lastPacked = new Uint32Array();

/** Series of one target are full at the same scrape, with the same times: they are kept once. */
function shared(offsets: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  if (offsets.length !== lastPacked.length || offsets.some((offset, index) => offset !== lastPacked[index])) lastPacked = offsets;
  return lastPacked;
}

const words = (values: Float64Array, index: number) => new Uint32Array(values.buffer, values.byteOffset + index * 8, 2);
