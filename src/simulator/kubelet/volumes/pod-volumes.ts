import type { EventRecorder } from "../../api/events.ts";
import { sleep } from "../../clock.ts";
import type { Container, Pod } from "../pod.ts";
import type { Mount } from "../runtime.ts";
import { podFolder } from "./empty-dir.ts";
import { setUpVolume } from "./index.ts";
import { VolumeError } from "./volume.ts";
import type { MountedVolume, VolumeContext } from "./volume.ts";

/** Waits between tries to set one volume up (goroutinemap/exponentialbackoff). */
const FIRST_RETRY = 500;
const LONGEST_RETRY = 122_000;
/** After this long without all volumes the pod's sync gives up, says so, and begins again. */
const MOUNT_TIMEOUT = 123_000;

/** The volumes of one pod (pkg/kubelet/volumemanager). */
export class PodVolumes {
  readonly #mounted = new Map<string, MountedVolume>();
  readonly #events: EventRecorder;

  constructor(events: EventRecorder) {
    this.#events = events;
  }

  /** Sets all volumes up, trying until it succeeds; rejects only when the signal aborts. Every failure is an event. */
  async mount(context: () => VolumeContext, signal: AbortSignal): Promise<void> {
    const { clock } = context();
    let since = clock.now();
    for (let wait = FIRST_RETRY; ; wait = Math.min(wait * 2, LONGEST_RETRY)) {
      const failed = this.#try(context());
      if (failed.size === 0) return;
      const patience = Math.max(0, since + MOUNT_TIMEOUT - clock.now());
      if (patience > wait) {
        await sleep(clock, wait, signal);
        continue;
      }
      await sleep(clock, patience, signal);
      this.#giveUp(context().pod, failed);
      since = clock.now();
      await sleep(clock, Math.max(0, wait - patience), signal);
    }
  }

  /** Sets up what can be set up now, without a word of the rest: what ran before goes on without it. */
  mountPresent(context: VolumeContext): void {
    for (const volume of context.pod.spec?.volumes ?? []) {
      try {
        this.#mounted.set(volume.name, setUpVolume(volume, context));
      } catch (error) {
        if (!(error instanceof VolumeError)) throw error;
      }
    }
  }

  /** Gives back what was the pod's alone. */
  tearDown({ pod, nodeFiles }: Pick<VolumeContext, "pod" | "nodeFiles">): void {
    nodeFiles.remove(podFolder(pod.metadata.uid));
    this.#mounted.clear();
  }

  /** Brings what follows API objects up to date. A failure is an event; the old content stays. */
  refresh(context: VolumeContext): void {
    for (const [name, volume] of this.#mounted) {
      try {
        volume.refresh?.(context);
      } catch (error) {
        this.#report(context.pod, name, error);
      }
    }
  }

  /** When the first of the volumes' tokens has to be renewed, ms. */
  expires(): number | undefined {
    const times = [...this.#mounted.values()].flatMap((volume) => volume.expires?.() ?? []);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** A container's mounts; `expandPath` works on subPathExpr. */
  mountsOf({ volumeMounts = [] }: Container, expandPath: (text: string) => string): Mount[] {
    return volumeMounts.flatMap(({ name, mountPath, readOnly = false, subPath, subPathExpr }) => {
      const volume = this.#mounted.get(name);
      if (!volume) return [];
      const below = [volume.root, subPathExpr ? expandPath(subPathExpr) : subPath].filter(Boolean).join("/");
      return [{ mountPath, readOnly, volume: volume.files, ...(below && { subPath: below }) }];
    });
  }

  #try(context: VolumeContext): Map<string, VolumeError> {
    const failed = new Map<string, VolumeError>();
    for (const volume of context.pod.spec?.volumes ?? []) {
      if (this.#mounted.has(volume.name)) continue;
      try {
        this.#mounted.set(volume.name, setUpVolume(volume, context));
      } catch (error) {
        failed.set(volume.name, this.#report(context.pod, volume.name, error));
      }
    }
    return failed;
  }

  #report(pod: Pod, name: string, error: unknown): VolumeError {
    const known = error instanceof VolumeError ? error : new VolumeError((error as Error).message);
    if (!known.unprocessed) {
      const message = `MountVolume.SetUp failed for volume "${name}" : ${known.message}`;
      this.#events.event({ object: pod }, "Warning", "FailedMount", message);
    }
    return known;
  }

  #giveUp(pod: Pod, failed: ReadonlyMap<string, VolumeError>): void {
    const unprocessed = [...failed].filter(([, error]) => error.unprocessed);
    const names = `unmounted volumes=[${[...failed.keys()].join(" ")}], unattached volumes=[]`;
    const cause = unprocessed[0]?.[1].message ?? "context deadline exceeded";
    const message = `${names}, failed to process volumes=[${unprocessed.map(([name]) => name).join(" ")}]: ${cause}`;
    this.#events.event({ object: pod }, "Warning", "FailedMount", `Unable to attach or mount volumes: ${message}`);
  }
}
