import type { DownwardAPIVolumeFile, ObjectFieldSelector, ResourceFieldSelector } from "kubernetes-types/core/v1";
import { fieldError, type FieldError } from "../../api/status-error.ts";
import { invalidAll } from "../field-checks.ts";
import { qualifiedName } from "../names.ts";
import { validateFilePath, validateMode } from "./paths.ts";

/** Fields of a Pod that an environment variable can show, in the order upstream lists them. */
export const ENV_FIELDS = [
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs",
];

const FILE_FIELDS = ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

/** Fields that can be named but not shown: they are refused with another text. */
const CONVERTIBLE = ["spec.restartPolicy", "spec.schedulerName", "status.phase"];

const RESOURCES = ["cpu", "ephemeral-storage", "memory"].flatMap((name) => [`limits.${name}`, `requests.${name}`]).sort();
const BYTE_DIVISORS = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];

/** A file of a downward API volume; `field` is that of the volume, for upstream leaves the item's index out. */
export function validateDownwardFile(file: DownwardAPIVolumeFile, field: string): FieldError[] {
  const { fieldRef, resourceFieldRef, path, mode } = file;
  const source = () => {
    if (fieldRef) {
      return [
        ...validateFieldRef(fieldRef, FILE_FIELDS, `${field}.fieldRef`),
        ...(resourceFieldRef
          ? [fieldError.invalid(field, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously")]
          : []),
      ];
    }
    if (resourceFieldRef) return validateResourceFieldRef(resourceFieldRef, `${field}.resourceFieldRef`, true);
    return [fieldError.required(field, "one of fieldRef and resourceFieldRef is required")];
  };
  return [...validateFilePath(path, `${field}.path`), ...source(), ...validateMode(mode, `${field}.mode`)];
}

/** `metadata.labels['app']`, or one of `known` fields. */
export function validateFieldRef(
  { fieldPath, apiVersion }: ObjectFieldSelector,
  known: readonly string[],
  field: string,
): FieldError[] {
  if (!fieldPath) return [fieldError.required(`${field}.fieldPath`)];
  const conversionError = (why: string) =>
    fieldError.invalid(`${field}.fieldPath`, fieldPath, `error converting fieldPath: ${why}`);
  if (apiVersion !== "v1") return [conversionError(`unsupported pod version: ${apiVersion}`)];
  const subscript = /^(.*)\['(.*)'\]$/.exec(fieldPath);
  if (subscript) {
    const [, path, key = ""] = subscript;
    if (path === "metadata.annotations") return invalidAll(field, key.toLowerCase(), qualifiedName(key.toLowerCase()));
    if (path === "metadata.labels") return invalidAll(field, key, qualifiedName(key));
    return [conversionError(`field label does not support subscript: ${fieldPath}`)];
  }
  if (![...ENV_FIELDS, ...FILE_FIELDS, ...CONVERTIBLE].includes(fieldPath)) {
    return [conversionError(`field label not supported: ${fieldPath}`)];
  }
  return known.includes(fieldPath) ? [] : [fieldError.notSupported(`${field}.fieldPath`, fieldPath, known)];
}

/** `limits.cpu` of a container; a volume has to name the container. */
export function validateResourceFieldRef(selector: ResourceFieldSelector, field: string, inVolume: boolean): FieldError[] {
  const { containerName, resource, divisor } = selector;
  const errors: FieldError[] = [];
  if (inVolume && !containerName) errors.push(fieldError.required(`${field}.containerName`));
  else if (!resource) errors.push(fieldError.required(`${field}.resource`));
  else if (!RESOURCES.includes(resource) && !/^(requests|limits)\.hugepages-/.test(resource)) {
    errors.push(fieldError.notSupported(`${field}.resource`, resource, RESOURCES));
  }
  return [...errors, ...validateDivisor(resource, divisor, `${field}.divisor`)];
}

function validateDivisor(resource: string, divisor: string | undefined, field: string): FieldError[] {
  const value = divisor ?? "0";
  if (value === "0") return [];
  if (resource.endsWith(".cpu")) {
    return ["1m", "1"].includes(value)
      ? []
      : [fieldError.invalid(field, resource, "only divisor's values 1m and 1 are supported with the cpu resource")];
  }
  if (BYTE_DIVISORS.includes(value)) return [];
  const what = resource.endsWith(".memory")
    ? "memory"
    : resource.includes(".hugepages-")
      ? "hugepages"
      : "local ephemeral storage";
  return [
    fieldError.invalid(
      field,
      resource,
      `only divisor's values ${BYTE_DIVISORS.join(", ")} are supported with the ${what} resource`,
    ),
  ];
}
