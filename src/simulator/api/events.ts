import type { Clock } from "../clock.ts";
import type { Client } from "./client.ts";
import type { KubeObject } from "./object.ts";
import { timestamp } from "./object.ts";

/** Writes core/v1 Events about objects, counting repeats instead of writing them again (client-go tools/record). */
export interface EventRecorder {
  event(regarding: EventSubject, type: "Normal" | "Warning", reason: string, message: string): void;
}

/** An object, or a part of it: `fieldPath` is `spec.containers{web}`. */
export interface EventSubject {
  object: KubeObject;
  fieldPath?: string;
}

export interface EventSource {
  component: string;
  host?: string;
}

/** Events of one source, repeats aggregated by everything but their time. Failures to write are not the caller's concern. */
export function eventRecorder(
  client: Client,
  clock: Clock,
  source: EventSource,
  report: (error: unknown) => void,
): EventRecorder {
  const seen = new Map<string, { namespace: string; name: string; count: number }>();
  // Names end in nanoseconds; ours are milliseconds, and sources must not meet within one.
  let nanoseconds = [...source.component, ...(source.host ?? "")].reduce(
    (sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 900_000,
    7,
  );
  let tail: Promise<unknown> = Promise.resolve();

  const write = async ({ object, fieldPath }: EventSubject, type: string, reason: string, message: string, at: number) => {
    const { name, namespace, uid, resourceVersion } = object.metadata;
    const eventNamespace = namespace || "default";
    const key = [source.component, source.host, object.kind, namespace, name, uid, fieldPath, type, reason, message].join("\0");
    const known = seen.get(key);
    const time = timestamp(at);
    if (known && client.get("events", known)) {
      known.count++;
      await client.patch("events", known, { count: known.count, lastTimestamp: time });
      return;
    }
    const eventName = `${name}.${(BigInt(at) * 1_000_000n + BigInt(nanoseconds++ % 1_000_000)).toString(16)}`;
    seen.set(key, { namespace: eventNamespace, name: eventName, count: 1 });
    await client.create("events", {
      metadata: { name: eventName, namespace: eventNamespace },
      involvedObject: {
        kind: object.kind,
        ...(namespace && { namespace }),
        name,
        uid,
        apiVersion: object.apiVersion,
        resourceVersion,
        ...(fieldPath && { fieldPath }),
      },
      reason,
      message,
      source,
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
      type,
      eventTime: null,
      reportingComponent: source.component,
      reportingInstance: source.host ?? "",
    } as never);
  };

  return {
    event(subject, type, reason, message) {
      const at = clock.now();
      tail = tail.then(() => write(subject, type, reason, message, at)).catch(report);
    },
  };
}
