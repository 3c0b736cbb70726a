import type { Container, ContainerPort, EnvFromSource, EnvVar, VolumeDevice, VolumeMount } from "kubernetes-types/core/v1";
import { fieldError, type FieldError } from "../../api/status-error.ts";
import { invalidAll, oneOf, requireName, requireValue } from "../field-checks.ts";
import { configMapKey, dns1123Label, dns1123Subdomain, envVarName, portName, portNumber } from "../names.ts";
import { ENV_FIELDS, validateFieldRef, validateResourceFieldRef } from "./downward.ts";
import { validateDescendingPath } from "./paths.ts";
import { validateLifecycle, validateProbes } from "./probes.ts";
import { validateRequirements } from "./requirements.ts";
import { validateSecurityContext } from "./security-context.ts";

/** What the containers of one Pod share. */
export interface PodFacts {
  volumes: ReadonlySet<string>;
  graceSeconds: number;
}

const PROTOCOLS = ["SCTP", "TCP", "UDP"];
const PULL_POLICIES = ["Always", "IfNotPresent", "Never"];
const PROPAGATIONS = ["Bidirectional", "HostToContainer", "None"];

/** The main containers (core validation validateContainers). */
export function validateContainers(
  containers: readonly Container[] | null | undefined,
  facts: PodFacts,
  field: string,
): FieldError[] {
  if (!containers?.length) return [fieldError.required(field)];
  const names = new Set<string>();
  const errors = containers.flatMap((container, index) => {
    const path = `${field}[${index}]`;
    return [
      ...validateContainer(container, facts, path),
      ...uniqueName(container.name, names, path),
      ...(container.lifecycle ? validateLifecycle(container.lifecycle, facts.graceSeconds, `${path}.lifecycle`) : []),
      ...validateProbes(container, path),
      ...(container.restartPolicy === undefined
        ? []
        : [fieldError.forbidden(`${path}.restartPolicy`, "may not be set for non-init containers")]),
    ];
  });
  return [...errors, ...validateHostPorts(containers, field)];
}

/** Init containers, sidecars (restartPolicy Always) among them. */
export function validateInitContainers(
  containers: readonly Container[] = [],
  main: readonly Container[] | null,
  facts: PodFacts,
  field: string,
): FieldError[] {
  const names = new Set((main ?? []).map(({ name }) => name));
  return containers.flatMap((container, index) => {
    const path = `${field}[${index}]`;
    return [
      ...validateContainer(container, facts, path),
      ...(container.restartPolicy === undefined || container.restartPolicy === "Always"
        ? []
        : [fieldError.notSupported(`${path}.restartPolicy`, container.restartPolicy, ["Always"])]),
      ...uniqueName(container.name, names, path),
      ...validateHostPorts([container], field),
      ...(container.restartPolicy === "Always"
        ? [
            ...(container.lifecycle ? validateLifecycle(container.lifecycle, facts.graceSeconds, `${path}.lifecycle`) : []),
            ...validateProbes(container, path),
          ]
        : forbidProbes(container, path)),
    ];
  });
}

/** What holds for containers of every sort (validateContainerCommon). */
export function validateContainer(container: Container, { volumes }: PodFacts, field: string): FieldError[] {
  return [
    ...requireName(`${field}.name`, container.name, dns1123Label),
    ...requireValue(`${field}.image`, container.image),
    ...oneOf(`${field}.terminationMessagePolicy`, container.terminationMessagePolicy, ["File", "FallbackToLogsOnError"]),
    ...validatePorts(container.ports, `${field}.ports`),
    ...(container.env ?? []).flatMap((variable, index) => validateEnv(variable, `${field}.env[${index}]`)),
    ...(container.envFrom ?? []).flatMap((source, index) => validateEnvFrom(source, `${field}.envFrom`, index)),
    ...validateMounts(container, volumes, `${field}.volumeMounts`),
    ...validateDevices(container.volumeDevices, volumes, `${field}.volumeDevices`),
    ...oneOf(`${field}.imagePullPolicy`, container.imagePullPolicy, PULL_POLICIES),
    ...validateRequirements(container.resources, `${field}.resources`),
    ...validateSecurityContext(container.securityContext, `${field}.securityContext`),
  ];
}

/** Images of a Pod, unlike those of a template, may have no spaces around them. */
export const validateImages = (containers: readonly Container[] | null | undefined, field: string): FieldError[] =>
  (containers ?? []).flatMap(({ image = "" }, index) =>
    image === image.trim()
      ? []
      : [fieldError.invalid(`${field}[${index}].image`, image, "must not have leading or trailing whitespace")],
  );

const uniqueName = (name: string, names: Set<string>, field: string): FieldError[] => {
  if (names.has(name)) return [fieldError.duplicate(`${field}.name`, name)];
  if (name) names.add(name);
  return [];
};

