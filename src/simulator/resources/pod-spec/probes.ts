import type { Lifecycle, Probe } from "kubernetes-types/core/v1";
import { fieldError, type FieldError } from "../../api/status-error.ts";
import { invalidAll, nonNegative, oneOf, requireValue } from "../field-checks.ts";
import { validatePort } from "../int-or-string.ts";
import { httpHeaderName } from "../names.ts";

/** What a probe or a lifecycle hook can do; exactly one of them. */
type Handler = Pick<Probe, "exec" | "httpGet" | "tcpSocket" | "grpc"> & { sleep?: { seconds: number } };

/** The three probes of a container (core validation validateLivenessProbe and its siblings). */
export function validateProbes(
  { livenessProbe, readinessProbe, startupProbe }: { livenessProbe?: Probe; readinessProbe?: Probe; startupProbe?: Probe },
  field: string,
): FieldError[] {
  return [
    ...(livenessProbe ? validateProbe(livenessProbe, `${field}.livenessProbe`) : []),
    ...successesMustBeOne(livenessProbe, `${field}.livenessProbe`),
    ...(readinessProbe ? validateProbe(readinessProbe, `${field}.readinessProbe`) : []),
    ...(readinessProbe?.terminationGracePeriodSeconds === undefined
      ? []
      : [
          fieldError.invalid(
            `${field}.readinessProbe.terminationGracePeriodSeconds`,
            readinessProbe.terminationGracePeriodSeconds,
            "must not be set for readinessProbes",
          ),
        ]),
    ...(startupProbe ? validateProbe(startupProbe, `${field}.startupProbe`) : []),
    ...successesMustBeOne(startupProbe, `${field}.startupProbe`),
  ];
}

export const validateLifecycle = ({ postStart, preStop }: Lifecycle, graceSeconds: number, field: string): FieldError[] => [
  ...(postStart ? validateHandler(postStart, graceSeconds, `${field}.postStart`) : []),
  ...(preStop ? validateHandler(preStop, graceSeconds, `${field}.preStop`) : []),
];

const successesMustBeOne = (probe: Probe | undefined, field: string): FieldError[] =>
  probe && probe.successThreshold !== 1
    ? [fieldError.invalid(`${field}.successThreshold`, probe.successThreshold, "must be 1")]
    : [];

function validateProbe(probe: Probe, field: string): FieldError[] {
  const { terminationGracePeriodSeconds: grace } = probe;
  return [
    ...validateHandler(probe, 0, field),
    ...nonNegative(`${field}.initialDelaySeconds`, probe.initialDelaySeconds),
    ...nonNegative(`${field}.timeoutSeconds`, probe.timeoutSeconds),
    ...nonNegative(`${field}.periodSeconds`, probe.periodSeconds),
    ...nonNegative(`${field}.successThreshold`, probe.successThreshold),
    ...nonNegative(`${field}.failureThreshold`, probe.failureThreshold),
    ...(grace !== undefined && grace <= 0
      ? [fieldError.invalid(`${field}.terminationGracePeriodSeconds`, grace, "must be greater than 0")]
      : []),
  ];
}

function validateHandler(handler: Handler, graceSeconds: number, field: string): FieldError[] {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  const checks: [string, (() => FieldError[]) | undefined][] = [
    ["exec", exec && (() => requireValue(`${field}.exec.command`, exec.command?.[0]))],
    ["httpGet", httpGet && (() => validateHttpGet(httpGet, `${field}.httpGet`))],
    ["tcpSocket", tcpSocket && (() => validatePort(tcpSocket.port, `${field}.tcpSocket.port`))],
    ["grpc", grpc && (() => validatePort(grpc.port, `${field}.grpc.port`))],
    ["sleep", sleep && (() => validateSleep(sleep.seconds, graceSeconds, `${field}.sleep`))],
  ];
  const given = checks.filter(([, check]) => check);
  if (given.length === 0) return [fieldError.required(field, "must specify a handler type")];
  return given.flatMap(([name, check], index) =>
    index === 0 ? check!() : [fieldError.forbidden(`${field}.${name}`, "may not specify more than 1 handler type")],
  );
}

const validateHttpGet = (
  { path, port, scheme, httpHeaders = [] }: NonNullable<Handler["httpGet"]>,
  field: string,
): FieldError[] => [
  ...requireValue(`${field}.path`, path),
  ...validatePort(port, `${field}.port`),
  ...oneOf(`${field}.scheme`, scheme, ["HTTP", "HTTPS"]),
  ...httpHeaders.flatMap(({ name }) => invalidAll(`${field}.httpHeaders`, name, httpHeaderName(name))),
];

const validateSleep = (seconds: number, graceSeconds: number, field: string): FieldError[] =>
  seconds < 0 || seconds > graceSeconds
    ? [fieldError.invalid(field, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`)]
    : [];
