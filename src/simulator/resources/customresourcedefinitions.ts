import type {
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionStatus,
  CustomResourceDefinitionVersion,
} from "kubernetes-types/apiextensions/v1";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { CLEANUP_FINALIZER, type Condition, schemaOf, type Version } from "../custom-resources/definition.ts";
import { usesRules, validateColumns, validateScale, validateStructure } from "../custom-resources/structure.ts";
import { immutable, invalidAll, oneOf, requireName, requireValue } from "./field-checks.ts";
import { dns1035Label, dns1123Subdomain } from "./names.ts";
import { defineResource } from "./resource.ts";
import type { Writable } from "./writable.ts";

/** Models apiextensions-apiserver pkg/registry/customresourcedefinition and pkg/apis/apiextensions/validation. */
export const customresourcedefinitions = defineResource<Writable<CustomResourceDefinition>>({
  resource: "customresourcedefinitions.apiextensions.k8s.io",
  generation: true,
  defaults(definition) {
    const spec = (definition.spec ??= {} as CustomResourceDefinitionSpec);
    const names = (spec.names ??= {} as CustomResourceDefinitionNames);
    spec.versions ??= [];
    names.singular ||= (names.kind ?? "").toLowerCase();
    if (!names.listKind && names.kind) names.listKind = `${names.kind}List`;
    spec.conversion ??= { strategy: "None" };
    const service = spec.conversion.webhook?.clientConfig?.service;
    if (service) service.port ??= 443;
  },
  prepareForCreate(definition) {
    definition.status = { storedVersions: storageVersions(definition.spec) } as CustomResourceDefinitionStatus;
  },
  prepareForUpdate(definition, old) {
    const { status } = old;
    if (!status) return;
    const stored = [...new Set([...(status.storedVersions ?? []), ...storageVersions(definition.spec)])];
    definition.status = { ...status, storedVersions: stored };
  },
  // Its objects go first: a delete leaves the finalizer of their cleaning up.
  holds: ({ metadata }) => !metadata.deletionTimestamp,
  markDeleted(definition) {
    const { metadata, status } = definition;
    const finalizers = metadata.finalizers ?? [];
    if (finalizers.includes(CLEANUP_FINALIZER)) return definition;
    const terminating: Condition = {
      type: "Terminating",
      status: "True",
      lastTransitionTime: metadata.deletionTimestamp as never,
      reason: "InstanceDeletionPending",
      message: "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
    };
    return {
      ...definition,
      metadata: { ...metadata, finalizers: [...finalizers, CLEANUP_FINALIZER] },
      status: { ...status, conditions: [...(status?.conditions ?? []), terminating] } as CustomResourceDefinitionStatus,
    };
  },
  validate,
  warnings: ({ spec }) =>
    spec.versions.flatMap((version, index) =>
      usesRules(schemaOf(version))
        ? [`spec.versions[${index}]: the practice cluster does not evaluate x-kubernetes-validations`]
        : [],
    ),
  validateUpdate({ spec }, old) {
    const established = old.status?.conditions?.some(({ type, status }) => type === "Established" && status === "True");
    if (!established) return immutable("spec.group", spec.group, old.spec.group);
    return [
      ...immutable("spec.group", spec.group, old.spec.group),
      ...immutable("spec.scope", spec.scope, old.spec.scope),
      ...immutable("spec.names.kind", spec.names.kind, old.spec.names.kind),
      ...immutable("spec.names.plural", spec.names.plural, old.spec.names.plural),
    ];
  },
});

const storageVersions = ({ versions }: CustomResourceDefinitionSpec): string[] =>
  versions.filter(({ storage }) => storage).map(({ name }) => name);

function validate({ metadata, spec, status }: Writable<CustomResourceDefinition>): FieldError[] {
  const { group, names, scope, versions } = spec;
  const storage = storageVersions(spec);
  const storageText = "must have exactly one version marked as storage version";
  return [
    ...(metadata.name === `${names.plural}.${group}`
      ? []
      : [fieldError.invalid("metadata.name", metadata.name, 'must be spec.names.plural+"."+spec.group')]),
    ...validateGroup(group, "spec.group"),
    ...validateApproval(group, metadata.annotations),
    ...oneOf("spec.scope", scope, ["Cluster", "Namespaced"]),
    ...versions.flatMap((version, index) => validateVersion(version, versions, index)),
    ...(storage.length === 1 ? [] : [fieldError.invalid("spec.versions", versions.map(internalVersion), storageText)]),
    ...validateNames(names, "spec.names"),
    ...(status?.storedVersions?.length
      ? []
      : [fieldError.invalid("status.storedVersions", null, "must have at least one stored version")]),
  ];
}

