import { fieldError, type FieldError } from "../../api/status-error.ts";

export const validateNoBacksteps = (path: string, field: string): FieldError[] =>
  path.split("/").includes("..") ? [fieldError.invalid(field, path, "must not contain '..'")] : [];

/** A path below something: relative, and never above it. */
export const validateDescendingPath = (path: string, field: string): FieldError[] => [
  ...(path.startsWith("/") ? [fieldError.invalid(field, path, "must be a relative path")] : []),
  ...validateNoBacksteps(path, field),
];

/** A file the kubelet writes into a volume, which keeps names that begin with two dots for itself. */
export const validateFilePath = (path: string | undefined, field: string): FieldError[] => [
  ...(path ? [] : [fieldError.required(field)]),
  ...validateDescendingPath(path ?? "", field),
  ...(path?.startsWith("..") && !path.startsWith("../") ? [fieldError.invalid(field, path, "must not start with '..'")] : []),
];

/** A file's permission bits. */
export const validateMode = (mode: number | undefined, field: string): FieldError[] =>
  mode !== undefined && (mode < 0 || mode > 0o777)
    ? [fieldError.invalid(field, mode, "must be a number between 0 and 0777 (octal), both inclusive")]
    : [];
