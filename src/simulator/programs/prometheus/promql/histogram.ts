import { keepLabels, labelsKey, METRIC_NAME, type Labels } from "../labels.ts";
import type { Sample } from "./values.ts";

interface Bucket {
  upperBound: number;
  count: number;
}

/** A bucket's bound of its label `le`. Undefined: it has none. */
const boundOf = (labels: Labels): number | undefined => {
  const text = labels["le"];
  if (text === undefined || text.trim() === "") return undefined;
  const bound = /^[+-]?inf(inity)?$/i.test(text) ? (text.startsWith("-") ? -Infinity : Infinity) : Number(text);
  return Number.isNaN(bound) ? undefined : bound;
};

/** Classic histograms of a vector: their buckets together, by all labels but `le`. `onBad` hears of samples that are no bucket. */
export function classicHistograms(
  vector: readonly Sample[],
  onBad: (sample: Sample) => void,
): { labels: Labels; buckets: Bucket[] }[] {
  const histograms = new Map<string, { labels: Labels; buckets: Bucket[] }>();
  for (const sample of vector) {
    const upperBound = boundOf(sample.labels);
    if (upperBound === undefined) {
      onBad(sample);
      continue;
    }
    const key = labelsKey(keepLabels(sample.labels, (name) => name !== "le"));
    const labels = keepLabels(sample.labels, (name) => name !== "le" && name !== METRIC_NAME);
    const histogram = histograms.get(key) ?? { labels, buckets: [] };
    histogram.buckets.push({ upperBound, count: sample.value });
    histograms.set(key, histogram);
  }
  return [...histograms.values()];
}

/** promql/quantile.go, BucketQuantile. `forced`: the counts did not rise, and were made to. */
export function bucketQuantile(q: number, unsorted: readonly Bucket[]): { value: number; forced: boolean } {
  const plain = (value: number) => ({ value, forced: false });
  if (Number.isNaN(q)) return plain(NaN);
  if (q < 0) return plain(-Infinity);
  if (q > 1) return plain(Infinity);
  const sorted = unsorted.toSorted((a, b) => (a.upperBound < b.upperBound ? -1 : a.upperBound > b.upperBound ? 1 : 0));
  if (sorted.at(-1)!.upperBound !== Infinity) return plain(NaN);
  const buckets = coalesce(sorted);
  const forced = makeMonotonic(buckets);
  if (buckets.length < 2) return plain(NaN);
  const observations = buckets.at(-1)!.count;
  if (observations === 0) return plain(NaN);
  let rank = q * observations;
  const found = buckets.slice(0, -1).findIndex(({ count }) => count >= rank);
  if (found === -1) return { value: buckets.at(-2)!.upperBound, forced };
  const bucket = buckets[found]!;
  if (found === 0 && bucket.upperBound <= 0) return { value: bucket.upperBound, forced };
  let [start, count] = [0, bucket.count];
  if (found > 0) {
    const below = buckets[found - 1]!;
    start = below.upperBound;
    count -= below.count;
    rank -= below.count;
  }
  return { value: start + (bucket.upperBound - start) * (rank / count), forced };
}

/** Buckets of one bound are one. */
function coalesce(sorted: readonly Bucket[]): Bucket[] {
  const buckets: Bucket[] = [];
  for (const { upperBound, count } of sorted) {
    const last = buckets.at(-1);
    if (last?.upperBound === upperBound) last.count += count;
    else buckets.push({ upperBound, count });
  }
  return buckets;
}

const TOLERANCE = 1e-12;

/** Counts that fall are lifted; a difference of rounding alone is none. */
function makeMonotonic(buckets: Bucket[]): boolean {
  let forced = false;
  let previous = buckets[0]!.count;
  for (const bucket of buckets.slice(1)) {
    if (bucket.count === previous) continue;
    if (Math.abs(previous - bucket.count) / (Math.abs(previous) + Math.abs(bucket.count)) < TOLERANCE) bucket.count = previous;
    else if (bucket.count < previous) {
      bucket.count = previous;
      forced = true;
    } else previous = bucket.count;
  }
  return forced;
}
