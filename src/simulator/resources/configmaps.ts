import type { ConfigMap } from "kubernetes-types/core/v1";
import type { Live } from "../api/object.ts";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { invalidAll, same } from "./field-checks.ts";
import { configMapKey } from "./names.ts";
import { defineResource } from "./resource.ts";

/** Bytes of all values of a ConfigMap or Secret together. */
export const DATA_LIMIT = 1024 * 1024;

const IMMUTABLE = "field is immutable when `immutable` is set";

/** Models pkg/registry/core/configmap/strategy.go. */
export const configmaps = defineResource<Live<ConfigMap>>({
  resource: "configmaps",
  defaults(map) {
    if (map.data && Object.keys(map.data).length === 0) delete map.data;
  },
  validate({ data = {}, binaryData = {} }) {
    const size = Object.values(data).reduce((sum, value) => sum + Buffer.byteLength(value), 0);
    const binarySize = Object.values(binaryData).reduce((sum, value) => sum + Buffer.from(value, "base64").length, 0);
    return [
      ...Object.keys(data)
        .sort()
        .flatMap((key) => [
          ...invalidAll(`data[${key}]`, key, configMapKey(key)),
          ...(key in binaryData ? [fieldError.invalid(`data[${key}]`, key, "duplicate of key present in binaryData")] : []),
        ]),
      ...Object.keys(binaryData)
        .sort()
        .flatMap((key) => invalidAll(`binaryData[${key}]`, key, configMapKey(key))),
      ...(size + binarySize > DATA_LIMIT ? [fieldError.tooLong("", DATA_LIMIT)] : []),
    ];
  },
  validateUpdate: (map, old) => validateImmutable(map, old, ["data", "binaryData"]),
  cells: ({ metadata, data = {}, binaryData = {} }, { now }) => [
    metadata.name,
    Object.keys(data).length + Object.keys(binaryData).length,
    age(metadata.creationTimestamp, now),
  ],
});

/** What `immutable: true` forbids, of a ConfigMap or a Secret. */
export function validateImmutable<T extends { immutable?: boolean }>(
  object: T,
  old: T,
  fields: readonly (keyof T & string)[],
): FieldError[] {
  if (!old.immutable) return [];
  return [
    ...(object.immutable ? [] : [fieldError.forbidden("immutable", IMMUTABLE)]),
    ...fields.filter((field) => !same(object[field], old[field])).map((field) => fieldError.forbidden(field, IMMUTABLE)),
  ];
}
