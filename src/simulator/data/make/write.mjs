import { writeFileSync } from "node:fs";

/** JSON into the data folder, one entry a line, so that a new recording makes a readable diff. */
export function write(name, value) {
  save(name, `${lines(value, Object.values(value).some(Array.isArray) ? 2 : 1)}\n`);
}

/** `KEY VALUE` per line, text or JSON in ASCII: what is read one entry at a time. */
export const keyed = (value) =>
  Object.entries(value)
    .map(([key, one]) => `${key} ${typeof one === "string" ? one : JSON.stringify(one)}\n`)
    .join("")
    .replaceAll(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Writes a file of the data folder. */
export function save(name, content) {
  writeFileSync(new URL(`../${name}`, import.meta.url), content);
  process.stdout.write(`${name}: ${content.length} bytes\n`);
}

function lines(value, depth) {
  if (!depth || typeof value !== "object") return JSON.stringify(value);
  const entries = Array.isArray(value)
    ? value.map((one) => lines(one, depth - 1))
    : Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}:${lines(one, depth - 1)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${entries.join(",\n")}\n${close}`;
}
