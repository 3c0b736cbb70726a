import type { ResourceInfo } from "./resource-info.ts";
import { resourceInfos } from "./resource-info.ts";

type GroupVersion = Pick<ResourceInfo, "group" | "version">;

/** A group with its versions, the preferred one first. */
export interface ApiGroup {
  group: string;
  versions: string[];
}

/**
 * The groups of a list of resources as the server orders them: recorded ones as recorded (core first), then those of custom
 * resources by name, their versions from the most to the least stable and new.
 */
export function apiGroups(resources: readonly ResourceInfo[], others: readonly GroupVersion[] = []): ApiGroup[] {
  const recorded = groupVersions(resourceInfos());
  const all = groupVersions([...resources, ...others]);
  const known = [...recorded.keys()].filter((group) => all.has(group));
  const custom = [...all.keys()].filter((group) => !recorded.has(group)).toSorted();
  return [...known, ...custom].map((group) => ({
    group,
    versions: [...all.get(group)!].toSorted((a, b) => rank(recorded.get(group), a) - rank(recorded.get(group), b) || byAge(a, b)),
  }));
}

/**
 * `GET /api` (core: true) or `GET /apis` with `Accept: …;g=apidiscovery.k8s.io;as=APIGroupDiscoveryList`. The media type of the
 * answer names the same group and version. `others` are served elsewhere; those without resources are not reached now.
 */
export function aggregatedDiscovery(
  resources: readonly ResourceInfo[],
  core: boolean,
  version: "v2" | "v2beta1",
  others: readonly GroupVersion[] = [],
): unknown {
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: apiGroups(resources, others)
      .filter(({ group }) => (group === "") === core)
      .map(({ group, versions }) => ({
        metadata: group ? { name: group } : {},
        versions: versions.map((one) => ({
          version: one,
          resources: ofGroupVersion(resources, group, one).map(discoveredResource),
          freshness: ofGroupVersion(resources, group, one).length > 0 ? "Current" : "Stale",
        })),
      })),
  };
}

/**
 * The older documents: `/api`, `/apis`, `/api/v1`, `/apis/apps`, `/apis/apps/v1`; undefined when the path names no group or version.
 * `serverAddress` (`10.0.0.1:6443`) is what `/api` gives clients as the server's address.
 */
export function legacyDiscovery(
  resources: readonly ResourceInfo[],
  path: string,
  serverAddress: string,
  others: readonly GroupVersion[] = [],
): unknown {
  if (path === "/api") {
    const serverAddressByClientCIDRs = [{ clientCIDR: "0.0.0.0/0", serverAddress }];
    return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs };
  }
  if (path === "/api/v1") return resourceList(resources, "", "v1");
  const groups = apiGroups(resources, others).filter(({ group }) => group);
  if (path === "/apis") return { kind: "APIGroupList", apiVersion: "v1", groups: groups.map(apiGroup) };
  const [, root, name, version, ...rest] = path.split("/");
  const found = root === "apis" && !rest.length ? groups.find(({ group }) => group === name) : undefined;
  if (!found) return undefined;
  if (version === undefined) return { kind: "APIGroup", apiVersion: "v1", ...apiGroup(found) };
  return found.versions.includes(version) ? resourceList(resources, found.group, version) : undefined;
}

function groupVersions(resources: readonly GroupVersion[]): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const { group, version } of resources) {
    const versions = groups.get(group) ?? new Set();
    groups.set(group, versions.add(version));
  }
  return groups;
}

const rank = (recorded: Set<string> | undefined, version: string) => (recorded ? [...recorded].indexOf(version) : 0);

/** Stable before beta before alpha, higher numbers first (apimachinery/pkg/version CompareKubeAwareVersionStrings). */
function byAge(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version));
  if (!x || !y) return x ? -1 : y ? 1 : a < b ? -1 : 1;
  const stability = (match: RegExpExecArray) => ["alpha", "beta", undefined].indexOf(match[2]);
  return stability(y) - stability(x) || Number(y[1]) - Number(x[1]) || Number(y[3] ?? 0) - Number(x[3] ?? 0);
}

const ofGroupVersion = (resources: readonly ResourceInfo[], group: string, version: string) =>
  resources.filter((one) => one.group === group && one.version === version);

const discoveredResource = (info: ResourceInfo) => ({
  resource: info.resource,
  responseKind: { group: "", version: "", kind: info.kind },
  scope: info.namespaced ? "Namespaced" : "Cluster",
  singularResource: info.singular,
  verbs: info.verbs,
  ...(info.shortNames.length && { shortNames: info.shortNames }),
  ...(info.categories.length && { categories: info.categories }),
  ...(info.subresources.length && {
    subresources: info.subresources.map(({ name, group = "", version = "", kind, verbs }) => ({
      subresource: name,
      responseKind: { group, version, kind },
      verbs,
    })),
  }),
});

function apiGroup({ group, versions }: ApiGroup) {
  const all = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: all, preferredVersion: all[0] };
}

const resourceList = (resources: readonly ResourceInfo[], group: string, version: string) => ({
  kind: "APIResourceList",
  ...(group && { apiVersion: "v1" }),
  groupVersion: group ? `${group}/${version}` : version,
  resources: ofGroupVersion(resources, group, version).flatMap((info) => [
    {
      name: info.resource,
      singularName: info.singular,
      namespaced: info.namespaced,
      kind: info.kind,
      verbs: info.verbs,
      ...(info.shortNames.length && { shortNames: info.shortNames }),
      ...(info.categories.length && { categories: info.categories }),
      ...(info.storageVersionHash && { storageVersionHash: info.storageVersionHash }),
    },
    ...info.subresources.map((subresource) => ({
      name: `${info.resource}/${subresource.name}`,
      singularName: "",
      namespaced: info.namespaced,
      ...(subresource.group && { group: subresource.group }),
      ...(subresource.version && { version: subresource.version }),
      kind: subresource.kind,
      verbs: subresource.verbs,
    })),
  ]),
});
