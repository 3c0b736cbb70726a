/** Why the API server said no: its Status, reduced to what one can act upon. */
export interface Refusal {
  /** HTTP status: 404, 409, 422… */
  status: number;
  /** `NotFound`, `Conflict`, `Invalid`, `Forbidden`…; empty when the answer was no Status. */
  reason: string;
  message: string;
  causes: readonly Cause[];
}

/** One fault of several; `field` is a path such as `spec.replicas`. */
interface Cause {
  reason: string;
  message: string;
  field: string;
}

/** Somebody else owns a field that an apply would change. */
export interface FieldConflict {
  manager: string;
  subresource?: string;
  field: string;
}

/** The API server answered, and it was a refusal. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** Nobody answered as a Kubernetes API server: nothing listens, another cluster's certificate, no route. */
export class ClusterUnreachable extends Error {
  override readonly name = "ClusterUnreachable";
  readonly server: string;
  /** Of the system or of OpenSSL: `ECONNREFUSED`, `ENOTFOUND`, `ETIMEDOUT`, `DEPTH_ZERO_SELF_SIGNED_CERT`… */
  readonly code: string;

  constructor(server: string, code: string, options?: ErrorOptions) {
    super(`${server}: ${code}`, options);
    this.server = server;
    this.code = code;
  }
}

/** The kubeconfig file can't be used: `context` is the one that was looked for. */
export class KubeconfigError extends Error {
  override readonly name = "KubeconfigError";
  readonly code: "file-missing" | "file-broken" | "context-missing";
  readonly file: string;
  readonly context: string;

  constructor(code: KubeconfigError["code"], file: string, context: string, options?: ErrorOptions) {
    super(`${code}: ${file}, context ${context}`, options);
    this.code = code;
    this.file = file;
    this.context = context;
  }
}

/** The cluster refused, or could not be asked: not a fault of this program. */
export const isOfCluster = (error: unknown): boolean =>
  error instanceof ApiError || error instanceof ClusterUnreachable || error instanceof KubeconfigError;

/** What the cluster answers; undefined where we may not ask. */
export async function unlessForbidden<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.refusal.status === 403) return undefined;
    throw error;
  }
}

/** What an answer that is no success says. Bodies that are no Status (of a proxied program, say) become the message. */
export function toRefusal(status: number, body: string): Refusal {
  const parsed = parseStatus(body);
  return {
    status,
    reason: parsed?.reason ?? "",
    message: parsed?.message ?? body.trim(),
    causes: (parsed?.details?.causes ?? []).map(({ reason = "", message = "", field = "" }) => ({ reason, message, field })),
  };
}

/** The owners that stand in the way of an apply; none unless that is why it was refused. */
export function conflictsOf({ causes }: Refusal): FieldConflict[] {
  return causes
    .filter(({ reason }) => reason === "FieldManagerConflict")
    .map(({ message, field }) => {
      const [, manager = "", subresource] = /^conflict with "([^"]*)"(?: with subresource "([^"]*)")?/.exec(message) ?? [];
      return { manager, field: field.replace(/^\./, ""), ...(subresource !== undefined && { subresource }) };
    });
}

interface RawStatus {
  kind: string;
  reason?: string;
  message?: string;
  details?: { causes?: { reason?: string; message?: string; field?: string }[] };
}

function parseStatus(body: string): RawStatus | undefined {
  if (!body.startsWith("{")) return undefined;
  try {
    const parsed = JSON.parse(body) as RawStatus;
    return parsed.kind === "Status" ? parsed : undefined;
  } catch {
    return undefined;
  }
}
