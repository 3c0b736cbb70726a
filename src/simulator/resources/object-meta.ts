import type { ObjectMeta, OwnerReference } from "../api/object.ts";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { immutable, invalidAll, nonNegative } from "./field-checks.ts";
import { validateLabels } from "./label-selector.ts";
import { dns1123Label, dns1123Subdomain, qualifiedName } from "./names.ts";

/** Bytes of all annotation keys and values together. */
const ANNOTATIONS_LIMIT = 256 * 1024;

/** Finalizers that need no domain in front. */
const STANDARD_FINALIZERS = ["kubernetes", "orphan", "foregroundDeletion"];

export interface MetaRules {
  namespaced: boolean;
  /** The kind's own check of names: what is wrong, or undefined. Default: a DNS-1123 subdomain. */
  validateName?: ((name: string) => string | undefined) | undefined;
  /** Any qualified name is a finalizer: of custom resources and their definitions, which have no validation of core's. */
  anyFinalizer?: boolean;
}

/** Checks a new object's metadata (apimachinery pkg/api/validation ValidateObjectMeta). */
export function validateObjectMeta(
  meta: ObjectMeta,
  { namespaced, validateName, anyFinalizer = false }: MetaRules,
): FieldError[] {
  const { name, generateName, namespace } = meta;
  const check = (value: string) =>
    validateName ? [validateName(value)].filter((text) => text !== undefined) : dns1123Subdomain(value);
  return [
    ...(generateName ? invalidAll("metadata.generateName", generateName, check(asPrefix(generateName))) : []),
    ...(name
      ? invalidAll("metadata.name", name, check(name))
      : [fieldError.required("metadata.name", "name or generateName is required")]),
    ...(namespaced
      ? validateNamespace(namespace)
      : namespace
        ? [fieldError.forbidden("metadata.namespace", "not allowed on this type")]
        : []),
    ...nonNegative("metadata.generation", meta.generation),
    ...validateWritable(meta),
    ...validateFinalizers(meta.finalizers, anyFinalizer),
  ];
}

/** Checks what an update makes of the metadata; `old` is the live one. */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta, anyFinalizer = false): FieldError[] {
  const added = (meta.finalizers ?? []).filter((finalizer) => !old.finalizers?.includes(finalizer)).sort();
  return [
    ...(old.deletionTimestamp && added.length > 0
      ? [
          fieldError.forbidden(
            "metadata.finalizers",
            `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((one) => JSON.stringify(one)).join(", ")}}`,
          ),
        ]
      : []),
    ...immutable("metadata.name", meta.name, old.name),
    ...immutable("metadata.namespace", meta.namespace, old.namespace),
    ...immutable("metadata.uid", meta.uid, old.uid),
    ...immutable("metadata.creationTimestamp", meta.creationTimestamp, old.creationTimestamp),
    ...validateWritable(meta),
    ...validateFinalizers(meta.finalizers, anyFinalizer),
  ];
}

/** Annotations of an object or a template. Keys are checked without regard to case. */
export function validateAnnotations(annotations: Record<string, string> = {}, field: string): FieldError[] {
  const entries = Object.entries(annotations);
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return [
    ...entries.flatMap(([key]) => invalidAll(field, key, qualifiedName(key.toLowerCase()))),
    ...(size > ANNOTATIONS_LIMIT ? [fieldError.tooLong(field, ANNOTATIONS_LIMIT)] : []),
  ];
}

const validateWritable = (meta: ObjectMeta): FieldError[] => [
  ...validateLabels(meta.labels, "metadata.labels"),
  ...validateAnnotations(meta.annotations, "metadata.annotations"),
  ...validateOwnerReferences(meta.ownerReferences),
];

/** generateName as the name it will begin: a trailing dash is fine there. */
const asPrefix = (generateName: string): string =>
  generateName.length > 1 && generateName.endsWith("-") ? `${generateName.slice(0, -2)}a` : generateName;

const validateNamespace = (namespace: string | undefined): FieldError[] =>
  namespace ? invalidAll("metadata.namespace", namespace, dns1123Label(namespace)) : [fieldError.required("metadata.namespace")];

function validateOwnerReferences(references: readonly OwnerReference[] = []): FieldError[] {
  const field = "metadata.ownerReferences";
  const errors: FieldError[] = [];
  let controller = "";
  for (const reference of references) {
    const { apiVersion, kind, name, uid } = reference;
    if (!apiVersion || apiVersion.endsWith("/")) {
      errors.push(fieldError.invalid(`${field}.apiVersion`, apiVersion ?? "", "version must not be empty"));
    }
    for (const [part, value] of Object.entries({ kind, name, uid })) {
      if (!value) errors.push(fieldError.invalid(`${field}.${part}`, value ?? "", "must not be empty"));
    }
    if (apiVersion === "v1" && kind === "Event") {
      errors.push(fieldError.invalid(field, reference, "/v1, Kind=Event is disallowed from being an owner"));
    }
    if (!reference.controller) continue;
    if (controller) {
      const text = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${kind}/${name}`;
      errors.push(fieldError.invalid(field, references, text));
    } else controller = `${kind}/${name}`;
  }
  return errors;
}

function validateFinalizers(finalizers: readonly string[] = [], anyName = false): FieldError[] {
  const field = "metadata.finalizers";
  const both = finalizers.includes("orphan") && finalizers.includes("foregroundDeletion");
  return [
    ...finalizers.flatMap((finalizer) => invalidAll(field, finalizer, qualifiedName(finalizer))),
    ...(both ? [fieldError.invalid(field, finalizers, "finalizer orphan and foregroundDeletion cannot be both set")] : []),
    ...finalizers.flatMap((finalizer, index) =>
      anyName || finalizer.includes("/") || STANDARD_FINALIZERS.includes(finalizer)
        ? []
        : [
            fieldError.invalid(
              `${field}[${index}]`,
              finalizer,
              "name is neither a standard finalizer name nor is it fully qualified",
            ),
          ],
    ),
  ];
}
