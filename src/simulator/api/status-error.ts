/** One entry of an Invalid or Conflict status. */
export interface StatusCause {
  reason: string;
  message: string;
  field?: string;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** metav1.Status as sent to clients. */
export interface Status {
  kind: "Status";
  apiVersion: "v1";
  metadata: Record<string, unknown>;
  status: "Success" | "Failure";
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code: number;
}

/** What names a resource in messages: plural and group. */
export interface GroupResource {
  group: string;
  resource: string;
}

const qualified = ({ group, resource }: GroupResource) => (group ? `${resource}.${group}` : resource);

/**
 * A refusal by the API server. Texts, reasons and codes follow k8s.io/apimachinery/pkg/api/errors.
 * `throw new StatusError(...)` anywhere below the pipeline becomes the response.
 */
export class StatusError extends Error {
  readonly status: Status;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.status = {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      ...(reason && { reason }),
      ...(details && { details }),
      code,
    };
  }

  get code(): number {
    return this.status.code;
  }

  get reason(): string {
    return this.status.reason ?? "";
  }

  static notFound(resource: GroupResource, name: string): StatusError {
    return new StatusError(404, "NotFound", `${qualified(resource)} "${name}" not found`, details(resource, name));
  }

  static alreadyExists(resource: GroupResource, name: string): StatusError {
    return new StatusError(409, "AlreadyExists", `${qualified(resource)} "${name}" already exists`, details(resource, name));
  }

  static conflict(resource: GroupResource, name: string, cause: string): StatusError {
    const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${cause}`;
    return new StatusError(409, "Conflict", message, details(resource, name));
  }

  /** 403; `why` is what stands behind the colon. Without a name the message speaks of the resource alone. */
  static forbidden(resource: GroupResource, name: string, why: string): StatusError {
    const message = name
      ? `${qualified(resource)} "${name}" is forbidden: ${why}`
      : `${qualified(resource)} is forbidden: ${why}`;
    return new StatusError(403, "Forbidden", message, details(resource, name));
  }

  static badRequest(message: string): StatusError {
    return new StatusError(400, "BadRequest", message);
  }

  /** 422 with every field error as a cause. `kind` is the kind's name, not the plural. */
  static invalid(kind: { group: string; kind: string }, name: string, errors: readonly FieldError[]): StatusError {
    const texts = [...new Set(errors.map((error) => `${error.field}: ${error.message}`))];
    const list = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
    const subject = `${kind.kind}${kind.group && `.${kind.group}`}`;
    return new StatusError(422, "Invalid", `${subject} "${name}" is invalid: ${list}`, {
      ...(name && { name }),
      ...(kind.group && { group: kind.group }),
      kind: kind.kind,
      causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
    });
  }

  static methodNotSupported(resource: GroupResource, verb: string): StatusError {
    return new StatusError(405, "MethodNotAllowed", `${verb} is not supported on resources of kind "${qualified(resource)}"`, {
      ...(resource.group && { group: resource.group }),
      kind: resource.resource,
    });
  }

  static internal(message: string): StatusError {
    return new StatusError(500, "InternalError", `Internal error occurred: ${message}`, {
      causes: [{ reason: "", message } as StatusCause],
    });
  }

  static serviceUnavailable(message: string): StatusError {
    return new StatusError(503, "ServiceUnavailable", message);
  }

  /** A watch or list from a version the server no longer remembers. */
  static expired(message: string): StatusError {
    return new StatusError(410, "Expired", message);
  }

  /** What the practice cluster knowingly lacks: it says so instead of pretending. */
  static notModelled(what: string): StatusError {
    return new StatusError(501, "NotImplemented", `the practice cluster does not model ${what}`);
  }
}

const details = ({ group, resource }: GroupResource, name: string): StatusDetails => ({
  ...(name && { name }),
  ...(group && { group }),
  kind: resource,
});

/**
 * One refused field (k8s.io/apimachinery/pkg/util/validation/field). `message` is everything behind `field: `,
 * as upstream prints it: `Invalid value: "x": must be …`, `Required value`, `Unsupported value: "x": supported values: …`.
 */
export interface FieldError {
  reason:
    | "FieldValueInvalid"
    | "FieldValueRequired"
    | "FieldValueNotSupported"
    | "FieldValueDuplicate"
    | "FieldValueForbidden"
    | "FieldValueNotFound"
    | "FieldValueTooLong"
    | "FieldValueTooMany"
    | "FieldValueTypeInvalid"
    | "InternalError";
  field: string;
  message: string;
}

/** A value as Go's %q and %#v of plain values print it: strings quoted, numbers and booleans bare, objects as JSON. */
const shown = (value: unknown): string => (value === undefined || value === null ? "null" : JSON.stringify(value));

export const fieldError = {
  required: (field: string, why = ""): FieldError => ({
    reason: "FieldValueRequired",
    field,
    message: why ? `Required value: ${why}` : "Required value",
  }),
  invalid: (field: string, value: unknown, why: string): FieldError => ({
    reason: "FieldValueInvalid",
    field,
    message: `Invalid value: ${shown(value)}: ${why}`,
  }),
  notSupported: (field: string, value: unknown, supported: readonly string[]): FieldError => ({
    reason: "FieldValueNotSupported",
    field,
    message: `Unsupported value: ${shown(value)}${supported.length ? `: supported values: ${supported.map((one) => JSON.stringify(one)).join(", ")}` : ""}`,
  }),
  duplicate: (field: string, value: unknown): FieldError => ({
    reason: "FieldValueDuplicate",
    field,
    message: `Duplicate value: ${shown(value)}`,
  }),
  forbidden: (field: string, why: string): FieldError => ({ reason: "FieldValueForbidden", field, message: `Forbidden: ${why}` }),
  notFound: (field: string, value: unknown): FieldError => ({
    reason: "FieldValueNotFound",
    field,
    message: `Not found: ${shown(value)}`,
  }),
  typeInvalid: (field: string, value: unknown, why: string): FieldError => ({
    reason: "FieldValueTypeInvalid",
    field,
    message: `Invalid value: ${shown(value)}: ${why}`,
  }),
  tooMany: (field: string, count: number, limit: number): FieldError => ({
    reason: "FieldValueTooMany",
    field,
    message: `Too many: ${count}: must have at most ${limit} items`,
  }),
  tooLong: (field: string, limit: number): FieldError => ({
    reason: "FieldValueTooLong",
    field,
    message: `Too long: may not be more than ${limit} bytes`,
  }),
};
