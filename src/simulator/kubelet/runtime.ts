import type { Host } from "../network/network.ts";
import type { Image, MachineFigures, Signal } from "../programs/program.ts";

/** Where a volume shows in a container. `files` is shared by all that mount it; a change shows at once. */
export interface Mount {
  mountPath: string;
  readOnly: boolean;
  volume: VolumeFiles;
  /**
   * One file or folder of the volume. Resolved when the container starts: what the volume gets later does not show.
   * What the container writes there goes to the volume (`/dev/termination-log` is mounted so).
   */
  subPath?: string;
}

/** A volume's content: paths relative to its root, without a leading slash. */
export interface VolumeFiles {
  /** Present content. A writable volume (emptyDir) takes writes; others refuse them with EROFS. */
  files: Map<string, Buffer>;
  writable: boolean;
  /** Permission bits by path; 0644 where a path has none. */
  modes?: ReadonlyMap<string, number>;
  /**
   * Set for volumes the kubelet writes as a whole (configMap, secret, downwardAPI, projected): the folder `..data` links to,
   * `..2026_01_01_00_00_00.123456789`. It and `..data` show in a listing of hidden files; the files themselves are links through it.
   */
  version?: string;
}

/** A pull that failed. `reason` is the container's waiting reason, `message` the registry's words as containerd reports them. */
export class PullError extends Error {
  readonly reason: "ErrImagePull" | "InvalidImageName" | "ErrImageNeverPull";

  constructor(reason: PullError["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A container that could not be made or started (`CreateContainerError`, `RunContainerError`, `StartError`…). */
export class StartError extends Error {
  readonly reason: string;
  readonly exitCode: number;

  constructor(reason: string, message: string, exitCode = 128) {
    super(message);
    this.reason = reason;
    this.exitCode = exitCode;
  }
}

export interface PulledImage {
  image: Image;
  /** `docker.io/kicbase/echo-server:1.0`: containerStatuses[].image */
  name: string;
  /** `docker.io/kicbase/echo-server@sha256:…`: containerStatuses[].imageID */
  imageID: string;
}

/** Everything after env, args and volumes were worked out. */
export interface ContainerSpec {
  name: string;
  image: PulledImage;
  /** Overrides ENTRYPOINT and CMD as the pod spec does. */
  command?: readonly string[];
  args?: readonly string[];
  env: Readonly<Record<string, string>>;
  workingDir?: string;
  mounts: readonly Mount[];
  tty: boolean;
  stdin: boolean;
  /** The first attached client's end of input is the container's. */
  stdinOnce?: boolean;
  /** securityContext.readOnlyRootFilesystem: mounts alone may be written. */
  readOnlyRoot?: boolean;
  /** securityContext.runAsUser and runAsGroup, or the image's own. */
  user?: { uid: number; gid: number };
  /** limits.memory in bytes: a container that needs more is OOMKilled. */
  memoryLimit?: number;
}

export interface ProcessIO {
  stdin?: AsyncIterable<Uint8Array>;
  stdout?(chunk: Uint8Array): void;
  stderr?(chunk: Uint8Array): void;
  /** Set for `-t`: the sizes of the terminal, first one at once. */
  resize?(listen: (size: { columns: number; rows: number }) => void): void;
  tty: boolean;
  signal?: AbortSignal;
}

export interface LogLine {
  /** Milliseconds of the cluster's clock. */
  at: number;
  stream: "stdout" | "stderr";
  /** Without the line end. */
  text: string;
}

/** A container's log: what it printed, in order. Kept after the container ended, for `--previous`. */
export interface ContainerLog {
  lines(): readonly LogLine[];
  /** Calls back for each line from now on; returns the function that stops it. */
  follow(listen: (line: LogLine) => void): () => void;
}

export interface RunningContainer {
  /** 64 hexadecimal digits; containerID is `containerd://` + id. */
  readonly id: string;
  readonly log: ContainerLog;
  /** Settles once, when the main process is over: 128+n for a signal, `OOMKilled` as reason where memory ran out. */
  readonly exited: Promise<{ exitCode: number; reason?: "OOMKilled"; message?: string }>;
  kill(signal: Signal): void;
  /**
   * Runs a command beside the main process; resolves to its exit code. Rejects with a StartError when the executable is
   * missing; its message is what the kubelet puts behind `error executing command in container: `.
   */
  exec(argv: readonly string[], io: ProcessIO): Promise<number>;
  /** Joins the main process' streams until it ends or the signal aborts. */
  attach(io: ProcessIO): Promise<void>;
  processes(): readonly unknown[];
  /** Bytes of memory in use, and CPU seconds used so far. */
  usage(): { memoryBytes: number; cpuSeconds: number };
}

/** What the containers of one pod share. */
export interface Sandbox {
  readonly id: string;
  readonly host: Host;
  /** Throws a StartError. */
  start(container: ContainerSpec): Promise<RunningContainer>;
  /** Ends all that still runs and gives the address back. */
  stop(): void;
}

/** What the kubelet of a node speaks to (the CRI's part in a real cluster). */
export interface ContainerRuntime {
  readonly machine: MachineFigures;
  /** True when the node has the image already. `docker.io/library/` and `:latest` are implied as containerd implies them. */
  hasImage(reference: string): boolean;
  /** Takes the registry's time by the clock. Throws a PullError. */
  pull(reference: string): Promise<PulledImage>;
  image(reference: string): PulledImage | undefined;
  /** Images on the node, for Node.status.images. */
  images(): readonly { names: readonly string[]; sizeBytes: number }[];
  sandbox(options: SandboxOptions): Sandbox;
}

export interface SandboxOptions {
  hostname: string;
  /** The pod's address; a host-network pod shares its node's host and gives none. */
  ip: string | { node: Host };
  /** Content of /etc/resolv.conf. Names are resolved by it, and by /etc/hosts, over the network's DNS. */
  resolvConf: string;
  /** Content of /etc/hosts. */
  hosts: string;
}
