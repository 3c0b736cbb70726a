import type { Container, PodSpec } from "kubernetes-types/core/v1";

/** Kinds of volumes that no longer work, and since when. */
const DEAD_VOLUMES = {
  photonPersistentDisk: "deprecated in v1.11, non-functional in v1.16+",
  gitRepo: "deprecated in v1.11, and disabled by default in v1.33+",
  scaleIO: "deprecated in v1.16, non-functional in v1.22+",
  flocker: "deprecated in v1.22, non-functional in v1.25+",
  storageos: "deprecated in v1.22, non-functional in v1.25+",
  quobyte: "deprecated in v1.22, non-functional in v1.25+",
  glusterfs: "deprecated in v1.25, non-functional in v1.26+",
  cephfs: "deprecated in v1.28, non-functional in v1.31+",
  rbd: "deprecated in v1.28, non-functional in v1.31+",
} as const;

/** Node labels that are old, and what to use instead. */
const OLD_NODE_LABELS: Record<string, string> = {
  "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
  "app.kubernetes.io/created-by": "deprecated since v1.9",
  "scheduler.alpha.kubernetes.io/preferAvoidPods": "deprecated since v1.22; use Taints and Tolerations instead",
  "node-role.kubernetes.io/master": 'use "node-role.kubernetes.io/control-plane" instead',
};

interface NamedContainer {
  container: Container;
  field: string;
}

/** What is allowed but likely a mistake (pkg/api/pod/warnings.go). `prefix` is "" for a Pod, `spec.template.` for a workload. */
export function podWarnings(
  spec: PodSpec,
  { annotations = {} }: { annotations?: Record<string, string> },
  prefix: string,
): string[] {
  const field = `${prefix}spec`;
  const containers = namedContainers(spec, field);
  const { volumes = [], topologySpreadConstraints = [], terminationGracePeriodSeconds: grace = 0 } = spec;
  return [
    ...Object.keys(spec.nodeSelector ?? {})
      .filter((key) => OLD_NODE_LABELS[key])
      .map((key) => `${field}.nodeSelector[${key}]: ${OLD_NODE_LABELS[key]}`),
    ...topologySpreadConstraints.flatMap(({ labelSelector }, index) =>
      labelSelector ? [] : [nullSelector(`${field}.topologySpreadConstraints[${index}].labelSelector`)],
    ),
    ...("scheduler.alpha.kubernetes.io/critical-pod" in annotations
      ? [
          `${prefix}metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead`,
        ]
      : []),
    ...volumes.flatMap((volume, index) =>
      Object.entries(DEAD_VOLUMES)
        .filter(([name]) => volume[name as keyof typeof DEAD_VOLUMES])
        .map(([name, text]) => `${field}.volumes[${index}].${name === "storageos" ? "storageOS" : name}: ${text}`),
    ),
    ...duplicates(spec.hostAliases ?? [], ({ ip }) => ip ?? "").map(
      ([index, ip]) => `${field}.hostAliases[${index}].ip: duplicate ip "${ip}"`,
    ),
    ...duplicates(spec.imagePullSecrets ?? [], ({ name }) => name ?? "").map(
      ([index, name]) => `${field}.imagePullSecrets[${index}].name: duplicate name "${name}"`,
    ),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }, index) =>
      name ? [] : [`${field}.imagePullSecrets[${index}].name: invalid empty name ""`],
    ),
    ...containers.flatMap(fractionalBytes),
    ...containers.flatMap(hiddenVariables),
    ...portWarnings(containers),
    ...(grace < 0
      ? [`${field}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...affinityWarnings(spec, `${field}.affinity`),
  ];
}

const namedContainers = ({ initContainers = [], containers }: PodSpec, field: string): NamedContainer[] => [
  ...initContainers.map((container, index) => ({ container, field: `${field}.initContainers[${index}]` })),
  ...(containers ?? []).map((container, index) => ({ container, field: `${field}.containers[${index}]` })),
];

const nullSelector = (field: string): string => `${field}: a null labelSelector results in matching no pod`;

/** Index and value of each entry whose value came before. */
function duplicates<T>(entries: readonly T[], value: (entry: T) => string): [number, string][] {
  const seen = new Set<string>();
  const found: [number, string][] = [];
  entries.forEach((entry, index) => {
    const key = value(entry);
    if (seen.has(key)) found.push([index, key]);
    seen.add(key);
  });
  return found;
}

/** `400m` of memory is 0.4 bytes: meant was `400Mi`. */
const fractionalBytes = ({ container: { resources = {} }, field }: NamedContainer): string[] =>
  (["memory", "ephemeral-storage"] as const).flatMap((name) =>
    (["limits", "requests"] as const)
      .filter((part) => resources[part]?.[name]?.endsWith("m"))
      .map(
        (part) =>
          `${field}.resources.${part}[${name}]: fractional byte value "${resources[part]?.[name]}" is invalid, must be an integer`,
      ),
  );

const hiddenVariables = ({ container: { env = [] }, field }: NamedContainer): string[] =>
  duplicates(env, ({ name }) => name)
    .filter(([index, name]) => {
      const { value = "", valueFrom } = env[index] as (typeof env)[number];
      return valueFrom !== undefined || value === `$(${name})` || !value.includes(`$(${name})`);
    })
    .map(
      ([index, name]) => `${field}.env[${index}]: hides previous definition of "${name}", which may be dropped when using apply`,
    );

function portWarnings(containers: readonly NamedContainer[]): string[] {
  const ports = containers.flatMap(({ container, field }) =>
    (container.ports ?? []).map((port, index) => ({ ...port, field: `${field}.ports[${index}]` })),
  );
  const ambiguous = ports.flatMap((port, index) =>
    ports
      .slice(0, index)
      .filter((other) => other.containerPort === port.containerPort && other.protocol === port.protocol)
      .flatMap((other) => {
        if (other.hostIP === port.hostIP && other.hostPort === port.hostPort) {
          return [`${port.field}: duplicate port definition with ${other.field}`];
        }
        return port.hostPort && other.hostPort ? [] : [`${port.field}: overlapping port definition with ${other.field}`];
      }),
  );
  const sameName = ports.flatMap((port, index) => {
    const other = port.name && ports.slice(0, index).find(({ name }) => name === port.name);
    return other
      ? [
          `${port.field}: duplicate port name "${port.name}" with ${other.field}, services and probes that select ports by name will use ${other.field}`,
        ]
      : [];
  });
  return [...ambiguous, ...sameName];
}

function affinityWarnings({ affinity }: PodSpec, field: string): string[] {
  return (["podAffinity", "podAntiAffinity"] as const).flatMap((name) => {
    const {
      requiredDuringSchedulingIgnoredDuringExecution: required,
      preferredDuringSchedulingIgnoredDuringExecution: preferred,
    } = affinity?.[name] ?? {};
    return [
      ...(required ?? []).flatMap(({ labelSelector }, index) =>
        labelSelector
          ? []
          : [nullSelector(`${field}.${name}.requiredDuringSchedulingIgnoredDuringExecution[${index}].labelSelector`)],
      ),
      ...(preferred ?? []).flatMap(({ podAffinityTerm }, index) =>
        podAffinityTerm.labelSelector
          ? []
          : [
              nullSelector(
                `${field}.${name}.preferredDuringSchedulingIgnoredDuringExecution[${index}].podAffinityTerm.labelSelector`,
              ),
            ],
      ),
    ];
  });
}
