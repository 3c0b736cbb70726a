import stringWidth from "string-width";

/** Columns a text takes in a terminal: wide characters take two. */
export function widthOf(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);
}

/** Filled up with spaces to `columns`; longer text stays as it is. */
export function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - widthOf(text)));
}
