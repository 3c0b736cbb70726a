import { type LiveExpression, parseLiveExpression } from "./live-expression.ts";

const placeholder = /\{\{(.+?)\}\}/g;

/** The expressions between `{{` and `}}`, parsed. @throws LiveExpressionError */
export function placeholdersIn(text: string): LiveExpression[] {
  return [...text.matchAll(placeholder)].map((found) => parseLiveExpression(found[1]!.trim()));
}

/** The text with each `{{expression}}` replaced by what `valueOf` says. @throws LiveExpressionError */
export async function fillPlaceholders(
  text: string,
  valueOf: (expression: LiveExpression) => string | Promise<string>,
): Promise<string> {
  let filled = "";
  let end = 0;
  for (const found of text.matchAll(placeholder)) {
    filled += text.slice(end, found.index) + (await valueOf(parseLiveExpression(found[1]!.trim())));
    end = found.index + found[0].length;
  }
  return filled + text.slice(end);
}

/** The same data with the placeholders of all its strings filled in, keys included: check arguments, actions. */
export async function fillAll<T>(data: T, valueOf: (expression: LiveExpression) => string | Promise<string>): Promise<T> {
  const fill = async (value: unknown): Promise<unknown> => {
    if (typeof value === "string") return fillPlaceholders(value, valueOf);
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return Promise.all(value.map(fill));
    const entries = Object.entries(value).map(async ([key, member]) => [
      await fillPlaceholders(key, valueOf),
      await fill(member),
    ]);
    return Object.fromEntries(await Promise.all(entries));
  };
  return (await fill(data)) as T;
}
