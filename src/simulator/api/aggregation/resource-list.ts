import type { ResourceInfo } from "../../schema/resource-info.ts";

interface ResourceList {
  groupVersion: string;
  resources?: {
    name: string;
    singularName?: string;
    namespaced?: boolean;
    kind: string;
    verbs?: string[];
    shortNames?: string[];
    categories?: string[];
  }[];
}

/** What an APIResourceList says, without its subresources. */
export function readResourceList(text: string): ResourceInfo[] {
  const { groupVersion, resources = [] } = JSON.parse(text) as ResourceList;
  const [group = "", version = ""] = groupVersion.split("/");
  return resources
    .filter(({ name }) => !name.includes("/"))
    .map(({ name, singularName = "", namespaced = false, kind, verbs = [], shortNames = [], categories = [] }) => ({
      group,
      version,
      resource: name,
      kind,
      singular: singularName,
      namespaced,
      verbs,
      shortNames,
      categories,
      subresources: [],
    }));
}
