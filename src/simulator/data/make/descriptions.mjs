// The prose of `kubectl explain`, from the doc comments of the npm package kubernetes-types → descriptions.txt.br.
// node descriptions.mjs (after recording.mjs)
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { keyed, save } from "./write.mjs";

const types = dirname(createRequire(import.meta.url).resolve("kubernetes-types/package.json"));
const groups = new Map();

const descriptions = {};
const counts = { known: 0, missing: 0 };
for (const line of readFileSync(new URL("../schemas.txt", import.meta.url), "utf8").trimEnd().split("\n")) {
  const space = line.indexOf(" ");
  const name = line.slice(0, space);
  const fields = Object.keys(JSON.parse(line.slice(space + 1)).properties ?? {});
  const sources = interfacesFor(name);
  const entry = {};
  for (const field of ["", ...fields]) {
    const text = sources.map((source) => source.get(field)).find(Boolean);
    counts[text ? "known" : "missing"]++;
    if (text) entry[field] = text;
  }
  if (Object.keys(entry).length) descriptions[name] = entry;
}
const text = keyed(descriptions);
const parameters = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
save("descriptions.txt.br", brotliCompressSync(text, { params: parameters }));
process.stdout.write(`${counts.known} texts, ${counts.missing} fields and kinds without one\n`);

/** The interfaces that describe a definition: its own version's first, then what older versions of the group called the same. */
function interfacesFor(definition) {
  const parts = definition.split(".");
  const [name, version, group] = [parts.at(-1), parts.at(-2), parts.at(-3)];
  const folder = { util: "", pkg: "", resource: "api" }[group] ?? group;
  return filesOf(folder)
    .toSorted((a, b) => Number(b === `${version}.d.ts`) - Number(a === `${version}.d.ts`))
    .map((file) => interfaces(join(types, folder, file)).get(name))
    .filter(Boolean);
}

function filesOf(folder) {
  try {
    return readdirSync(join(types, folder)).filter((file) => file.endsWith(".d.ts"));
  } catch {
    return [];
  }
}

/** Interface → field ("" for itself) → its comment. */
function interfaces(path) {
  const known = groups.get(path);
  if (known) return known;
  const found = new Map();
  let comment = "";
  let fields;
  const text = readFileSync(path, "utf8");
  for (const [, block, declared, field] of text.matchAll(
    /^ *\/\*\*(.*?)\*\/$|^export (?:interface|type) (\w+)|^ {4}(?:readonly )?"?([\w$-]+)"?\??:/gms,
  )) {
    if (block !== undefined) comment = prose(block);
    else {
      if (declared) found.set(declared, (fields = new Map()));
      if (comment) fields?.set(field ?? "", comment);
      comment = "";
    }
  }
  groups.set(path, found);
  return found;
}

function prose(block) {
  return block
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""))
    .join("\n")
    .trim();
}
