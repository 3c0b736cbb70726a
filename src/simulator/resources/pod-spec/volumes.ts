import type { KeyToPath, ProjectedVolumeSource, Volume, VolumeProjection } from "kubernetes-types/core/v1";
import { fieldError, type FieldError } from "../../api/status-error.ts";
import { requireName, requireValue } from "../field-checks.ts";
import { dns1123Label } from "../names.ts";
import { compareQuantities } from "../../schema/quantity.ts";
import { validateClaimSpec } from "./claim-spec.ts";
import { validateDownwardFile } from "./downward.ts";
import { validateDescendingPath, validateFilePath, validateMode, validateNoBacksteps } from "./paths.ts";

const HOST_PATH_TYPES = ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];

type Sources = Required<Omit<Volume, "name">>;
type SourceCheck<K extends keyof Sources> = (source: Sources[K], field: string) => FieldError[];
const unchecked = () => [];

/** Every kind of volume and its check, in the order in which upstream looks for them. */
const SOURCES: { [K in keyof Sources]: SourceCheck<K> } = {
  emptyDir: ({ sizeLimit }, field) =>
    sizeLimit !== undefined && compareQuantities(sizeLimit, "0") < 0
      ? [fieldError.forbidden(`${field}.sizeLimit`, "SizeLimit field must be a valid resource quantity")]
      : [],
  hostPath: ({ path, type = "" }, field) =>
    path
      ? [
          ...validateNoBacksteps(path, `${field}.path`),
          ...(HOST_PATH_TYPES.includes(type) ? [] : [fieldError.notSupported(`${field}.type`, type, HOST_PATH_TYPES)]),
        ]
      : [fieldError.required(`${field}.path`)],
  gitRepo: ({ repository, directory = "" }, field) => [
    ...requireValue(`${field}.repository`, repository),
    ...validateDescendingPath(directory, `${field}.directory`),
  ],
  gcePersistentDisk: unchecked,
  awsElasticBlockStore: unchecked,
  secret: ({ secretName, defaultMode, items }, field) => [
    ...requireValue(`${field}.secretName`, secretName),
    ...validateMode(defaultMode, `${field}.defaultMode`),
    ...validateItems(items, field),
  ],
  nfs: ({ server, path }, field) => [
    ...requireValue(`${field}.server`, server),
    ...requireValue(`${field}.path`, path),
    ...(path?.startsWith("/") ? [] : [fieldError.invalid(`${field}.path`, path ?? "", "must be an absolute path")]),
  ],
  iscsi: unchecked,
  glusterfs: unchecked,
  persistentVolumeClaim: ({ claimName }, field) => requireValue(`${field}.claimName`, claimName),
  rbd: unchecked,
  cinder: unchecked,
  cephfs: unchecked,
  flocker: unchecked,
  downwardAPI: ({ items = [], defaultMode }, field) => [
    ...validateMode(defaultMode, `${field}.defaultMode`),
    ...items.flatMap((file) => validateDownwardFile(file, field)),
  ],
  fc: unchecked,
  flexVolume: unchecked,
  configMap: ({ name, defaultMode, items }, field) => [
    ...requireValue(`${field}.name`, name),
    ...validateMode(defaultMode, `${field}.defaultMode`),
    ...validateItems(items, field),
  ],
  azureFile: unchecked,
  vsphereVolume: unchecked,
  quobyte: unchecked,
  azureDisk: unchecked,
  storageos: unchecked,
  photonPersistentDisk: unchecked,
  projected: validateProjected,
  portworxVolume: unchecked,
  scaleIO: unchecked,
  csi: ({ driver }, field) => requireValue(`${field}.driver`, driver),
  ephemeral: ({ volumeClaimTemplate: template }, field) =>
    template
      ? validateClaimSpec(template.spec, `${field}.volumeClaimTemplate.spec`)
      : [fieldError.required(`${field}.volumeClaimTemplate`)],
};

