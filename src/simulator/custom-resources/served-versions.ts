import { createHash } from "node:crypto";
import type { Conversion, CustomEndpoint } from "../api/registry.ts";
import type { KubeObject } from "../api/object.ts";
import type { ResourceInfo } from "../schema/resource-info.ts";
import { tableOf } from "./columns.ts";
import { applyDefaults, hasDefaults } from "./defaults.ts";
import { type Definition, schemaOf, type Version } from "./definition.ts";
import { convert, strategyOf } from "./strategy.ts";

const VERBS = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

export interface ServedVersion {
  info: ResourceInfo;
  endpoint: CustomEndpoint;
  version: Version;
}

/** What an established definition serves, its stored version first. */
export function servedVersions(definition: Definition): ServedVersion[] {
  const { spec } = definition;
  const versions = (spec.versions as readonly Version[]).filter(({ served }) => served);
  const storage = spec.versions.find((version) => version.storage)?.name ?? "";
  return versions
    .toSorted((a, b) => Number(b.storage) - Number(a.storage))
    .map((version) => ({
      version,
      info: infoOf(definition, version, storage),
      endpoint: {
        strategy: strategyOf(definition, version),
        columns: tableOf(version.additionalPrinterColumns).columns,
        conversion: conversionOf(definition, version, storage),
      },
    }));
}

/** Names are those that were accepted, which a later change of the definition may not have been. */
function infoOf(definition: Definition, version: Version, storage: string): ResourceInfo {
  const { spec, status } = definition;
  const { plural, singular = "", kind, shortNames = [], categories = [] } = status?.acceptedNames ?? spec.names;
  const verbs = ["get", "patch", "update"];
  const { subresources } = version;
  const hash = createHash("sha256").update(`${spec.group}/${storage}/${kind}`).digest().subarray(0, 8);
  return {
    group: spec.group,
    version: version.name,
    resource: plural,
    kind,
    singular,
    namespaced: spec.scope === "Namespaced",
    verbs: VERBS,
    shortNames,
    categories,
    subresources: [
      ...(subresources?.status ? [{ name: "status", kind, verbs }] : []),
      ...(subresources?.scale ? [{ name: "scale", group: "autoscaling", version: "v1", kind: "Scale", verbs }] : []),
    ],
    storageVersionHash: hash.toString("base64"),
  };
}

/** Objects are read with the defaults of today, whenever and in whatever version they were stored. */
function conversionOf(definition: Definition, version: Version, storage: string): Conversion {
  const { group } = definition.spec;
  const schema = schemaOf(version);
  const defaulting = hasDefaults(schema);
  const read = new WeakMap<KubeObject, KubeObject>();
  const complete = (object: KubeObject) => {
    const copy = structuredClone(object);
    applyDefaults(copy, schema);
    return copy;
  };
  return {
    storage: definition.metadata.name,
    toStored: (object) => convert(definition, object, `${group}/${storage}`),
    fromStored(object) {
      const known = read.get(object);
      if (known) return known;
      const converted = convert(definition, object, `${group}/${version.name}`);
      const shown = defaulting ? complete(converted) : converted;
      read.set(object, shown);
      return shown;
    },
  };
}
