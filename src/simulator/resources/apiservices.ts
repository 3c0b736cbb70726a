import type { KubeObject } from "../api/object.ts";
import { fieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { pathSegment } from "./rbac.ts";
import { defineResource } from "./resource.ts";

interface APIService extends KubeObject {
  spec: {
    group?: string;
    version?: string;
    groupPriorityMinimum?: number;
    versionPriority?: number;
    service?: { namespace?: string; name?: string; port?: number };
  };
  status?: { conditions?: { type: string; status: string; reason?: string }[] };
}

/** Models kube-aggregator pkg/registry/apiservice. */
export const apiservices = defineResource<APIService>({
  resource: "apiservices.apiregistration.k8s.io",
  validateName: pathSegment,
  defaults(service) {
    service.spec ??= {};
    if (service.spec.service) service.spec.service.port ??= 443;
  },
  validate({ metadata, spec }) {
    const name = `${spec.version}.${spec.group ?? ""}`;
    return metadata.name === name
      ? []
      : [fieldError.invalid("metadata.name", metadata.name, `must be \`spec.version+"."+spec.group\`: "${name}"`)];
  },
  cells: ({ metadata, spec, status }, { now }) => {
    const available = status?.conditions?.find(({ type }) => type === "Available");
    const { service } = spec;
    return [
      metadata.name,
      service ? `${service.namespace}/${service.name}` : "Local",
      available ? (available.status === "True" ? "True" : `${available.status} (${available.reason})`) : "Unknown",
      age(metadata.creationTimestamp, now),
    ];
  },
});
