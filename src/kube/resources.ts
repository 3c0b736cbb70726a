import type { Send } from "./transport.ts";
import { ApiError, toRefusal } from "./api-error.ts";

/** How objects of a kind are addressed. */
export interface Resource {
  /** `apps/v1`, or `v1` of the core group. */
  apiVersion: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  shortNames: readonly string[];
  /** `all`: what `kubectl get all` shows. Of what was discovered only. */
  categories?: readonly string[];
}

/**
 * What every cluster of the last years has, so that the usual questions need no discovery:
 * group version → `Kind plural short-names`, a `/` before the plural of a kind without namespace.
 */
const wellKnown: Readonly<Record<string, readonly string[]>> = {
  v1: [
    "Pod pods po",
    "Service services svc",
    "ConfigMap configmaps cm",
    "Secret secrets",
    "ServiceAccount serviceaccounts sa",
    "Event events ev",
    "Endpoints endpoints ep",
    "PersistentVolumeClaim persistentvolumeclaims pvc",
    "ResourceQuota resourcequotas quota",
    "LimitRange limitranges limits",
    "Node /nodes no",
    "Namespace /namespaces ns",
    "PersistentVolume /persistentvolumes pv",
  ],
  "apps/v1": [
    "Deployment deployments deploy",
    "ReplicaSet replicasets rs",
    "StatefulSet statefulsets sts",
    "DaemonSet daemonsets ds",
    "ControllerRevision controllerrevisions",
  ],
  "batch/v1": ["Job jobs", "CronJob cronjobs cj"],
  "discovery.k8s.io/v1": ["EndpointSlice endpointslices"],
  "networking.k8s.io/v1": ["Ingress ingresses ing", "NetworkPolicy networkpolicies netpol", "IngressClass /ingressclasses"],
  "rbac.authorization.k8s.io/v1": [
    "Role roles",
    "RoleBinding rolebindings",
    "ClusterRole /clusterroles",
    "ClusterRoleBinding /clusterrolebindings",
  ],
  "storage.k8s.io/v1": ["StorageClass /storageclasses sc"],
  "autoscaling/v2": ["HorizontalPodAutoscaler horizontalpodautoscalers hpa"],
  "policy/v1": ["PodDisruptionBudget poddisruptionbudgets pdb"],
};

export const knownResources: readonly Resource[] = Object.entries(wellKnown).flatMap(([apiVersion, lines]) =>
  lines.map((line) => {
    const [kind = "", plural = "", ...shortNames] = line.split(" ");
    return { apiVersion, kind, plural: plural.replace("/", ""), namespaced: !plural.startsWith("/"), shortNames };
  }),
);

/** The resource somebody means by a kind, a singular, a plural or a short name. */
export function resourceNamed(resources: readonly Resource[], word: string): Resource | undefined {
  const wanted = word.toLowerCase();
  return resources.find(
    ({ kind, plural, shortNames }) => kind.toLowerCase() === wanted || plural === wanted || shortNames.includes(wanted),
  );
}

/** Path of a kind's objects, or of one. */
export function pathOf({ apiVersion, plural, namespaced }: Resource, namespace: string | undefined, name?: string): string {
  const root = `/${apiVersion.includes("/") ? "apis" : "api"}/${apiVersion}`;
  const scope = namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}${scope}/${plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}

/** Everything the server serves, the preferred version of each group first. @throws ApiError, ClusterUnreachable */
export async function discover(send: Send): Promise<Resource[]> {
  const lists = await Promise.all(["/api", "/apis"].map((path) => discoverBelow(send, path)));
  return lists.flat();
}

/** Aggregated discovery; servers before 1.27 may answer in the older form, which takes a request for each group version. */
async function discoverBelow(send: Send, path: string): Promise<Resource[]> {
  const as = (version: string) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
  const found = await read<GroupDiscoveryList | GroupList | VersionList>(
    send,
    path,
    `${as("v2")},${as("v2beta1")},application/json`,
  );
  if (found.kind === "APIGroupDiscoveryList") return found.items.flatMap(fromAggregated);
  const versions = "versions" in found ? found.versions : found.groups.flatMap(preferredFirst);
  const lists = versions.map((version) => read<ResourceList>(send, `${path}/${version}`, "application/json").catch(ifGone));
  return (await Promise.all(lists)).flatMap(({ groupVersion, resources }) =>
    resources
      .filter(({ name }) => !name.includes("/"))
      .map(({ kind, name, namespaced, shortNames = [], categories = [] }) => ({
        apiVersion: groupVersion,
        kind,
        plural: name,
        namespaced,
        shortNames,
        categories,
      })),
  );
}

async function read<T>(send: Send, path: string, accept: string): Promise<T> {
  const { status, body } = await send({ method: "GET", path, headers: { Accept: accept } });
  if (status !== 200) throw new ApiError(toRefusal(status, body));
  return JSON.parse(body) as T;
}

/** An aggregated API whose server is down must not hide the others. */
function ifGone(error: unknown): ResourceList {
  if (error instanceof ApiError) return { groupVersion: "", resources: [] };
  throw error;
}

interface GroupDiscoveryList {
  kind: "APIGroupDiscoveryList";
  items: {
    metadata?: { name?: string };
    versions: {
      version: string;
      resources?: {
        resource: string;
        responseKind?: { kind: string };
        scope: string;
        shortNames?: string[];
        categories?: string[];
      }[];
    }[];
  }[];
}

interface GroupList {
  kind: "APIGroupList";
  groups: { preferredVersion: { groupVersion: string }; versions: { groupVersion: string }[] }[];
}

interface VersionList {
  kind: "APIVersions";
  versions: string[];
}

interface ResourceList {
  groupVersion: string;
  resources: { kind: string; name: string; namespaced: boolean; shortNames?: string[]; categories?: string[] }[];
}

function fromAggregated({ metadata, versions }: GroupDiscoveryList["items"][number]): Resource[] {
  const group = metadata?.name;
  return versions.flatMap(({ version, resources = [] }) =>
    resources.map(({ resource, responseKind, scope, shortNames = [], categories = [] }) => ({
      apiVersion: group ? `${group}/${version}` : version,
      kind: responseKind?.kind ?? "",
      plural: resource,
      namespaced: scope === "Namespaced",
      shortNames,
      categories,
    })),
  );
}

const preferredFirst = ({ preferredVersion, versions }: GroupList["groups"][number]): string[] => [
  ...new Set([preferredVersion, ...versions].map(({ groupVersion }) => groupVersion)),
];
