import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";

/**
 * A recorded data file, as bytes. The files lie next to this module in the source; the build copies them next to the bundle
 * (`src/simulator/data/*.{json,txt,br}`), so that one rule finds them in both.
 */
export const dataFile = (name: string): Buffer => readFileSync(fileURLToPath(new URL(`./${name}`, import.meta.url)));

/** A data file of `KEY VALUE` lines in ASCII; the values stay text until somebody needs one. */
export function dataLines(name: string): Map<string, string> {
  const bytes = dataFile(name);
  const text = (name.endsWith(".br") ? brotliDecompressSync(bytes) : bytes).toString("latin1");
  const entries = new Map<string, string>();
  for (let start = 0, end: number; (end = text.indexOf("\n", start)) >= 0; start = end + 1) {
    const space = text.indexOf(" ", start);
    entries.set(text.slice(start, space), text.slice(space + 1, end));
  }
  return entries;
}
