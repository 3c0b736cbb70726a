import type { PodSpec, PodTemplateSpec } from "kubernetes-types/core/v1";
import type { LabelSelector } from "kubernetes-types/meta/v1";
import { selectorMatches } from "../api/selectors.ts";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { checkName, invalidAll, oneOf, optionalOneOf } from "./field-checks.ts";
import { validateIp } from "./ip-address.ts";
import { validateLabels } from "./label-selector.ts";
import { dns1123Label, dns1123Subdomain, dns1123SubdomainWithUnderscore, outOfRange, qualifiedName } from "./names.ts";
import { validateAnnotations } from "./object-meta.ts";
import { validateAffinity, validateTolerations, validateTopologySpread } from "./pod-spec/affinity.ts";
import { validateContainers, validateInitContainers } from "./pod-spec/containers.ts";
import { validateEphemeralContainers } from "./pod-spec/ephemeral-containers.ts";
import { validateRequirements } from "./pod-spec/requirements.ts";
import { validatePodSecurityContext } from "./pod-spec/security-context.ts";
import { validateVolumes } from "./pod-spec/volumes.ts";

const RESTART_POLICIES = ["Always", "OnFailure", "Never"];
const DNS_POLICIES = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
const LONGEST_DEADLINE = 2 ** 31 - 1;

/** The template of a workload, checked without regard to its owner (core validation ValidatePodTemplateSpec). */
export function validatePodTemplate({ metadata = {}, spec }: PodTemplateSpec, field: string): FieldError[] {
  return [
    ...validateLabels(metadata.labels, `${field}.labels`),
    ...validateAnnotations(metadata.annotations, `${field}.annotations`),
    ...validatePodSpec(spec as PodSpec, `${field}.spec`),
    ...(spec?.ephemeralContainers?.length
      ? [fieldError.forbidden(`${field}.spec.ephemeralContainers`, "ephemeral containers not allowed in pod template")]
      : []),
  ];
}

/** The selector has to find what the template makes; `labels` are shown as `null` when there are none. */
export const validateSelectorMatchesTemplate = (
  selector: LabelSelector | null | undefined,
  template: PodTemplateSpec,
  field: string,
): FieldError[] => {
  const labels = template.metadata?.labels;
  return selectorMatches(selector ?? undefined, labels)
    ? []
    : [fieldError.invalid(`${field}.metadata.labels`, labels, "`selector` does not match template `labels`")];
};

/** Workloads that never end keep their pods running, and set no deadline. */
export const validateRunsForever = ({ spec }: PodTemplateSpec, kind: string, field: string): FieldError[] => [
  ...(spec?.restartPolicy === "Always"
    ? []
    : [fieldError.notSupported(`${field}.spec.restartPolicy`, spec?.restartPolicy, ["Always"])]),
  ...(spec?.activeDeadlineSeconds === undefined
    ? []
    : [fieldError.forbidden(`${field}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`)]),
];

/** A PodSpec of a Pod or a template, after its defaults (core validation ValidatePodSpec). */
export function validatePodSpec(spec: PodSpec, field: string, isPod = false): FieldError[] {
  const { errors: volumeErrors, names: volumes } = validateVolumes(spec.volumes, `${field}.volumes`);
  const facts = { volumes, graceSeconds: spec.terminationGracePeriodSeconds ?? 0 };
  const { activeDeadlineSeconds: deadline } = spec;
  return [
    ...volumeErrors,
    ...validateContainers(spec.containers, facts, `${field}.containers`),
    ...validateInitContainers(spec.initContainers, spec.containers, facts, `${field}.initContainers`),
    ...validateEphemeralContainers(spec, facts, `${field}.ephemeralContainers`),
    ...validateHostNetwork(spec, field, isPod),
    ...oneOf(`${field}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES),
    ...oneOf(`${field}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES),
    ...validateLabels(spec.nodeSelector, `${field}.nodeSelector`),
    ...validatePodSecurityContext(spec.securityContext, spec, `${field}.securityContext`),
    ...validateAffinity(spec.affinity, `${field}.affinity`),
    ...validateDnsConfig(spec, `${field}.dnsConfig`),
    ...(spec.readinessGates ?? []).flatMap(({ conditionType }, index) =>
      invalidAll(`${field}.readinessGates[${index}].conditionType`, conditionType, qualifiedName(conditionType)),
    ),
    ...validateGates(spec, `${field}.schedulingGates`),
    ...validateTopologySpread(spec.topologySpreadConstraints, `${field}.topologySpreadConstraints`),
    ...checkName(`${field}.serviceAccountName`, spec.serviceAccountName, dns1123Subdomain),
    ...checkName(`${field}.nodeName`, spec.nodeName, dns1123Subdomain),
    ...(deadline !== undefined && (deadline < 1 || deadline > LONGEST_DEADLINE)
      ? [fieldError.invalid(`${field}.activeDeadlineSeconds`, deadline, outOfRange(1, LONGEST_DEADLINE))]
      : []),
    ...checkName(`${field}.hostname`, spec.hostname, dns1123Label),
    ...checkName(`${field}.subdomain`, spec.subdomain, dns1123Label),
    ...validateTolerations(spec.tolerations, `${field}.tolerations`),
    ...validateHostAliases(spec.hostAliases, `${field}.hostAliases`),
    ...checkName(`${field}.priorityClassName`, spec.priorityClassName, dns1123Subdomain),
    ...checkName(`${field}.runtimeClassName`, spec.runtimeClassName, dns1123Subdomain),
    ...optionalOneOf(`${field}.preemptionPolicy`, spec.preemptionPolicy, ["PreemptLowerPriority", "Never"]),
    ...(spec.overhead ? validateRequirements({ limits: spec.overhead }, `${field}.overhead`) : []),
    ...validateOs(spec.os?.name, spec.os !== undefined, `${field}.os.name`),
  ];
}

