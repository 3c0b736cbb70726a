/** Deep equality of JSON values; shared frozen subtrees compare at once. An absent field equals undefined. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((member, index) => equal(member, b[index]));
  if (Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key in left) if (!equal(left[key], right[key])) return false;
  for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false;
  return true;
}

/** Equality of all top-level fields but the named ones. */
export function equalBut(a: object, b: object, ...ignored: string[]): boolean {
  const rest = (object: object) => Object.fromEntries(Object.entries(object).filter(([key]) => !ignored.includes(key)));
  return equal(rest(a), rest(b));
}
