import type { Container, PodSpec } from "kubernetes-types/core/v1";
import { fieldError, type FieldError } from "../../api/status-error.ts";
import { validateContainer, validateImages, type PodFacts } from "./containers.ts";

const NOT_ALLOWED = [
  "ports",
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
  "lifecycle",
  "restartPolicy",
  "resizePolicy",
] as const;
const WHY = "cannot be set for an Ephemeral Container";

/** Containers that `kubectl debug` adds (core validation validateEphemeralContainers). */
export function validateEphemeralContainers(spec: PodSpec, facts: PodFacts, field: string): FieldError[] {
  const others = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name));
  const names = new Set(others);
  return (spec.ephemeralContainers ?? []).flatMap((container, index) => {
    const path = `${field}[${index}]`;
    const { name, targetContainerName: target, volumeMounts = [], resources = {} } = container;
    const errors = [
      ...validateContainer(container as Container, facts, path),
      ...validateImages([container as Container], field).map((error) => ({ ...error, field: `${path}.image` })),
      ...(names.has(name) ? [fieldError.duplicate(`${path}.name`, name)] : []),
      ...(target && !others.has(target) ? [fieldError.notFound(`${path}.targetContainerName`, target)] : []),
      ...NOT_ALLOWED.filter((part) => container[part] !== undefined).map((part) => fieldError.forbidden(`${path}.${part}`, WHY)),
      ...(Object.keys(resources).length > 0 ? [fieldError.forbidden(`${path}.resources`, WHY)] : []),
      ...volumeMounts.flatMap(({ subPath, subPathExpr }, mount) => [
        ...(subPath ? [fieldError.forbidden(`${path}.volumeMounts[${mount}].subPath`, WHY)] : []),
        ...(subPathExpr ? [fieldError.forbidden(`${path}.volumeMounts[${mount}].subPathExpr`, WHY)] : []),
      ]),
    ];
    names.add(name);
    return errors;
  });
}
