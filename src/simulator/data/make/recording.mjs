// What a real API server says of itself → resources.json, schemas.txt.
// node recording.mjs RECORDING-FOLDER
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { write, writeLines } from "./write.mjs";

const [recording] = process.argv.slice(2);
if (!recording) throw new Error("usage: node recording.mjs RECORDING-FOLDER");
const read = (name) => JSON.parse(readFileSync(join(recording, name), "utf8"));

const legacy = read("discovery/legacy.json");
const tables = read("tables.json");
write("resources.json", {
  version: read("version.json"),
  resources: Object.keys(legacy)
    .filter((path) => legacy[path].kind === "APIResourceList")
    .flatMap((path) => resourcesOf(legacy[path])),
});
writeLines("schemas.txt", schemas());

/** The flat list (`pods`, `pods/log`, …) as resources with their subresources, in the server's order. */
function resourcesOf({ groupVersion, resources: list }) {
  const [version, group = ""] = groupVersion.split("/").toReversed();
  const resources = [];
  for (const { name, singularName, namespaced, kind, storageVersionHash, ...entry } of list) {
    const [resource, subresource] = name.split("/");
    if (subresource) {
      const target = { group: entry.group, version: entry.version };
      resources.at(-1).subresources.push({ name: subresource, ...target, kind, verbs: entry.verbs });
      continue;
    }
    resources.push({
      group,
      version,
      resource,
      kind,
      singular: singularName,
      namespaced,
      verbs: entry.verbs,
      shortNames: entry.shortNames ?? [],
      categories: entry.categories ?? [],
      subresources: [],
      storageVersionHash,
      columns: tables[`${groupVersion}/${resource}`]?.map((column) => [column.name, column.type, column.format, column.priority]),
    });
  }
  return resources;
}

/** Definition → schema, once for all documents, which must agree. */
function schemas() {
  const definitions = {};
  const documents = readdirSync(join(recording, "openapi")).filter((name) => /^apis?_.*\.json\.gz$/.test(name));
  for (const document of documents) {
    const { components } = JSON.parse(gunzipSync(readFileSync(join(recording, "openapi", document))));
    for (const [name, schema] of Object.entries(components.schemas)) {
      const known = definitions[name];
      if (known && JSON.stringify(known) !== JSON.stringify(schema)) throw new Error(`${name} differs in ${document}`);
      definitions[name] = schema;
    }
  }
  return Object.fromEntries(Object.entries(definitions).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
