import { eastAsianWidth } from "get-east-asian-width";

/** Signs that take no room: accents of the letter before, joiners, marks of direction. */
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

/**
 * Columns a text takes in a terminal: wide characters take two. string-width would know more of joined emoji, and takes longer to
 * load than all the rest of `list`.
 */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) if (!NO_WIDTH.test(character)) width += eastAsianWidth(character.codePointAt(0)!);
  return width;
}
