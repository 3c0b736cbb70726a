import type {
  MutatingWebhook,
  MutatingWebhookConfiguration,
  ValidatingWebhook,
  ValidatingWebhookConfiguration,
} from "kubernetes-types/admissionregistration/v1";
import type { KubeObject, Live } from "../api/object.ts";
import { fieldError, type FieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { invalidAll, optionalOneOf } from "./field-checks.ts";
import { validateLabelSelector } from "./label-selector.ts";
import { dns1123Subdomain } from "./names.ts";
import { defineResource, type ResourceStrategy } from "./resource.ts";

/** Seconds that a webhook may take. */
const LONGEST_TIMEOUT = 30;

interface Configuration extends KubeObject {
  webhooks?: (ValidatingWebhook & Pick<MutatingWebhook, "reinvocationPolicy">)[];
}

/** Models pkg/registry/admissionregistration and pkg/apis/admissionregistration/validation. */
export const mutatingwebhookconfigurations = configurations<Live<MutatingWebhookConfiguration>>("mutatingwebhookconfigurations");
export const validatingwebhookconfigurations = configurations<Live<ValidatingWebhookConfiguration>>(
  "validatingwebhookconfigurations",
);

function configurations<T extends Configuration>(plural: string): ResourceStrategy {
  return defineResource<T>({
    resource: `${plural}.admissionregistration.k8s.io`,
    generation: true,
    defaults({ webhooks = [] }) {
      for (const webhook of webhooks) {
        webhook.failurePolicy ??= "Fail";
        webhook.matchPolicy ??= "Equivalent";
        webhook.namespaceSelector ??= {};
        webhook.objectSelector ??= {};
        webhook.timeoutSeconds ??= 10;
        if (plural.startsWith("mutating")) webhook.reinvocationPolicy ??= "Never";
        webhook.admissionReviewVersions ??= [];
        webhook.clientConfig ??= {};
        for (const rule of (webhook.rules ?? []) as { scope?: string }[]) rule.scope ??= "*";
        if (webhook.clientConfig.service) webhook.clientConfig.service.port ??= 443;
      }
    },
    validate: ({ webhooks = [] }) => webhooks.flatMap((webhook, index) => validateWebhook(webhook, `webhooks[${index}]`)),
    cells: ({ metadata, webhooks = [] }, { now }) => [metadata.name, webhooks.length, age(metadata.creationTimestamp, now)],
  });
}

function validateWebhook(webhook: ValidatingWebhook, field: string): FieldError[] {
  const { name, clientConfig, sideEffects, timeoutSeconds = 10, admissionReviewVersions } = webhook;
  const { url, service } = clientConfig;
  const timeout = `${field}.timeoutSeconds`;
  return [
    ...validateFullName(name, `${field}.name`),
    ...(admissionReviewVersions.length > 0
      ? []
      : [fieldError.required(`${field}.admissionReviewVersions`, "must specify one of v1, v1beta1")]),
    ...optionalOneOf(`${field}.failurePolicy`, webhook.failurePolicy, ["Fail", "Ignore"]),
    ...optionalOneOf(`${field}.matchPolicy`, webhook.matchPolicy, ["Equivalent", "Exact"]),
    ...(!sideEffects
      ? [fieldError.required(`${field}.sideEffects`, "must specify one of None, NoneOnDryRun")]
      : optionalOneOf(`${field}.sideEffects`, sideEffects, ["None", "NoneOnDryRun"])),
    ...(timeoutSeconds > LONGEST_TIMEOUT || timeoutSeconds < 1
      ? [fieldError.invalid(timeout, timeoutSeconds, "the timeout value must be between 1 and 30 seconds")]
      : []),
    ...validateLabelSelector(webhook.namespaceSelector, `${field}.namespaceSelector`),
    ...validateLabelSelector(webhook.objectSelector, `${field}.objectSelector`),
    ...((url === undefined) === (service === undefined)
      ? [fieldError.required(`${field}.clientConfig`, "exactly one of url or service is required")]
      : []),
  ];
}

/** A domain of at least three parts: `check.example.com`. */
function validateFullName(name: string, field: string): FieldError[] {
  if (!name) return [fieldError.required(field)];
  const texts = dns1123Subdomain(name);
  if (texts.length > 0) return invalidAll(field, name, [texts.join(",")]);
  return name.split(".").length < 3
    ? [fieldError.invalid(field, name, "should be a domain with at least three segments separated by dots")]
    : [];
}
