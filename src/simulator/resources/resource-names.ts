import { qualifiedName } from "./names.ts";

/** Plain names of resources that pods and quotas count (pkg/apis/core/helper). */
const PODS_TAKE = ["cpu", "memory", "ephemeral-storage"];
const COUNTED = [
  "pods",
  "resourcequotas",
  "services",
  "replicationcontrollers",
  "secrets",
  "persistentvolumeclaims",
  "configmaps",
  "services.nodeports",
  "services.loadbalancers",
];
const QUOTA = new Set([
  ...PODS_TAKE,
  ...PODS_TAKE.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
  "requests.storage",
  ...COUNTED,
]);

/** A name without a domain that some object may hold. */
export const isStandardResource = (name: string): boolean => QUOTA.has(name) || name === "storage" || isQuotaHugePages(name);

/** A name without a domain that a ResourceQuota may limit. */
export const isQuotaResource = (name: string): boolean => QUOTA.has(name) || isQuotaHugePages(name);

/** Comes in whole pieces: counts of objects, and devices. */
export const isIntegerResource = (name: string): boolean => COUNTED.includes(name) || isExtendedResource(name);

export const isNativeResource = (name: string): boolean => !name.includes("/") || name.includes("kubernetes.io/");

/** A device or the like, named by its maker: `example.com/gpu`. */
export const isExtendedResource = (name: string): boolean =>
  !isNativeResource(name) && !name.startsWith("requests.") && qualifiedName(`requests.${name}`).length === 0;

const isQuotaHugePages = (name: string): boolean => name.startsWith("hugepages-") || name.startsWith("requests.hugepages-");
