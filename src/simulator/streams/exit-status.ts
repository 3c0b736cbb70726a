import { StatusError } from "../api/status-error.ts";
import type { Status } from "../api/status-error.ts";

/** What the error channel carries: a metav1.Status without apiVersion and kind. */
export type StreamStatus = Omit<Status, "kind" | "apiVersion" | "code"> & { code?: number };

/** The end of a command by its exit code. `how` stands behind a failure: `command terminated with exit code 3`. */
export function exitStatus(code: number, how: string): StreamStatus {
  if (code === 0) return { metadata: {}, status: "Success" };
  return {
    metadata: {},
    status: "Failure",
    message: `command terminated with non-zero exit code: ${how}`,
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: String(code) }] },
  };
}

/** A command that could not be run. */
export function internalErrorStatus(message: string): StreamStatus {
  const { kind: _, apiVersion: __, ...status } = StatusError.internal(message).status;
  return status;
}
