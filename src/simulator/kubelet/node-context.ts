import type { Client } from "../api/client.ts";
import type { EventRecorder } from "../api/events.ts";
import type { Clock } from "../clock.ts";
import type { Counters } from "../metrics/counters.ts";
import type { Host } from "../network/network.ts";
import type { Random } from "../random.ts";
import type { Backoff } from "./backoff.ts";
import type { ImageManager } from "./images.ts";
import type { NodeFiles } from "./node-files.ts";
import type { ClusterNames } from "./pod-files.ts";
import type { PodIPs } from "./pod-ips.ts";
import type { ContainerRuntime } from "./runtime.ts";
import type { IssueToken } from "./volumes/volume.ts";

/** What all pods of a node share. */
export interface NodeContext {
  client: Client;
  clock: Clock;
  random: Random;
  events: EventRecorder;
  runtime: ContainerRuntime;
  images: ImageManager;
  /** Waits between restarts of containers. */
  restarts: Backoff;
  host: Host;
  ips: PodIPs;
  files: NodeFiles;
  names: ClusterNames;
  issueToken: IssueToken;
  probes: Counters;
  /** Node.status.allocatable. */
  allocatable(): Readonly<Record<string, string>>;
  report(error: unknown): void;
}
