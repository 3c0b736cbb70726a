import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * A recorded data file, as bytes. The files lie next to this module in the source; the build copies them next to the bundle
 * (`src/simulator/data/*.json` and `*.br`), so that one rule finds them in both.
 */
export const dataFile = (name: string): Buffer => readFileSync(fileURLToPath(new URL(`./${name}`, import.meta.url)));
