import { StatusError } from "../api/status-error.ts";

export const isNotFound = (error: unknown): boolean => error instanceof StatusError && error.code === 404;

export const isAlreadyExists = (error: unknown): boolean => error instanceof StatusError && error.reason === "AlreadyExists";

/** Refused because the namespace is being deleted: nothing more can be made in it, so nobody retries or complains. */
export const isNamespaceTerminating = (error: unknown): boolean =>
  error instanceof StatusError && error.status.details?.causes?.some(({ reason }) => reason === "NamespaceTerminating") === true;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The outcome of a write, or undefined when its object was gone already. */
export async function unlessGone<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
