// How the Go types behind the definitions are written: order of fields, omitempty, pointers, named types → go-fields.txt.
// node go-fields.mjs MODULE-CACHE/k8s.io VERSION (a folder with api@v0.34.4, apimachinery@v0.34.4, …)
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { keyed, save } from "./write.mjs";

const [modules, version] = process.argv.slice(2);
if (!version) throw new Error("usage: node go-fields.mjs MODULE-CACHE/k8s.io VERSION");

const definitions = readFileSync(new URL("../schemas.txt", import.meta.url), "utf8").trimEnd().split("\n");
const packages = new Map();
const fields = {};
for (const definition of definitions) {
  const name = definition.slice(0, definition.indexOf(" "));
  const lines = definition.includes('"properties"') && fieldsOf(...splitDefinition(name));
  if (lines) fields[name] = lines.map(written).join(" ");
}
save("go-fields.txt", keyed(fields));

/** io.k8s.api.apps.v1.Deployment → the package's import path and the type's name. */
function splitDefinition(name) {
  const parts = name.replace(/^io\.k8s\./, "").split(".");
  return [parts.slice(0, -1).join("/"), parts.at(-1)];
}

/** Type name → body of its declaration, of all files of the package. */
function declarations(path) {
  const known = packages.get(path);
  if (known) return known;
  const [module, ...rest] = path.split("/");
  const folder = join(modules, `${module}@${version}`, ...rest);
  const types = new Map();
  for (const file of readdirSync(folder).filter((one) => /^[a-z_]+\.go$/.test(one) && !one.endsWith("_test.go"))) {
    const text = readFileSync(join(folder, file), "utf8");
    const imports = Object.fromEntries(
      [...text.matchAll(/^(?:\t|import )(?:(\w+) )?"([^"]+)"$/gm)].map(([, alias, target]) => [alias ?? target.split("/").at(-1), target]),
    );
    for (const [, name, body] of text.matchAll(/^type (\w+) struct \{\n(.*?)^\}/gms)) types.set(name, { body, imports });
    for (const [, name, target] of text.matchAll(/^type (\w+) ([\w[\].*]+)$/gm)) types.set(name, { target, imports });
    for (const [, block] of text.matchAll(/^type \(\n(.*?)^\)/gms)) throw new Error(`grouped types in ${file}: ${block}`);
  }
  packages.set(path, types);
  return types;
}

/** The fields as JSON has them, embedded structs spread in place. */
function fieldsOf(path, name) {
  const type = declarations(path).get(name);
  if (!type?.body) return undefined;
  const found = [];
  for (const [, field, goType, json] of type.body.matchAll(/^\t(?:(\w+) )?\s*([\w.*[\]]+)\s+`[^`]*json:"([^"]*)"[^`]*`/gm)) {
    const [jsonName, ...options] = json.split(",");
    if (jsonName === "-") continue;
    if (!field && !jsonName) {
      found.push(...embedded(path, goType, type.imports));
      continue;
    }
    if (!jsonName && options.includes("inline")) {
      found.push(...embedded(path, goType, type.imports));
      continue;
    }
    found.push({ name: jsonName, options, type: qualified(path, goType, type.imports) });
  }
  return found;
}

function embedded(path, goType, imports) {
  const [name, alias] = goType.replace("*", "").split(".").toReversed();
  const target = alias ? imports[alias]?.replace(/^k8s\.io\//, "") : path;
  const found = fieldsOf(target, name);
  if (!found) throw new Error(`no struct ${goType} for ${path}`);
  return found;
}

/** As reflection prints the type: `[]v1.Container`, `map[v1.ResourceName]resource.Quantity`. */
function qualified(path, goType, imports) {
  return goType.replaceAll(/(\w+\.)?(\w+)/g, (_, alias, name) => {
    if (alias) return `${imports[alias.slice(0, -1)]?.split("/").at(-1) ?? alias.slice(0, -1)}.${name}`;
    if (name === "byte") return "uint8";
    if (/^(map|string|bool|float64|u?int\d*)$/.test(name)) return name;
    return `${path.split("/").at(-1)}.${name}`;
  });
}

/** `replicas?*int32`: ? omitempty, ! omitzero. */
function written({ name, options, type }) {
  return `${name}${options.includes("omitempty") ? "?" : ""}${options.includes("omitzero") ? "!" : ""}:${type}`;
}
