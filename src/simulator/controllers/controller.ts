import type { Client } from "../api/client.ts";
import type { KubeObject, ObjectKey } from "../api/object.ts";
import { StatusError } from "../api/status-error.ts";
import type { Clock, Timer } from "../clock.ts";
import type { EventRecorder } from "../api/events.ts";
import type { Random } from "../random.ts";
import { isNamespaceTerminating } from "./refusals.ts";

/** What a controller gets. It reads by watch and writes through the API, as upstream's do. */
export interface ControllerContext {
  client: Client;
  clock: Clock;
  random: Random;
  /** Events of this controller: their source is the controller's name in index.ts. */
  events: EventRecorder;
  /** Every resource that can be listed, watched and deleted, custom ones included: asked anew each time. */
  resources: () => readonly DeletableResource[];
  /** PEM of the cluster's certificate authorities, for the kube-root-ca.crt of each namespace. */
  rootCA: string;
  /** A token for a ServiceAccount that holds as long as the account, for Secrets of the old kind. */
  issueToken?: (account: { namespace: string; name: string; uid: string }) => string;
  /** Asks the metrics API what the pods of a namespace use. Without the function the cluster has no such API, as kind has none. */
  podMetrics?: (namespace: string) => Promise<PodReadings>;
  /** Errors that are not a controller's to handle; they go to the simulator's log. */
  report(error: unknown): void;
}

/** What discovery knows of a resource, in the version it is stored in. */
export interface DeletableResource {
  /** Plural and group, as the client names it: `deployments.apps`. */
  name: string;
  apiVersion: string;
  kind: string;
  namespaced: boolean;
}

/** One reading of a pod (metrics.k8s.io PodMetrics). */
export interface PodMetrics {
  /** Milliseconds since the epoch. */
  at: number;
  containers: readonly { name: string; cpuMillicores: number; memoryBytes: number }[];
}

/** What the metrics API told: a reading of each pod it knows, or why it tells nothing. */
export type PodReadings = { of(pod: ObjectKey): PodMetrics | undefined } | { problem: string };

/** Starts the controller; returns the function that stops it. One file per controller, one line in index.ts. */
export type Controller = (context: ControllerContext) => () => void;

/** First and longest wait after a failed sync, ms (client-go's item exponential failure limiter: 5 ms to 1000 s). */
const FIRST_RETRY = 5;
const LONGEST_RETRY = 1_000_000;

/** Refusals that belong to a controller's day: forbidden (it tells so in an event), gone, conflict. */
const EXPECTED = [403, 404, 409];

/** Syncs in a row before the queue lets requests of others through. */
const SYNCS_BEFORE_A_BREAK = 16;

export interface WorkQueue {
  /** Asks for a sync of the key soon; a key already waiting is not doubled. */
  add: (key: string) => void;
  /** Asks for a sync after `delay` ms; of several such wishes for a key the earliest counts. */
  addAfter: (key: string, delay: number) => void;
  stop: () => void;
}

/**
 * A rate-limited work queue: one sync at a time, keys deduplicated, a failed key tried again with growing delays.
 * What another writer was faster at, and what a quota or policy refuses, is retried without a report; what a namespace on its way
 * out refuses is not retried.
 */
export function workQueue(
  { clock, report }: Pick<ControllerContext, "clock" | "report">,
  sync: (key: string) => Promise<void>,
): WorkQueue {
  const waiting = new Set<string>();
  const failures = new Map<string, number>();
  const later = new Map<string, { at: number; timer: Timer }>();
  let running = false;
  let stopped = false;

  const add = (key: string) => {
    if (stopped) return;
    waiting.add(key);
    if (!running) void drain();
  };
  const addAfter = (key: string, delay: number) => {
    const at = clock.now() + Math.max(0, delay);
    const planned = later.get(key);
    if (stopped || (planned && planned.at <= at)) return;
    planned?.timer.cancel();
    const run = () => {
      later.delete(key);
      add(key);
    };
    later.set(key, { at, timer: clock.setTimeout(run, delay) });
  };

  async function drain() {
    running = true;
    // Let the write that caused the event return first.
    await Promise.resolve();
    let done = 0;
    for (const key of waiting) {
      if (stopped) break;
      waiting.delete(key);
      try {
        await sync(key);
        failures.delete(key);
      } catch (error) {
        if (isNamespaceTerminating(error)) continue;
        const failed = failures.get(key) ?? 0;
        failures.set(key, failed + 1);
        if (!(error instanceof StatusError && EXPECTED.includes(error.code))) report(error);
        addAfter(key, Math.min(FIRST_RETRY * 2 ** failed, LONGEST_RETRY));
      }
      if (++done % SYNCS_BEFORE_A_BREAK === 0) await new Promise(setImmediate);
    }
    running = false;
  }

  return {
    add,
    addAfter,
    stop() {
      stopped = true;
      waiting.clear();
      for (const { timer } of later.values()) timer.cancel();
      later.clear();
    },
  };
}

/** `namespace/name`, or the bare name of a cluster-scoped object: what work queues are keyed by (client-go's MetaNamespaceKeyFunc). */
export const queueKey = ({ metadata: { namespace, name } }: KubeObject): string => (namespace ? `${namespace}/${name}` : name);

export function objectKey(queueKey: string): ObjectKey {
  const slash = queueKey.indexOf("/");
  return { namespace: queueKey.slice(0, Math.max(0, slash)), name: queueKey.slice(slash + 1) };
}
