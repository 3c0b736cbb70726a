import type { Probe } from "kubernetes-types/core/v1";
import type { EventRecorder } from "../api/events.ts";
import type { Timer } from "../clock.ts";
import type { ContainerRecord, Run } from "./container-record.ts";
import { runProbe } from "./probe.ts";
import type { ProbeTarget } from "./probe.ts";
import { fieldPathOf } from "./pod.ts";
import type { Container, Pod } from "./pod.ts";

type ProbeType = "startup" | "readiness" | "liveness";

export interface ProbeWatch {
  pod: Pod;
  record: ContainerRecord;
  run: Run;
  target: ProbeTarget;
  events: EventRecorder;
  /** Aborts when the pod is to end: then nobody asks any more whether it lives. */
  life: AbortSignal;
  /** Readiness or startup changed; the status has to be written. */
  changed(): void;
  /** A probe was answered. */
  probed(type: string, success: boolean): void;
  /** `run.failedProbe` was set; the container has to be killed. */
  died(): void;
}

/** Starts a run's probes: the startup probe alone first, the others when it has passed. They end with the run, or by the returned function. */
export function startProbes(watch: ProbeWatch): () => void {
  const { record, run, life } = watch;
  const { startupProbe, livenessProbe, readinessProbe } = record.container as Container & { startupProbe?: Probe };
  const stops: (() => void)[] = [];
  let stopped = false;
  const stop = () => {
    stopped = true;
    for (const one of stops) one();
  };
  void run.ended.then(stop);

  const whileAlive = (stopLoop: () => void) => {
    life.addEventListener("abort", stopLoop, { once: true });
    return stopLoop;
  };
  const startOthers = () => {
    if (stopped) return;
    if (livenessProbe)
      stops.push(probeLoop("liveness", livenessProbe, watch, (success) => success || die("liveness", livenessProbe)));
    if (!readinessProbe) return;
    stops.push(
      probeLoop("readiness", readinessProbe, watch, (success) => {
        if (run.ready === success) return;
        run.ready = success;
        watch.changed();
      }),
    );
  };
  const die = (type: "liveness" | "startup", { terminationGracePeriodSeconds: grace }: Probe) => {
    if (stopped || run.exit) return;
    stop();
    run.failedProbe = { type, ...(grace !== undefined && { grace }) };
    watch.died();
  };

  if (!startupProbe || run.started) {
    startOthers();
    return stop;
  }
  const stopStartup = probeLoop("startup", startupProbe, watch, (success) => {
    if (!success) return die("startup", startupProbe);
    stopStartup();
    run.started = true;
    if (!readinessProbe) run.ready = true;
    watch.changed();
    return startOthers();
  });
  stops.push(whileAlive(stopStartup));
  return stop;
}

const TITLES = { startup: "Startup", readiness: "Readiness", liveness: "Liveness" };

/** Probes again and again; `decide` hears of a result once it has come as often in a row as its threshold says. */
function probeLoop(type: ProbeType, probe: Probe, watch: ProbeWatch, decide: (success: boolean) => void): () => void {
  const { target, events, pod, record } = watch;
  const { initialDelaySeconds = 0, periodSeconds = 10, successThreshold = 1, failureThreshold = 3 } = probe;
  let timer: Timer;
  let stopped = false;
  let last: boolean | undefined;
  let inARow = 0;

  const ask = async () => {
    const asked = target.clock.now();
    const { success, output } = await runProbe(probe, target);
    if (stopped) return;
    watch.probed(TITLES[type], success);
    if (!success) {
      const subject = { object: pod, fieldPath: fieldPathOf(record) };
      events.event(subject, "Warning", "Unhealthy", `${TITLES[type]} probe failed: ${output}`);
    }
    inARow = success === last ? inARow + 1 : 1;
    last = success;
    if (inARow >= (success ? successThreshold : failureThreshold)) decide(success);
    if (!stopped) next(asked + periodSeconds * 1000 - target.clock.now());
  };
  const next = (delay: number) => {
    timer = target.clock.setTimeout(() => void ask(), Math.max(0, delay));
  };
  next(initialDelaySeconds * 1000);
  return () => {
    stopped = true;
    timer.cancel();
  };
}
