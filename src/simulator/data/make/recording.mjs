// What a real API server says of itself → resources.json, schemas.txt.
// node recording.mjs RECORDING-FOLDER
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { keyed, save, write } from "./write.mjs";

const [recording] = process.argv.slice(2);
if (!recording) throw new Error("usage: node recording.mjs RECORDING-FOLDER");
const read = (name) => JSON.parse(readFileSync(join(recording, name), "utf8"));

const documents = new Map();

const legacy = read("discovery/legacy.json");
const tables = read("tables.json");
write("resources.json", {
  version: read("version.json"),
  resources: Object.keys(legacy)
    .filter((path) => legacy[path].kind === "APIResourceList")
    .flatMap((path) => resourcesOf(legacy[path])),
});
save("schemas.txt", keyed(schemas()));

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
      returnsDeleted: returnsDeleted(groupVersion, resource) || undefined,
      storageVersionHash,
      columns: tables[`${groupVersion}/${resource}`]?.map((column) => [column.name, column.type, column.format, column.priority]),
    });
  }
  return resources;
}

/** Whether a DELETE answers with the object instead of a Status. */
function returnsDeleted(groupVersion, resource) {
  const root = groupVersion.includes("/") ? `apis/${groupVersion}` : `api/${groupVersion}`;
  const { paths } = document(`${root.replaceAll("/", "_")}.json.gz`);
  const item = paths[`/${root}/namespaces/{namespace}/${resource}/{name}`] ?? paths[`/${root}/${resource}/{name}`];
  const answer = item?.delete?.responses["200"].content["application/json"].schema.$ref;
  return answer !== undefined && !answer.endsWith(".Status");
}

/** Definition → schema, once for all documents, which must agree. */
function schemas() {
  const definitions = {};
  const names = readdirSync(join(recording, "openapi")).filter((name) => /^apis?_.*\.json\.gz$/.test(name));
  for (const file of names) {
    const { components } = document(file);
    for (const [name, schema] of Object.entries(components.schemas)) {
      const known = definitions[name];
      if (known && JSON.stringify(known) !== JSON.stringify(schema)) throw new Error(`${name} differs in ${file}`);
      definitions[name] = schema;
    }
  }
  return Object.fromEntries(Object.entries(definitions).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function document(file) {
  const known = documents.get(file);
  if (known) return known;
  const parsed = JSON.parse(gunzipSync(readFileSync(join(recording, "openapi", file))));
  documents.set(file, parsed);
  return parsed;
}
