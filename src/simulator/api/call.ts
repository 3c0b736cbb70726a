import type { IncomingMessage, ServerResponse } from "node:http";
import { decodeBody, LARGEST_BODY, type Body } from "./body.ts";
import type { DeleteOptions } from "./client.ts";
import { contentType, encodeList, encodeObject, encodeValue, type Encoding } from "./encode.ts";
import { negotiate, type Representation } from "./negotiate.ts";
import type { KubeObject } from "./object.ts";
import type { Endpoint, Registry } from "./registry.ts";
import type { RequestInfo } from "./request-info.ts";
import type { Listed } from "./rest/list.ts";
import type { WriteContext } from "./rest/write-context.ts";
import { StatusError } from "./status-error.ts";
import type { UserInfo } from "./user.ts";

/** One authorised request, and the ways to answer it. */
export class Call {
  readonly registry: Registry;
  readonly info: RequestInfo;
  readonly user: UserInfo;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly warnings: string[] = [];

  constructor(registry: Registry, info: RequestInfo, user: UserInfo, request: IncomingMessage, response: ServerResponse) {
    this.registry = registry;
    this.info = info;
    this.user = user;
    this.request = request;
    this.response = response;
  }

  get representation(): Representation {
    return negotiate(this.request.headers.accept);
  }

  get encoding(): Encoding {
    return {
      ...this.representation,
      includeObject: this.info.query.get("includeObject") ?? "Metadata",
      now: this.registry.clock.now(),
    };
  }

  async bytes(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of this.request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > LARGEST_BODY) {
        throw new StatusError(413, "RequestEntityTooLarge", `Request entity too large: limit is ${LARGEST_BODY}`);
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  async body(kind: string): Promise<Body> {
    return decodeBody(this.request.headers["content-type"], await this.bytes(), kind);
  }

  /** Options of a delete: the body's, or the query's where there is no body. */
  async deleteOptions(): Promise<DeleteOptions & { dryRun: boolean }> {
    const bytes = await this.bytes();
    const sent = (
      bytes.length > 0 ? decodeBody(this.request.headers["content-type"], bytes, "DeleteOptions").value : {}
    ) as DeleteOptions & {
      dryRun?: string[];
      orphanDependents?: boolean;
    };
    const { query } = this.info;
    const grace = query.get("gracePeriodSeconds");
    const policy = query.get("propagationPolicy") as DeleteOptions["propagationPolicy"] | null;
    const legacy =
      sent.orphanDependents === undefined ? undefined : sent.orphanDependents ? ("Orphan" as const) : ("Background" as const);
    const propagation = sent.propagationPolicy ?? policy ?? legacy;
    const seconds = sent.gracePeriodSeconds ?? (grace === null ? undefined : Number(grace));
    return {
      ...(seconds !== undefined && { gracePeriodSeconds: seconds }),
      ...(propagation && { propagationPolicy: propagation }),
      ...(sent.preconditions && { preconditions: sent.preconditions }),
      dryRun: isDryRun(sent.dryRun ?? query.getAll("dryRun"), "DeleteOptions"),
    };
  }

  /** Options of a create, update or patch, checked as upstream checks them. `kind` is the options' kind, for messages. */
  writeContext(kind: "CreateOptions" | "UpdateOptions" | "PatchOptions"): WriteContext {
    const { query } = this.info;
    const fieldValidation = query.get("fieldValidation") || "Warn";
    if (!["Ignore", "Strict", "Warn"].includes(fieldValidation)) {
      throw invalidOption(
        kind,
        "fieldValidation",
        "FieldValueNotSupported",
        `Unsupported value: ${JSON.stringify(fieldValidation)}: supported values: "", "Ignore", "Strict", "Warn"`,
      );
    }
    return {
      user: this.user,
      fieldManager: query.get("fieldManager") || managerOf(this.request.headers["user-agent"]),
      dryRun: isDryRun(query.getAll("dryRun"), kind),
      fieldValidation: fieldValidation as WriteContext["fieldValidation"],
      warn: (text) => void this.warnings.push(text),
      trusted: false,
    };
  }

  sendObject(endpoint: Endpoint, object: KubeObject, code = 200): void {
    const encoding = this.encoding;
    const shown = endpoint.conversion ? endpoint.conversion.fromStored(object) : object;
    this.send(code, contentType(encoding), encodeObject(endpoint, shown, encoding));
  }

  sendList(endpoint: Endpoint, listed: Listed): void {
    const encoding = this.encoding;
    this.send(200, contentType(encoding), encodeList(endpoint, listed, encoding));
  }

  /** A Status, Scale, review… */
  sendValue(value: unknown, code = 200): void {
    const representation = this.representation;
    this.send(code, contentType(representation), encodeValue(value, representation));
  }

  send(code: number, type: string, body: string | Buffer, headers: Record<string, string> = {}): void {
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    this.response.writeHead(code, {
      "Content-Type": type,
      "Content-Length": bytes.length,
      "Cache-Control": "no-cache, private",
      ...headers,
      ...this.warningHeader(),
    });
    this.response.end(this.request.method === "HEAD" ? undefined : bytes);
  }

  warningHeader(): { Warning?: string[] } {
    const distinct = [...new Set(this.warnings)];
    return distinct.length > 0 ? { Warning: distinct.map((text) => `299 - "${text.replaceAll(/[\\"]/g, "\\$&")}"`) } : {};
  }
}

/** The manager of a client that names none: its user agent up to the first slash (apiserver managerOrUserAgent). */
const managerOf = (userAgent = "") => userAgent.split("/")[0]?.slice(0, 128) || "unknown";

function isDryRun(values: readonly string[], kind: string): boolean {
  const unsupported = values.filter((value) => value !== "All");
  if (unsupported.length > 0) {
    throw invalidOption(
      kind,
      "dryRun",
      "FieldValueNotSupported",
      `Unsupported value: ${JSON.stringify(unsupported)}: supported values: "All"`,
    );
  }
  return values.length > 0;
}

export const invalidOption = (
  kind: string,
  field: string,
  reason: "FieldValueNotSupported" | "FieldValueRequired" | "FieldValueForbidden",
  message: string,
): StatusError => StatusError.invalid({ group: "meta.k8s.io", kind }, "", [{ reason, field, message }]);
