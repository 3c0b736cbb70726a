import type { PersistentVolumeClaim } from "kubernetes-types/core/v1";
import type { Live } from "../../api/object.ts";
import { canonicalQuantity, compareQuantities, wholeValue } from "../../schema/quantity.ts";
import { selects, type Evaluator } from "./evaluator.ts";

const COUNTS = ["persistentvolumeclaims", "requests.storage"];
const OF_CLASS = ".storageclass.storage.k8s.io/";

/** pkg/quota/v1/evaluator/core/persistent_volume_claims.go */
export const claimEvaluator: Evaluator = {
  handles: ({ operation, subresource }) => operation !== "DELETE" && !subresource,
  counts: (name) =>
    name === "count/persistentvolumeclaims" || COUNTS.some((count) => name === count || name.endsWith(`${OF_CLASS}${count}`)),
  usage(object) {
    const { metadata, spec } = object as Live<PersistentVolumeClaim>;
    const className = metadata.annotations?.["volume.beta.kubernetes.io/storage-class"] ?? spec?.storageClassName;
    const size = sizeOf(object as Live<PersistentVolumeClaim>);
    const plain = { persistentvolumeclaims: "1", ...(size !== undefined && { "requests.storage": size }) };
    const ofClass = Object.entries(plain).map(([name, quantity]) => [`${className}${OF_CLASS}${name}`, quantity] as const);
    return { "count/persistentvolumeclaims": "1", ...plain, ...(className && Object.fromEntries(ofClass)) };
  },
  inScope(scope, object) {
    if (scope.scopeName !== "VolumeAttributesClass") return false;
    const { spec, status } = object as Live<ClaimWithAttributes>;
    const names = [
      spec?.volumeAttributesClassName,
      status?.currentVolumeAttributesClassName,
      status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
    ].filter(Boolean);
    return names.length > 0 ? names.some((name) => selects(scope, name)) : selects(scope, undefined);
  },
};

interface ClaimWithAttributes {
  spec?: { volumeAttributesClassName?: string };
  status?: {
    currentVolumeAttributesClassName?: string;
    modifyVolumeStatus?: { targetVolumeAttributesClassName?: string };
  };
}

/** What was asked for, or what an expansion under way has set aside, in whole bytes. */
function sizeOf({ spec, status }: Live<PersistentVolumeClaim>): string | undefined {
  const asked = spec?.resources?.requests?.["storage"];
  if (asked === undefined) return undefined;
  const allocated = status?.allocatedResources?.["storage"] ?? "0";
  const larger = compareQuantities(allocated, asked) > 0 ? allocated : asked;
  const isWhole = compareQuantities(larger, String(wholeValue(larger))) === 0;
  return canonicalQuantity(isWhole ? larger : String(wholeValue(larger)));
}
