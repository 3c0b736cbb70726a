/** The candidates that look like `given`, best first: for "did you mean". */
export function nearestOf(given: string, candidates: Iterable<string>, limit = 3): string[] {
  const tolerated = Math.max(2, Math.floor(given.length / 3));
  return [...candidates]
    .map((candidate) => ({ candidate, distance: candidate.includes(given) ? 1 : editDistance(given, candidate) }))
    .filter(({ distance }) => distance <= tolerated)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row.at(-1)!;
}
