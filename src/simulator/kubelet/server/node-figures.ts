import type { Clock } from "../../clock.ts";
import type { Counters } from "../../metrics/counters.ts";
import type { MachineFigures } from "../../programs/program.ts";
import type { Node } from "../../scheduler/node-info.ts";
import type { PodStats } from "../stats.ts";

/** What the kubelet's endpoints tell of. */
export interface NodeFigures {
  clock: Clock;
  machine: MachineFigures;
  nodeName: string;
  node(): Node | undefined;
  pods(): readonly PodStats[];
  /** Probes so far, by container and result. */
  probes: Counters;
  /** When the kubelet started, ms. */
  startedAt: number;
}