/** On the host's network a port of the container is the same port of the host. */
function validateHostNetwork({ hostNetwork, containers }: PodSpec, field: string, isPod: boolean): FieldError[] {
  if (!hostNetwork) return [];
  return (containers ?? []).flatMap(({ ports = [] }, container) =>
    ports.flatMap(({ hostPort = 0, containerPort }, index) =>
      (isPod || hostPort !== 0) && hostPort !== containerPort
        ? [
            fieldError.invalid(
              `${field}.containers[${container}].ports[${index}].hostPort`,
              hostPort,
              "must match `containerPort` when `hostNetwork` is true",
            ),
          ]
        : [],
    ),
  );
}

function validateDnsConfig({ dnsConfig, dnsPolicy }: PodSpec, field: string): FieldError[] {
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {};
  if (dnsPolicy === "None") {
    if (!dnsConfig) return [fieldError.required(field, "must provide `dnsConfig` when `dnsPolicy` is None")];
    if (nameservers.length === 0) {
      const text = "must provide at least one DNS nameserver when `dnsPolicy` is None";
      return [fieldError.required(`${field}.nameservers`, text)];
    }
  }
  return [
    ...(nameservers.length > 3
      ? [fieldError.invalid(`${field}.nameservers`, nameservers, "must not have more than 3 nameservers")]
      : []),
    ...nameservers.flatMap((server, index) => validateIp(server, `${field}.nameservers[${index}]`)),
    ...(searches.length > 32
      ? [fieldError.invalid(`${field}.searches`, searches, "must not have more than 32 search paths")]
      : []),
    ...searches.flatMap((search, index) =>
      search === "."
        ? []
        : invalidAll(`${field}.searches[${index}]`, search, dns1123SubdomainWithUnderscore(search.replace(/\.$/, ""))),
    ),
    ...options.flatMap(({ name }, index) =>
      name ? [] : [fieldError.required(`${field}.options[${index}]`, "must not be empty")],
    ),
  ];
}

function validateGates({ schedulingGates = [] }: PodSpec, field: string): FieldError[] {
  return schedulingGates.flatMap(({ name }, index) => [
    ...invalidAll(`${field}[${index}]`, name, qualifiedName(name)),
    ...(schedulingGates.findIndex((gate) => gate.name === name) < index
      ? [fieldError.duplicate(`${field}[${index}]`, name)]
      : []),
  ]);
}

const validateHostAliases = (aliases: PodSpec["hostAliases"] = [], field: string): FieldError[] =>
  aliases.flatMap(({ ip, hostnames = [] }, index) => [
    ...validateIp(ip ?? "", `${field}[${index}].ip`),
    ...hostnames.flatMap((name, which) => invalidAll(`${field}[${index}].hostnames[${which}]`, name, dns1123Subdomain(name))),
  ]);

const validateOs = (name: string | undefined, given: boolean, field: string): FieldError[] =>
  given ? oneOf(field, name, ["linux", "windows"]) : [];
