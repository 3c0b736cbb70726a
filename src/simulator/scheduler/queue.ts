import type { Clock, Timer } from "../clock.ts";
import { priorityOf } from "./decision.ts";
import type { ClusterEvent } from "./plugin.ts";
import { plugins } from "./plugins/index.ts";
import type { Pod } from "./pod-requests.ts";

export interface QueuedPod {
  pod: Pod;
  /** Failed attempts so far. */
  attempts: number;
  /** When it came into the queue, ms: the older of two equals goes first. */
  since: number;
}

interface Parked extends QueuedPod {
  /** Plugins that turned it down. */
  plugins: ReadonlySet<string>;
  timer: Timer;
}

interface Ready extends QueuedPod {
  /** End of its back-off; until then it yields to pods that don't back off. */
  readyAt: number;
}

const FIRST_BACKOFF = 1000;
const LONGEST_BACKOFF = 10_000;
/** Pods no event brought back are tried again after this long. */
const LONGEST_PARKING = 5 * 60_000;

/** Pods that wait for a node: those to try now, and those parked until something changes (backend/queue/scheduling_queue.go). */
export class SchedulingQueue {
  readonly #ready = new Map<string, Ready>();
  readonly #parked = new Map<string, Parked>();
  readonly #clock: Clock;
  readonly #wake: () => void;

  /** `wake` is called whenever there may be something to pop. */
  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** A new pod, or a new version of one that waits. What changed in it may be what it waited for. */
  set(pod: Pod): void {
    const { uid } = pod.metadata;
    const ready = this.#ready.get(uid);
    const parked = this.#parked.get(uid);
    const gated = isGated(pod);
    if (ready) ready.pod = pod;
    else if (parked && (gated || !changedItself(parked.pod, pod))) parked.pod = pod;
    else if (gated) this.park({ pod, attempts: 0, since: this.#clock.now() }, new Set());
    else this.#activate(parked ? { ...parked, pod } : { pod, attempts: 0, since: this.#clock.now() });
  }

  remove({ metadata: { uid } }: Pod): void {
    this.#ready.delete(uid);
    this.#parked.get(uid)?.timer.cancel();
    this.#parked.delete(uid);
  }

  /** The next to try: the highest priority, then the oldest; pods in back-off only when nothing else waits. */
  pop(): QueuedPod | undefined {
    const now = this.#clock.now();
    const first = [...this.#ready.values()].reduce<Ready | undefined>(
      (best, entry) => (best === undefined || before(entry, best, now) ? entry : best),
      undefined,
    );
    if (first) this.#ready.delete(first.pod.metadata.uid);
    return first;
  }

  /** Sets a pod aside that no node took. */
  park(entry: QueuedPod, turnedDownBy: ReadonlySet<string>, longest = LONGEST_PARKING): void {
    const { uid } = entry.pod.metadata;
    const timer = this.#clock.setTimeout(() => {
      const parked = this.#parked.get(uid);
      if (parked) this.#activate(parked);
    }, longest);
    this.#parked.set(uid, { ...entry, plugins: turnedDownBy, timer });
  }

  /** Tries again, after its back-off only, a pod that failed through no fault of its own. */
  retry(entry: QueuedPod): void {
    this.park(entry, new Set(["an error"]), backoff(entry.attempts));
  }

  /** Brings back the pods that the event may help. */
  move(event: ClusterEvent): void {
    for (const entry of this.#parked.values()) {
      if (isGated(entry.pod)) continue;
      const asked = plugins.filter(({ name }) => entry.plugins.has(name));
      if (entry.plugins.size === 0 || asked.some((plugin) => plugin.mayHelp?.(event, entry.pod))) this.#activate(entry);
    }
  }

  stop(): void {
    for (const { timer } of this.#parked.values()) timer.cancel();
    this.#parked.clear();
    this.#ready.clear();
  }

  #activate(entry: QueuedPod): void {
    this.remove(entry.pod);
    if (isGated(entry.pod)) return this.park(entry, new Set());
    const { pod, attempts, since } = entry;
    this.#ready.set(pod.metadata.uid, { pod, attempts, since, readyAt: since + (attempts > 0 ? backoff(attempts) : 0) });
    this.#wake();
  }
}

const isGated = (pod: Pod): boolean => (pod.spec?.schedulingGates ?? []).length > 0;

/** Anything but the status, which the scheduler writes itself. */
const changedItself = (old: Pod, pod: Pod): boolean =>
  old.metadata.generation !== pod.metadata.generation ||
  JSON.stringify([old.metadata.labels, old.metadata.annotations, old.spec]) !==
    JSON.stringify([pod.metadata.labels, pod.metadata.annotations, pod.spec]);

const backoff = (attempts: number): number => Math.min(FIRST_BACKOFF * 2 ** (attempts - 1), LONGEST_BACKOFF);

function before(a: Ready, b: Ready, now: number): boolean {
  const [waitA, waitB] = [Math.max(0, a.readyAt - now), Math.max(0, b.readyAt - now)];
  if ((waitA === 0) !== (waitB === 0)) return waitA === 0;
  if (waitA !== waitB) return waitA < waitB;
  const [first, second] = [priorityOf(a.pod), priorityOf(b.pod)];
  return first !== second ? first > second : a.since < b.since;
}
