import type { ResourceRequirements } from "kubernetes-types/core/v1";
import { fieldError, type FieldError } from "../../api/status-error.ts";
import { invalidAll } from "../field-checks.ts";
import { qualifiedName } from "../names.ts";
import { compareQuantities, milliValue } from "../../schema/quantity.ts";
import { isExtendedResource, isIntegerResource, isNativeResource, isStandardResource } from "../resource-names.ts";

/** What containers may ask for by a plain name; huge pages (`hugepages-2Mi`) besides. */
const OF_CONTAINERS = ["cpu", "memory", "ephemeral-storage"];

/** Limits and requests of a container (core validation validateResourceRequirements). */
export function validateRequirements({ limits = {}, requests = {} }: ResourceRequirements = {}, field: string): FieldError[] {
  const hugePages = [...Object.keys(limits), ...Object.keys(requests)].some(isHugePages);
  const compute = ["cpu", "memory"].some((name) => name in limits || name in requests);
  return [
    ...Object.keys(limits)
      .sort()
      .flatMap((name) => validateAmount(name, limits[name] as string, `${field}.limits[${name}]`)),
    ...Object.keys(requests)
      .sort()
      .flatMap((name) => [
        ...validateAmount(name, requests[name] as string, `${field}.requests[${name}]`),
        ...validateAgainstLimit(name, requests[name] as string, limits[name], field),
      ]),
    ...(hugePages && !compute ? [fieldError.forbidden(field, "HugePages require cpu or memory")] : []),
  ];
}

/** An amount of a resource, wherever it stands: never negative, and whole for what comes in pieces. */
export function validateQuantity(name: string, value: string, field: string): FieldError[] {
  return [
    ...(compareQuantities(value, "0") < 0 ? [fieldError.invalid(field, value, "must be greater than or equal to 0")] : []),
    ...(isIntegerResource(name) && milliValue(value) % 1000 !== 0
      ? [fieldError.invalid(field, value, "must be an integer")]
      : []),
  ];
}

/** The name of a resource that a container can have. */
export function validateContainerResourceName(name: string, field: string): FieldError[] {
  const errors = invalidAll(field, name, qualifiedName(name));
  if (!name.includes("/")) {
    if (errors.length === 0 && !isStandardResource(name)) {
      errors.push(fieldError.invalid(field, name, "must be a standard resource type or fully qualified"));
    }
    if (!OF_CONTAINERS.includes(name) && !isHugePages(name)) {
      errors.push(fieldError.invalid(field, name, "must be a standard resource for containers"));
    }
  } else if (!isNativeResource(name) && !isExtendedResource(name)) {
    errors.push(fieldError.invalid(field, name, "doesn't follow extended resource name standard"));
  }
  return errors;
}

const isHugePages = (name: string): boolean => name.startsWith("hugepages-");

const validateAmount = (name: string, value: string, field: string): FieldError[] => [
  ...validateContainerResourceName(name, field),
  ...validateQuantity(name, value, field),
];

/** What cannot be overcommitted is requested as it is limited; the rest at most as much. */
function validateAgainstLimit(name: string, request: string, limit: string | undefined, field: string): FieldError[] {
  const overcommit = isNativeResource(name) && !isHugePages(name);
  if (limit === undefined) {
    return overcommit ? [] : [fieldError.required(`${field}.limits`, "Limit must be set for non overcommitable resources")];
  }
  const order = compareQuantities(request, limit);
  if (order !== 0 && !overcommit) {
    return [fieldError.invalid(`${field}.requests`, request, `must be equal to ${name} limit of ${limit}`)];
  }
  return order > 0
    ? [fieldError.invalid(`${field}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`)]
    : [];
}
