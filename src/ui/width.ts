import { widthOf } from "../system/text-width.ts";

export { widthOf };

/** Filled up with spaces to `columns`; longer text stays as it is. */
export function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - widthOf(text)));
}
