/** Neumaier's sum, which loses no small addend beside a great one. The parts are kept apart, as upstream's results depend on it. */
export class KahanSum {
  sum: number;
  rest: number;

  constructor(sum = 0, rest = 0) {
    this.sum = sum;
    this.rest = rest;
  }

  add(value: number): void {
    const total = this.sum + value;
    if (!Number.isFinite(total) && !Number.isNaN(total)) this.rest = 0;
    else if (Math.abs(this.sum) >= Math.abs(value)) this.rest += this.sum - total + value;
    else this.rest += value - total + this.sum;
    this.sum = total;
  }

  get total(): number {
    return this.sum + this.rest;
  }
}

const isInfinite = (value: number) => value === Infinity || value === -Infinity;

/** The mean of at least one value; where their sum is too great for a number, by steps. */
export function mean(values: readonly number[]): number {
  let kahan = new KahanSum(values[0]!);
  let stepwise = false;
  for (let count = 2; count <= values.length; count++) {
    const value = values[count - 1]!;
    if (!stepwise) {
      const next = new KahanSum(kahan.sum, kahan.rest);
      next.add(value);
      if (!isInfinite(next.sum)) {
        kahan = next;
        continue;
      }
      stepwise = true;
      kahan = new KahanSum(kahan.sum / (count - 1), kahan.rest / (count - 1));
    }
    const share = (count - 1) / count;
    kahan = new KahanSum(share * kahan.sum, share * kahan.rest);
    kahan.add(value / count);
  }
  return stepwise ? kahan.total : kahan.sum / values.length + kahan.rest / values.length;
}

/** The φ-quantile with linear interpolation; NaN counts as the smallest. */
export function quantile(q: number, values: readonly number[]): number {
  if (values.length === 0 || Number.isNaN(q)) return NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  const sorted = values.toSorted((a, b) => (Number.isNaN(a) ? (Number.isNaN(b) ? 0 : -1) : Number.isNaN(b) ? 1 : a - b));
  const rank = q * (sorted.length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return sorted[lower]! * (1 - weight) + sorted[upper]! * weight;
}