/** The volumes of a Pod: the errors, and the names that may be mounted (core validation ValidateVolumes). */
export function validateVolumes(volumes: readonly Volume[] = [], field: string): { errors: FieldError[]; names: Set<string> } {
  const names = new Set<string>();
  const errors: FieldError[] = [];
  volumes.forEach((volume, index) => {
    const path = `${field}[${index}]`;
    const own = [
      ...validateSource(volume, path),
      ...requireName(`${path}.name`, volume.name, dns1123Label),
      ...(names.has(volume.name) ? [fieldError.duplicate(`${path}.name`, volume.name)] : []),
    ];
    if (own.length === 0) names.add(volume.name);
    errors.push(...own);
  });
  return { errors, names };
}

function validateSource(volume: Volume, field: string): FieldError[] {
  const errors: FieldError[] = [];
  let found = 0;
  for (const [name, check] of Object.entries(SOURCES) as [keyof Sources, SourceCheck<never>][]) {
    const source = volume[name] as never;
    if (!source) continue;
    found++;
    if (found === 1) errors.push(...check(source, `${field}.${name}`));
    else errors.push(fieldError.forbidden(`${field}.${name}`, "may not specify more than 1 volume type"));
  }
  return errors;
}

const validateItems = (items: readonly KeyToPath[] = [], field: string): FieldError[] =>
  items.flatMap(({ key, path, mode }, index) => {
    const item = `${field}.items[${index}]`;
    return [
      ...requireValue(`${item}.key`, key),
      ...validateFilePath(path, `${item}.path`),
      ...validateMode(mode, `${item}.mode`),
    ];
  });

function validateProjected({ sources, defaultMode }: ProjectedVolumeSource, field: string): FieldError[] {
  const errors = validateMode(defaultMode, `${field}.defaultMode`);
  const paths = new Set<string>();
  (sources ?? []).forEach((source, index) => {
    const path = `${field}.sources[${index}]`;
    errors.push(...validateProjection(source, path));
    for (const [file, owner] of projectedFiles(source)) {
      if (paths.has(file)) errors.push(fieldError.invalid(field, owner, "conflicting duplicate paths"));
      paths.add(file);
    }
    if (Object.values(source).filter(Boolean).length > 1) {
      errors.push(fieldError.forbidden(path, "may not specify more than 1 volume type per source"));
    }
  });
  return errors;
}

function validateProjection(
  { secret, configMap, downwardAPI, serviceAccountToken: token }: VolumeProjection,
  field: string,
): FieldError[] {
  const ofKeys = (source: typeof secret, path: string) =>
    source ? [...requireValue(`${path}.name`, source.name), ...validateItems(source.items, path)] : [];
  return [
    ...ofKeys(secret, `${field}.secret`),
    ...ofKeys(configMap, `${field}.configMap`),
    ...(downwardAPI?.items ?? []).flatMap((file) => validateDownwardFile(file, `${field}.downwardAPI`)),
    ...(token ? validateToken(token, `${field}.serviceAccountToken`) : []),
  ];
}

function validateToken(
  { expirationSeconds: seconds = 3600, path }: { expirationSeconds?: number; path: string },
  field: string,
): FieldError[] {
  const limits: FieldError[] = [];
  if (seconds < 600)
    limits.push(fieldError.invalid(`${field}.expirationSeconds`, seconds, "may not specify a duration less than 10 minutes"));
  if (seconds > 2 ** 32)
    limits.push(fieldError.invalid(`${field}.expirationSeconds`, seconds, "may not specify a duration larger than 2^32 seconds"));
  return [...limits, ...validateFilePath(path, `${field}.path`)];
}

/** Files of a projection with whom a clash is blamed on. */
function projectedFiles({ secret, configMap, downwardAPI, serviceAccountToken: token }: VolumeProjection): [string, string][] {
  return [
    ...[secret, configMap].flatMap((source) =>
      (source?.items ?? []).map(({ path }): [string, string] => [path, source?.name ?? ""]),
    ),
    ...(downwardAPI?.items ?? []).map(({ path }): [string, string] => [path, path]),
    ...(token ? [[token.path, token.path] as [string, string]] : []),
  ];
}
