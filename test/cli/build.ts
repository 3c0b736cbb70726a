import { fileURLToPath } from "node:url";
import { execa } from "execa";

/** Builds the program once for all tests that run it. */
export async function setup(): Promise<void> {
  await execa(process.execPath, [fileURLToPath(new URL("../../src/build.mjs", import.meta.url))]);
}
