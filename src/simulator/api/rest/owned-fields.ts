import type { ResetFields } from "../../patch/apply/ownership.ts";
import { updateManagedFields } from "../../patch/apply/update-managed-fields.ts";
import { completeFields } from "../../schema/fields.ts";
import type { KubeObject, ManagedFieldsEntry } from "../object.ts";
import type { Endpoint, Registry } from "../registry.ts";
import type { WriteContext } from "./write-context.ts";

const STATUS: ResetFields = [["status"]];
const SPEC: ResetFields = [["spec"]];
const SPEC_AND_LABELS: ResetFields = [["spec"], ["metadata", "labels"]];
const NONE: ResetFields = [];

/** Fields that a write through this door cannot change, so that its writer does not come to own them (GetResetFields). */
export function resetFields({ info }: Endpoint, subresource: string): ResetFields {
  if (subresource === "status") return info.group === "apps" ? SPEC_AND_LABELS : SPEC;
  const hasStatus = info.subresources.some(({ name }) => name === "status");
  return subresource === "" && hasStatus ? STATUS : NONE;
}

/** metadata.managedFields after the write: what changed belongs to the writer. */
export const ownedFields = (
  registry: Registry,
  endpoint: Endpoint,
  subresource: string,
  { fieldManager }: WriteContext,
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
