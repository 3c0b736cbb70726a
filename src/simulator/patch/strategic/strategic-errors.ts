import { StatusError } from "../../api/status-error.ts";
import { goTypeName, goValue } from "../go-format.ts";
import { plainError } from "../patch-errors.ts";

/** Upstream's refusals of a strategic merge patch (k8s.io/apimachinery pkg/util/mergepatch/errors.go). */
export const strategicError = {
  badPrimitiveList: () => StatusError.badRequest("invalid patch format of primitive list"),
  badRetainKeys: () => StatusError.badRequest("invalid patch format of retainKeys"),
  badElementOrder: () => StatusError.badRequest("invalid patch format of setElementOrder list"),
  noMergeKey: (item: unknown, mergeKey: string) =>
    plainError(`map: ${goValue(item)} does not contain declared merge key: ${mergeKey}`),
  wrongType: (expected: string, actual: unknown) => plainError(`expected a ${expected}, but received a ${goTypeName(actual)}`),
  unknownDirective: (directive: unknown, map: unknown) =>
    plainError(`unknown patch type: ${goString(directive)} in map: ${goValue(map)}`),
  orderDiffers: (patch: unknown, order: unknown) =>
    plainError(`The order in patch list:\n${goValue(patch)}\n doesn't match $setElementOrder list:\n${goValue(order)}\n`),
  mixedTypes: (lists: readonly (readonly unknown[])[]) => plainError(`list element types are not identical: ${goValue(lists)}`),
  noElements: () => plainError("no elements in any of the given slices"),
  noKeyDeclared: (kind: string) => plainError(`cannot merge lists without merge key for ${kind}`),
  mergeInList: () => plainError("merging lists cannot yet be specified in the patch"),
};

/** %s of what may be no string. */
const goString = (value: unknown): string => {
  if (typeof value === "string" || (typeof value === "object" && value !== null)) return goValue(value);
  return value === null ? "%!s(<nil>)" : `%!s(${goTypeName(value)}=${goValue(value)})`;
};
