/** Letters and digits of Kubernetes' generated names (k8s.io/apimachinery/pkg/util/rand): no vowels, no look-alikes. */
const NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** The only source of chance in the simulator: two runs from one seed draw the same values. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number in [0, 1). Mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number in [0, limit). */
  integer(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** What generateName appends: five letters unless told. */
  suffix(length = 5): string {
    return Array.from({ length }, () => NAME_LETTERS[this.integer(NAME_LETTERS.length)]).join("");
  }

  /** Lower-case hexadecimal digits. */
  hex(length: number): string {
    return Array.from({ length }, () => this.integer(16).toString(16)).join("");
  }

  /** A version 4 UUID. */
  uuid(): string {
    const variant = "89ab"[this.integer(4)];
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${variant}${this.hex(3)}-${this.hex(12)}`;
  }
}
