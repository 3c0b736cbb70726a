import type { ResetFields } from "../../patch/apply/ownership.ts";
import { updateManagedFields } from "../../patch/apply/update-managed-fields.ts";
import { completeFields } from "../../schema/fields.ts";
import type { KubeObject, ManagedFieldsEntry } from "../object.ts";
import type { Endpoint, Registry } from "../registry.ts";
import type { WriteContext } from "./write-context.ts";

const SPEC: ResetFields = [["spec"]];
const STATUS: ResetFields = [["status"]];
const NONE: ResetFields = [];

/** What `/status` resets where it is not the spec alone. */
const BY_STATUS: Readonly<Record<string, ResetFields>> = {
  "deployments.apps": [["spec"], ["metadata", "labels"]],
  pods: [["spec"], ["metadata", "deletionTimestamp"], ["metadata", "ownerReferences"]],
  "flowschemas.flowcontrol.apiserver.k8s.io": [["spec"], ["metadata"]],
  "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": [["spec"], ["metadata"]],
  "volumeattachments.storage.k8s.io": [["spec"], ["metadata"]],
};

/** Fields that a write through this door cannot change, so that its writer does not come to own them (GetResetFields). */
export function resetFields({ info, name }: Endpoint, subresource: string): ResetFields {
  if (subresource === "status") return BY_STATUS[name] ?? SPEC;
  if (subresource === "finalize") return STATUS;
  const hasStatus = info.subresources.some((one) => one.name === "status");
  return subresource === "" && hasStatus ? STATUS : NONE;
}

/** metadata.managedFields after the write: what changed belongs to the writer. */
export const ownedFields = (
  registry: Registry,
  endpoint: Endpoint,
  subresource: string,
  { fieldManager }: Pick<WriteContext, "fieldManager">,
  old: KubeObject | undefined,
  updated: KubeObject,
): readonly ManagedFieldsEntry[] =>
  updateManagedFields({
    old,
    // As it would be stored: a field that Go always writes is no change.
    updated: completeFields(updated, endpoint.schema, registry.schemas),
    manager: fieldManager,
    apiVersion: endpoint.apiVersion,
    subresource,
    now: registry.clock.now(),
    schema: endpoint.schema,
    index: registry.schemas,
    resetFields: resetFields(endpoint, subresource),
  });