function validateGroup(group: string, field: string): FieldError[] {
  if (!group) return [fieldError.required(field)];
  const texts = dns1123Subdomain(group);
  if (texts.length > 0) return [fieldError.invalid(field, group, texts.join(","))];
  return group.includes(".") ? [] : [fieldError.invalid(field, group, "should be a domain with at least one dot")];
}

const APPROVAL = "api-approved.kubernetes.io";

/** Groups of Kubernetes itself need somebody's word (pkg/apihelpers IsProtectedCommunityGroup). */
const validateApproval = (group: string, annotations: Readonly<Record<string, string>> = {}): FieldError[] =>
  /(^|\.)(k8s|kubernetes)\.io$/.test(group) && !annotations[APPROVAL]
    ? [
        fieldError.required(
          `metadata.annotations[${APPROVAL}]`,
          `protected groups must have approval annotation "${APPROVAL}", see https://github.com/kubernetes/enhancements/pull/1111`,
        ),
      ]
    : [];

function validateVersion(
  version: CustomResourceDefinitionVersion,
  all: readonly CustomResourceDefinitionVersion[],
  index: number,
): FieldError[] {
  const field = `spec.versions[${index}]`;
  const { name, schema } = version;
  const texts = dns1035Label(name ?? "");
  const repeated = all.findIndex((other) => other.name === name) < index;
  return [
    ...(texts.length > 0 ? [fieldError.invalid(`${field}.name`, name, texts.join(","))] : []),
    ...(repeated ? [fieldError.invalid("spec.versions", all.map(internalVersion), "must contain unique version names")] : []),
    ...(schema?.openAPIV3Schema
      ? validateStructure(schemaOf(version), `${field}.schema.openAPIV3Schema`)
      : [fieldError.required(`${field}.schema.openAPIV3Schema`)]),
    ...validateColumns(version.additionalPrinterColumns, `${field}.additionalPrinterColumns`),
    ...validateScale(version.subresources?.scale, `${field}.subresources.scale`),
  ];
}

function validateNames(
  { plural, singular, kind, listKind, shortNames = [] }: CustomResourceDefinitionNames,
  field: string,
): FieldError[] {
  const kindName = (name: string, value: string | undefined) => {
    if (!value) return [fieldError.required(`${field}.${name}`)];
    const texts = dns1035Label(value.toLowerCase());
    return texts.length > 0
      ? [fieldError.invalid(`${field}.${name}`, value, `may have mixed case, but should otherwise match: ${texts.join(",")}`)]
      : [];
  };
  return [
    ...requireName(`${field}.plural`, plural, (value) => joined(dns1035Label(value))),
    ...requireValue(`${field}.singular`, singular),
    ...(singular ? invalidAll(`${field}.singular`, singular, joined(dns1035Label(singular))) : []),
    ...kindName("kind", kind),
    ...kindName("listKind", listKind),
    ...shortNames.flatMap((name, index) => invalidAll(`${field}.shortNames[${index}]`, name, joined(dns1035Label(name)))),
  ];
}

const joined = (texts: readonly string[]): string[] => (texts.length > 0 ? [texts.join(",")] : []);

/** A version as upstream prints it: its own view, with Go's names of the fields. */
const internalVersion = (version: CustomResourceDefinitionVersion) => ({
  Name: version.name,
  Served: version.served,
  Storage: version.storage,
  Deprecated: version.deprecated ?? false,
  DeprecationWarning: version.deprecationWarning ?? null,
  Schema: version.schema ?? null,
  Subresources: version.subresources ?? null,
  AdditionalPrinterColumns: version.additionalPrinterColumns ?? null,
  SelectableFields: (version as Version).selectableFields ?? null,
});
