import type { Event as CoreEvent } from "kubernetes-types/core/v1";
import type { Event as EventsV1 } from "kubernetes-types/events/v1";
import type { KubeObject, Live } from "../api/object.ts";
import { fieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { defineResource } from "./resource.ts";

/** Events are stored as core/v1; events.k8s.io/v1 is another view of them. Models pkg/registry/core/event. */
export const events = defineResource<Live<CoreEvent>>({
  resource: "events",
  validate({ metadata, involvedObject }) {
    const { namespace } = involvedObject ?? {};
    const fits = namespace ? namespace === metadata.namespace : metadata.namespace === "default";
    return fits ? [] : [fieldError.invalid("involvedObject.namespace", namespace ?? "", "does not match event.namespace")];
  },
  cells({ metadata, involvedObject: target, ...event }, { now }) {
    const first = age(event.firstTimestamp ?? event.eventTime, now);
    const last = event.series
      ? age(event.series.lastObservedTime, now)
      : event.lastTimestamp
        ? age(event.lastTimestamp, now)
        : first;
    const kind = (target.kind ?? "").toLowerCase();
    const component = event.source?.component || event.reportingComponent || "";
    const host = event.source?.host || event.reportingInstance || "";
    return [
      last,
      event.type ?? "",
      event.reason ?? "",
      target.name ? `${kind}/${target.name}` : kind,
      target.fieldPath ?? "",
      host ? `${component}, ${host}` : component,
      (event.message ?? "").trim(),
      first,
      event.series ? (event.series.count ?? 0) : event.count || 1,
      metadata.name,
    ];
  },
  selectableFields: ({ involvedObject, reason, type, source, reportingComponent }) => ({
    "involvedObject.kind": involvedObject?.kind ?? "",
    "involvedObject.namespace": involvedObject?.namespace ?? "",
    "involvedObject.name": involvedObject?.name ?? "",
    "involvedObject.uid": involvedObject?.uid ?? "",
    "involvedObject.apiVersion": involvedObject?.apiVersion ?? "",
    "involvedObject.resourceVersion": involvedObject?.resourceVersion ?? "",
    "involvedObject.fieldPath": involvedObject?.fieldPath ?? "",
    reason: reason ?? "",
    reportingComponent: reportingComponent ?? "",
    source: source?.component || reportingComponent || "",
    type: type ?? "",
  }),
});

/** core/v1's names of fields and those of events.k8s.io/v1 (pkg/apis/events/v1/conversion.go). */
const NAMES = {
  involvedObject: "regarding",
  message: "note",
  reportingComponent: "reportingController",
  source: "deprecatedSource",
  firstTimestamp: "deprecatedFirstTimestamp",
  lastTimestamp: "deprecatedLastTimestamp",
  count: "deprecatedCount",
} as const satisfies Partial<Record<keyof CoreEvent, keyof EventsV1>>;

/** A stored event as events.k8s.io/v1 shows it. */
export const toEventsV1 = (event: KubeObject): KubeObject => rename(event, NAMES, "events.k8s.io/v1");

/** An event written as events.k8s.io/v1, as it is stored. */
export const fromEventsV1 = (event: KubeObject): KubeObject =>
  rename(event, Object.fromEntries(Object.entries(NAMES).map(([core, newer]) => [newer, core])), "v1");

const rename = (event: KubeObject, names: Readonly<Record<string, string>>, apiVersion: string): KubeObject =>
  ({
    ...Object.fromEntries(Object.entries(event).map(([name, value]) => [names[name] ?? name, value])),
    apiVersion,
  }) as KubeObject;
