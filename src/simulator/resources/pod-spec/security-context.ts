import type { PodSecurityContext, SeccompProfile, SecurityContext } from "kubernetes-types/core/v1";
import { fieldError, type FieldError } from "../../api/status-error.ts";
import { optionalOneOf, requireValue } from "../field-checks.ts";
import { outOfRange } from "../names.ts";
import { validateDescendingPath } from "./paths.ts";

const HIGHEST_ID = 2 ** 31 - 1;
const SYSCTL = "([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const sysctlName = new RegExp(`^${SYSCTL}$`);
const PROFILES = ["Localhost", "RuntimeDefault", "Unconfined"];

/** A container's security context (core validation ValidateSecurityContext). */
export function validateSecurityContext(context: SecurityContext | undefined, field: string): FieldError[] {
  if (!context) return [];
  const { allowPrivilegeEscalation, privileged, capabilities, procMount } = context;
  const contradictions = [
    ...(privileged ? ["cannot set `allowPrivilegeEscalation` to false and `privileged` to true"] : []),
    ...(capabilities?.add?.includes("CAP_SYS_ADMIN")
      ? ["cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"]
      : []),
  ];
  return [
    ...validateId(context.runAsUser, `${field}.runAsUser`),
    ...validateId(context.runAsGroup, `${field}.runAsGroup`),
    ...optionalOneOf(`${field}.procMount`, procMount, ["Default", "Unmasked"]),
    ...validateProfile(context.seccompProfile, "seccomp", `${field}.seccompProfile`),
    ...(allowPrivilegeEscalation === false ? contradictions.map((text) => fieldError.invalid(field, context, text)) : []),
    ...validateProfile(context.appArmorProfile, "AppArmor", `${field}.appArmorProfile`),
  ];
}

/** A Pod's security context; `hostPID` stands in the Pod's spec (validatePodSpecSecurityContext). */
export function validatePodSecurityContext(
  context: PodSecurityContext | undefined,
  { hostPID, shareProcessNamespace }: { hostPID?: boolean; shareProcessNamespace?: boolean },
  field: string,
): FieldError[] {
  if (!context) return [];
  return [
    ...validateId(context.fsGroup, `${field}.fsGroup`),
    ...validateId(context.runAsUser, `${field}.runAsUser`),
    ...validateId(context.runAsGroup, `${field}.runAsGroup`),
    ...(context.supplementalGroups ?? []).flatMap((id, index) => validateId(id, `${field}.supplementalGroups[${index}]`)),
    ...(hostPID && shareProcessNamespace
      ? [fieldError.invalid(`${field}.shareProcessNamespace`, true, "ShareProcessNamespace and HostPID cannot both be enabled")]
      : []),
    ...validateSysctls(context.sysctls, `${field}.sysctls`),
    ...optionalOneOf(`${field}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ["Always", "OnRootMismatch"]),
    ...validateProfile(context.seccompProfile, "seccomp", `${field}.seccompProfile`),
    ...validateProfile(context.appArmorProfile, "AppArmor", `${field}.appArmorProfile`),
  ];
}

const validateId = (id: number | undefined, field: string): FieldError[] =>
  id !== undefined && (id < 0 || id > HIGHEST_ID) ? [fieldError.invalid(field, id, outOfRange(0, HIGHEST_ID))] : [];

function validateSysctls(sysctls: PodSecurityContext["sysctls"] = [], field: string): FieldError[] {
  const names = new Set<string>();
  return sysctls.flatMap(({ name }, index) => {
    const path = `${field}[${index}].name`;
    if (name && !(name.length <= 253 && sysctlName.test(name))) {
      return [fieldError.invalid(path, name, `must have at most 253 characters and match regex ^${SYSCTL}$`)];
    }
    if (names.has(name)) return [fieldError.duplicate(path, name)];
    names.add(name);
    return requireValue(path, name);
  });
}

/** Seccomp and AppArmor profiles have the same form. */
function validateProfile(profile: SeccompProfile | undefined, what: "seccomp" | "AppArmor", field: string): FieldError[] {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  const path = `${field}.localhostProfile`;
  const errors: FieldError[] = [];
  if (!type) errors.push(fieldError.required(`${field}.type`, `type is required when ${field.split(".").at(-1)} is set`));
  else if (!PROFILES.includes(type)) errors.push(fieldError.notSupported(`${field}.type`, type, PROFILES));
  if (type === "Localhost") {
    if (!localhostProfile) errors.push(fieldError.required(path, `must be set when ${what} type is Localhost`));
    else if (what === "seccomp") errors.push(...validateDescendingPath(localhostProfile, path));
  } else if (localhostProfile !== undefined) {
    const shown = what === "seccomp" ? profile : localhostProfile;
    errors.push(fieldError.invalid(path, shown, `can only be set when ${what} type is Localhost`));
  }
  return errors;
}
