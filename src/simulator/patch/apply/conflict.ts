import { StatusError } from "../../api/status-error.ts";
import { byCodeUnits } from "../go-format.ts";
import type { FieldSet } from "./field-set.ts";
import { pathsOf } from "./field-set.ts";
import type { Managers, Owner } from "./managers.ts";
import { showPath } from "./path-element.ts";

/**
 * 409: an apply would change fields that others own (managedfields/internal/conflict.go).
 * `Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas`
 */
export function conflictError(managers: Managers, conflicts: ReadonlyMap<string, FieldSet>): StatusError {
  const owners = [...conflicts]
    .toSorted(([a], [b]) => byCodeUnits(a, b))
    .map(([id, fields]) => ({
      owner: showOwner(managers.get(id)!),
      paths: pathsOf(fields).map(showPath),
    }));
  const causes = owners.flatMap(({ owner, paths }) =>
    paths.map((field) => ({ reason: "FieldManagerConflict", message: `conflict with ${owner}`, field })),
  );
  const message =
    causes.length === 1
      ? `Apply failed with 1 conflict: ${causes[0]!.message}: ${causes[0]!.field}`
      : `Apply failed with ${causes.length} conflicts: ${owners.map(({ owner, paths }) => [`conflicts with ${owner}:`, ...paths.map((path) => `- ${path}`)].join("\n")).join("\n")}`;
  return new StatusError(409, "Conflict", message, { causes });
}

const showOwner = ({ manager, operation, apiVersion, subresource }: Owner): string =>
  [
    JSON.stringify(manager),
    ...(subresource ? [`with subresource ${JSON.stringify(subresource)}`] : []),
    ...(operation === "Update" ? [`using ${apiVersion}`] : []),
  ].join(" ");
