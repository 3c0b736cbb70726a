import { writeFileSync } from "node:fs";

/** JSON into the data folder, one entry a line, so that a new recording makes a readable diff. */
export function write(name, value) {
  const text = `${lines(value, Object.values(value).some(Array.isArray) ? 2 : 1)}\n`;
  writeFileSync(new URL(`../${name}`, import.meta.url), text);
  process.stdout.write(`${name}: ${text.length} bytes\n`);
}

function lines(value, depth) {
  if (!depth || typeof value !== "object") return JSON.stringify(value);
  const entries = Array.isArray(value)
    ? value.map((one) => lines(one, depth - 1))
    : Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}:${lines(one, depth - 1)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${entries.join(",\n")}\n${close}`;
}