const forbidProbes = (container: Container, field: string): FieldError[] =>
  (["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] as const)
    .filter((name) => container[name])
    .map((name) => fieldError.forbidden(`${field}.${name}`, "may not be set for init containers without restartPolicy=Always"));

function validatePorts(ports: readonly ContainerPort[] = [], field: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap(({ name, containerPort, hostPort, protocol }, index) => {
    const path = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (name) {
      const texts = portName(name);
      if (texts.length > 0) errors.push(...invalidAll(`${path}.name`, name, texts));
      else if (names.has(name)) errors.push(fieldError.duplicate(`${path}.name`, name));
      else names.add(name);
    }
    if (!containerPort) errors.push(fieldError.required(`${path}.containerPort`));
    else errors.push(...invalidAll(`${path}.containerPort`, containerPort, portNumber(containerPort)));
    if (hostPort) errors.push(...invalidAll(`${path}.hostPort`, hostPort, portNumber(hostPort)));
    return [...errors, ...oneOf(`${path}.protocol`, protocol, PROTOCOLS)];
  });
}

function validateHostPorts(containers: readonly Container[], field: string): FieldError[] {
  const taken = new Set<string>();
  return containers.flatMap(({ ports = [] }, container) =>
    ports.flatMap(({ hostPort, hostIP = "", protocol }, index) => {
      if (!hostPort) return [];
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(key)) return [fieldError.duplicate(`${field}[${container}].ports[${index}].hostPort`, key)];
      taken.add(key);
      return [];
    }),
  );
}

function validateEnv({ name, value, valueFrom }: EnvVar, field: string): FieldError[] {
  const errors = requireName(`${field}.name`, name, envVarName);
  if (!valueFrom) return errors;
  const path = `${field}.valueFrom`;
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef) errors.push(...validateFieldRef(fieldRef, ENV_FIELDS, `${path}.fieldRef`));
  if (resourceFieldRef) errors.push(...validateResourceFieldRef(resourceFieldRef, `${path}.resourceFieldRef`, false));
  if (configMapKeyRef) errors.push(...validateKeyRef(configMapKeyRef, `${path}.configMapKeyRef`));
  if (secretKeyRef) errors.push(...validateKeyRef(secretKeyRef, `${path}.secretKeyRef`));
  const sources = Object.values(valueFrom).filter(Boolean).length;
  if (sources === 0) {
    errors.push(
      fieldError.invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"),
    );
  } else if (value) errors.push(fieldError.invalid(path, "", "may not be specified when `value` is not empty"));
  else if (sources > 1) errors.push(fieldError.invalid(path, "", "may not have more than one field specified at a time"));
  return errors;
}

const validateKeyRef = ({ name = "", key }: { name?: string; key: string }, field: string): FieldError[] => [
  ...invalidAll(`${field}.name`, name, dns1123Subdomain(name)),
  ...requireName(`${field}.key`, key, configMapKey),
];

/** Which of the two is missing is told of the list, not of its member: upstream's way. */
function validateEnvFrom({ prefix, configMapRef, secretRef }: EnvFromSource, list: string, index: number): FieldError[] {
  const field = `${list}[${index}]`;
  const errors = prefix ? invalidAll(`${field}.prefix`, prefix, envVarName(prefix)) : [];
  if (configMapRef) errors.push(...requireName(`${field}.configMapRef.name`, configMapRef.name, dns1123Subdomain));
  if (secretRef) errors.push(...requireName(`${field}.secretRef.name`, secretRef.name, dns1123Subdomain));
  if (!configMapRef && !secretRef)
    errors.push(fieldError.invalid(list, "", "must specify one of: `configMapRef` or `secretRef`"));
  if (configMapRef && secretRef)
    errors.push(fieldError.invalid(list, "", "may not have more than one field specified at a time"));
  return errors;
}

function validateMounts(container: Container, volumes: ReadonlySet<string>, field: string): FieldError[] {
  const { volumeMounts = [], volumeDevices = [] } = container;
  const paths = new Set<string>();
  return volumeMounts.flatMap((mount, index) => {
    const { name, mountPath, subPath, subPathExpr } = mount;
    const path = `${field}[${index}]`;
    const errors = [
      ...requireValue(`${path}.name`, name),
      ...(volumes.has(name) ? [] : [fieldError.notFound(`${path}.name`, name)]),
      ...requireValue(`${path}.mountPath`, mountPath),
      ...(paths.has(mountPath) ? [fieldError.invalid(`${path}.mountPath`, mountPath, "must be unique")] : []),
      ...(volumeDevices.some((device) => device.name === name)
        ? [fieldError.invalid(`${path}.name`, name, "must not already exist in volumeDevices")]
        : []),
      ...(subPath ? validateDescendingPath(subPath, `${field}.subPath`) : []),
      ...(subPath && subPathExpr
        ? [fieldError.invalid(`${path}.subPathExpr`, subPathExpr, "subPathExpr and subPath are mutually exclusive")]
        : []),
      ...(subPathExpr ? validateDescendingPath(subPathExpr, `${field}.subPathExpr`) : []),
      ...validatePropagation(mount, container, `${field}.mountPropagation`),
    ];
    paths.add(mountPath);
    return errors;
  });
}

function validatePropagation(
  { mountPropagation: mode }: VolumeMount,
  { securityContext }: Container,
  field: string,
): FieldError[] {
  if (mode === undefined) return [];
  return [
    ...(PROPAGATIONS.includes(mode) ? [] : [fieldError.notSupported(field, mode, PROPAGATIONS)]),
    ...(mode === "Bidirectional" && !securityContext?.privileged
      ? [fieldError.forbidden(field, "Bidirectional mount propagation is available only to privileged containers")]
      : []),
  ];
}

const validateDevices = (devices: readonly VolumeDevice[] = [], volumes: ReadonlySet<string>, field: string): FieldError[] =>
  devices.flatMap(({ name, devicePath }, index) => [
    ...requireValue(`${field}[${index}].name`, name),
    ...(volumes.has(name) ? [] : [fieldError.notFound(`${field}[${index}].name`, name)]),
    ...requireValue(`${field}[${index}].devicePath`, devicePath),
  ]);
