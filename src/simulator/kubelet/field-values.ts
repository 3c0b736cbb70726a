import type { ObjectFieldSelector, ResourceFieldSelector } from "kubernetes-types/core/v1";
import { milliValue, wholeValue } from "../schema/quantity.ts";
import { containersOf } from "./pod.ts";
import type { Pod } from "./pod.ts";

/** What the API object does not have yet when a container starts. */
export interface PodPlace {
  podIP: string;
  hostIP: string;
}

/** A pod's field as text (pkg/fieldpath). Throws an Error with upstream's words for a path it does not know. */
export function fieldValue(pod: Pod, { fieldPath }: ObjectFieldSelector, { podIP, hostIP }: PodPlace): string {
  const { metadata, spec } = pod;
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath);
  if (subscript) return metadata[subscript[1] as "labels" | "annotations"]?.[subscript[2] as string] ?? "";
  switch (fieldPath) {
    case "metadata.name":
      return metadata.name;
    case "metadata.namespace":
      return metadata.namespace ?? "";
    case "metadata.uid":
      return metadata.uid;
    case "metadata.labels":
    case "metadata.annotations":
      return formatMap(metadata[fieldPath === "metadata.labels" ? "labels" : "annotations"] ?? {});
    case "spec.nodeName":
      return spec?.nodeName ?? "";
    case "spec.serviceAccountName":
      return spec?.serviceAccountName ?? "";
    case "status.hostIP":
    case "status.hostIPs":
      return hostIP;
    case "status.podIP":
    case "status.podIPs":
      return podIP;
    default:
      throw new Error(`unsupported fieldPath: ${fieldPath}`);
  }
}

/** `app="web"`, one a line, sorted. */
const formatMap = (map: Readonly<Record<string, string>>): string =>
  Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join("\n");

/**
 * A container's request or limit in units of the divisor, rounded up. A limit nobody set is all the node has
 * (pkg/api/v1/resource ExtractContainerResourceValue).
 */
export function resourceValue(
  pod: Pod,
  { containerName, resource, divisor = "1" }: ResourceFieldSelector,
  ownContainer: string,
  allocatable: Readonly<Record<string, string>>,
): string {
  const name = containerName || ownContainer;
  const container = containersOf(pod).find((one) => one.container.name === name)?.container;
  if (!container) throw new Error(`container ${name} not found`);
  const [list, amount] = splitOnce(resource, ".");
  const { limits = {}, requests = {} } = container.resources ?? {};
  const quantity =
    list === "limits"
      ? (limits[amount] ?? allocatable[amount] ?? "0")
      : list === "requests"
        ? (requests[amount] ?? "0")
        : undefined;
  if (quantity === undefined || !/^(cpu|memory|ephemeral-storage|hugepages-.+)$/.test(amount)) {
    throw new Error(`unsupported container resource : ${resource}`);
  }
  const unit = !divisor || divisor === "0" ? "1" : divisor;
  const value = amount === "cpu" ? milliValue(quantity) / milliValue(unit) : wholeValue(quantity) / wholeValue(unit);
  return String(Math.ceil(value));
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}
