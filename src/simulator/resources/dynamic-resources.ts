import type { KubeObject } from "../api/object.ts";
import { age } from "./duration.ts";
import { defineResource } from "./resource.ts";

/** The kinds of resource.k8s.io are kept and shown; nothing allocates devices. */
export const deviceclasses = defineResource({
  resource: "deviceclasses.resource.k8s.io",
  generation: true,
  cells: nameAndAge,
});

export const resourceclaimtemplates = defineResource({ resource: "resourceclaimtemplates.resource.k8s.io", cells: nameAndAge });

interface Claim extends KubeObject {
  status?: { allocation?: unknown; reservedFor?: unknown[] };
}

export const resourceclaims = defineResource<Claim>({
  resource: "resourceclaims.resource.k8s.io",
  cells: (claim, { now }) => [claim.metadata.name, claimState(claim), age(claim.metadata.creationTimestamp, now)],
});

interface Slice extends KubeObject {
  spec?: { nodeName?: string; driver?: string; pool?: { name?: string } };
}

export const resourceslices = defineResource<Slice>({
  resource: "resourceslices.resource.k8s.io",
  generation: true,
  cells: ({ metadata, spec }, { now }) => [
    metadata.name,
    spec?.nodeName ?? "",
    spec?.driver ?? "",
    spec?.pool?.name ?? "",
    age(metadata.creationTimestamp, now),
  ],
});

function nameAndAge({ metadata }: KubeObject, { now }: { now: number }): string[] {
  return [metadata.name, age(metadata.creationTimestamp, now)];
}

function claimState({ metadata, status = {} }: Claim): string {
  const states = metadata.deletionTimestamp ? ["deleted"] : [];
  if (!status.allocation) return [...states, ...(metadata.deletionTimestamp ? [] : ["pending"])].join(",");
  return [...states, "allocated", ...(status.reservedFor?.length ? ["reserved"] : [])].join(",");
}
