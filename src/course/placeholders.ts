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
