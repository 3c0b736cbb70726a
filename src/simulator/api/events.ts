import type { Clock } from "../clock.ts";
import type { Client } from "./client.ts";
import type { KubeObject } from "./object.ts";
import { timestamp } from "./object.ts";
import { StatusError } from "./status-error.ts";

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

/** So many events about one object may come at once, and then one in five minutes (client-go's EventSourceObjectSpamFilter). */
const BURST = 25;
const REFILL = 300_000;

/** Most things that are remembered; the oldest are forgotten first (maxLruCacheEntries). */
const MEMORY = 4096;

/** Events of one source, repeats aggregated by everything but their time. Failures to write are not the caller's concern. */
export function eventRecorder(
  client: Client,
  clock: Clock,
  source: EventSource,
  report: (error: unknown) => void,
): EventRecorder {
  const seen = new Map<string, { namespace: string; name: string; count: number }>();
  const allowances = new Map<string, { events: number; at: number }>();
  // Names end in nanoseconds; ours are milliseconds, and sources must not meet within one.
  let nanoseconds = [...source.component, ...(source.host ?? "")].reduce(
    (sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 900_000,
    7,
  );
  let tail: Promise<unknown> = Promise.resolve();
  // A namespace on its way out takes no events, and what is told of it matters to nobody.
  const failed = (error: unknown) => {
    if (!(error instanceof StatusError && (error.code === 403 || error.code === 404))) report(error);
  };

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
    const eventName = `${name}.${(BigInt(Math.trunc(at)) * 1_000_000n + BigInt(nanoseconds++ % 1_000_000)).toString(16)}`;
    remember(seen, key, { namespace: eventNamespace, name: eventName, count: 1 });
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

  /** A crowd of events about one object is cut short, whatever they say. */
  const isSpam = ({ kind, metadata: { namespace, name, uid } }: KubeObject, at: number): boolean => {
    const key = [kind, namespace, name, uid].join("\0");
    const { events, at: before } = allowances.get(key) ?? { events: BURST, at };
    const allowed = Math.min(BURST, events + (at - before) / REFILL);
    remember(allowances, key, { events: allowed >= 1 ? allowed - 1 : allowed, at });
    return allowed < 1;
  };

  return {
    event(subject, type, reason, message) {
      const at = clock.now();
      if (isSpam(subject.object, at)) return;
      tail = tail.then(() => write(subject, type, reason, message, at)).catch(failed);
    },
  };
}

function remember<T>(memory: Map<string, T>, key: string, value: T): void {
  memory.delete(key);
  memory.set(key, value);
  const [oldest] = memory.keys();
  if (memory.size > MEMORY && oldest !== undefined) memory.delete(oldest);
}
