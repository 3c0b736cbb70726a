import type { Duplex } from "node:stream";
import type { ProcessIO } from "../kubelet/runtime.ts";
import type { ObjectKey } from "./object.ts";

/** The query of a `pods/log` request. */
export interface LogOptions {
  follow: boolean;
  previous: boolean;
  timestamps: boolean;
  tailLines?: number;
  sinceSeconds?: number;
  /** Milliseconds since the epoch. */
  sinceTime?: number;
  limitBytes?: number;
}

/** What the API server asks the kubelet of a pod's node for. */
export interface KubeletAccess {
  /** Writes the log and resolves at its end; with `follow` when the container ended or the signal aborted. Throws StatusErrors. */
  logs(
    pod: ObjectKey,
    container: string,
    options: LogOptions,
    write: (chunk: string) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Throws a KubeletRefusal when the container does not run. */
  expectRunning(pod: ObjectKey, container: string): void;
  /** Resolves to the exit code; rejects when the command could not be started. */
  exec(pod: ObjectKey, container: string, argv: readonly string[], io: ProcessIO): Promise<number>;
  attach(pod: ObjectKey, container: string, io: ProcessIO): Promise<void>;
  /** A connection to a port of the pod's loopback. Rejects when nothing listens. */
  connect(pod: ObjectKey, port: number): Promise<Duplex>;
  /** A connection to the kubelet's own endpoints, plain HTTP, on which the API server is the one who asks. */
  open(): Duplex;
}

/** Finds the kubelet of a node; undefined when there is none, or it is down. */
export type FindKubelet = (nodeName: string) => KubeletAccess | undefined;
