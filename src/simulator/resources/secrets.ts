import type { Secret } from "kubernetes-types/core/v1";
import type { Live } from "../api/object.ts";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { DATA_LIMIT, validateImmutable } from "./configmaps.ts";
import { age } from "./duration.ts";
import { immutable, invalidAll } from "./field-checks.ts";
import { jsonProblem } from "../api/json-syntax.ts";
import { configMapKey } from "./names.ts";
import { defineResource } from "./resource.ts";

/** Keys that a type of Secret has to have. */
const REQUIRED: Record<string, readonly string[]> = {
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
};

/** Models pkg/registry/core/secret/strategy.go. */
export const secrets = defineResource<Live<Secret>>({
  resource: "secrets",
  defaults(secret) {
    secret.type ||= "Opaque";
    const { stringData } = secret;
    if (stringData) {
      // stringData is write-only: it ends up in data.
      for (const key in stringData) (secret.data ??= {})[key] = Buffer.from(stringData[key] as string).toString("base64");
      delete secret.stringData;
    }
  },
  validate(secret) {
    const { data = {} } = secret;
    const size = Object.values(data).reduce((sum, value) => sum + Buffer.from(value, "base64").length, 0);
    return [
      ...Object.keys(data)
        .sort()
        .flatMap((key) => invalidAll(`data[${key}]`, key, configMapKey(key))),
      ...(size > DATA_LIMIT ? [fieldError.tooLong("data", DATA_LIMIT)] : []),
      ...validateType(secret),
    ];
  },
  validateUpdate: (secret, old) => [...immutable("type", secret.type, old.type), ...validateImmutable(secret, old, ["data"])],
  cells: ({ metadata, type = "", data = {} }, { now }) => [
    metadata.name,
    type,
    Object.keys(data).length,
    age(metadata.creationTimestamp, now),
  ],
  selectableFields: ({ type }) => ({ type: type ?? "" }),
});

function validateType({ type = "", data = {}, metadata }: Live<Secret>): FieldError[] {
  const required = (key: string) => fieldError.required(`data[${key}]`);
  if (type === "kubernetes.io/service-account-token") {
    const field = "metadata.annotations[kubernetes.io/service-account.name]";
    return metadata.annotations?.["kubernetes.io/service-account.name"] ? [] : [fieldError.required(field)];
  }
  if (type === "kubernetes.io/basic-auth") {
    return "username" in data || "password" in data ? [] : [required("username"), required("password")];
  }
  const missing = (REQUIRED[type] ?? []).filter((key) => data[key] === undefined);
  if (missing.length > 0) return missing.map(required);
  return type.startsWith("kubernetes.io/dockerc")
    ? (REQUIRED[type] ?? []).flatMap((key) => validateJson(data[key] as string, key))
    : [];
}

function validateJson(value: string, key: string): FieldError[] {
  const problem = jsonProblem(Buffer.from(value, "base64").toString());
  return problem ? [fieldError.invalid(`data[${key}]`, "<secret contents redacted>", problem)] : [];
}
