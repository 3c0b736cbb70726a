import type { Clock } from "../clock.ts";
import { StartError, type ContainerSpec, type RunningContainer, type Sandbox, type SandboxOptions } from "../kubelet/runtime.ts";
import type { Host, Network } from "../network/network.ts";
import type { Random } from "../random.ts";
import { Container } from "./container.ts";
import type { Machine } from "./machine.ts";
import { mountDevices, type Devices } from "./devices.ts";
import { FileError } from "./files/file-error.ts";
import { MountedFiles } from "./files/container-files.ts";
import { VolumeFileSystem } from "./files/volume.ts";
import { containerRoot } from "./image-layer.ts";

/** A pod's sandbox: its address, and the containers that share it. */
export class PodSandbox implements Sandbox {
  readonly id: string;
  readonly host: Host;
  readonly #options: SandboxOptions;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #machine: Machine;
  readonly #containers = new Set<Container>();

  constructor(options: SandboxOptions, around: { clock: Clock; random: Random; network: Network; machine: Machine }) {
    this.#options = options;
    this.#clock = around.clock;
    this.#random = around.random;
    this.#machine = around.machine;
    this.id = around.random.hex(64);
    this.host = typeof options.ip === "string" ? around.network.attach(options.ip) : options.ip.node;
    this.#machine.connects(this.host);
  }

  async start(spec: ContainerSpec): Promise<RunningContainer> {
    const { image } = spec.image;
    const command = [...(spec.command?.length ? spec.command : image.entrypoint), ...commandArguments(spec)];
    if (command.length === 0)
      throw new StartError("CreateContainerError", "failed to generate container spec: no command specified");
    const devices: Devices = {
      print: (...output) => container.print(...output),
      useMemory: (bytes) => container.useMemory(bytes),
      memoryUsed: () => container.usage().memoryBytes,
      processes: () => container.processes(),
      env: () => container.env,
    };
    const files = this.#files(spec, devices);
    const { hostname } = this.#options;
    let container: Container;
    try {
      const around = {
        files,
        host: this.host,
        hostname,
        clock: this.#clock,
        random: this.#random,
        machine: this.#machine,
        command,
      };
      container = new Container(spec, around);
    } catch (error) {
      throw error instanceof StartError
        ? new StartError("RunContainerError", startFailure(error.message), error.exitCode)
        : error;
    }
    this.#containers.add(container);
    this.#machine.runs(container);
    void container.exited.then(() => {
      this.#containers.delete(container);
      this.#machine.ended(container);
    });
    return container;
  }

  stop(): void {
    for (const container of this.#containers) container.kill("SIGKILL");
    if (typeof this.#options.ip !== "string") return;
    this.#machine.disconnects(this.host);
    this.host.close();
  }

  #files(spec: ContainerSpec, devices: Devices): MountedFiles {
    const now = () => this.#clock.now();
    const root = containerRoot(spec.image.image, now);
    const files = new MountedFiles(root);
    const own = { hostname: `${this.#options.hostname}\n`, hosts: this.#options.hosts, "resolv.conf": this.#options.resolvConf };
    try {
      for (const [name, content] of Object.entries(own)) files.put(`/etc/${name}`, content);
      mountDevices(files, devices, now);
      const workingDir = spec.workingDir || spec.image.image.workingDir;
      if (workingDir) files.put(`${workingDir}/`, "");
      const depth = (path: string) => path.split("/").filter(Boolean).length;
      for (const mount of spec.mounts.toSorted((a, b) => depth(a.mountPath) - depth(b.mountPath))) {
        files.mount(mount.mountPath, new VolumeFileSystem({ ...mount, now }));
      }
    } catch (error) {
      throw error instanceof FileError ? new StartError("RunContainerError", startFailure(error.message)) : error;
    }
    root.readOnly = spec.readOnlyRoot ?? false;
    return files;
  }
}

/** Own arguments; the image's go with the image's own entrypoint alone. */
const commandArguments = ({ command, args, image }: ContainerSpec): readonly string[] => {
  if (args?.length) return args;
  return command?.length ? [] : image.image.cmd;
};

const startFailure = (why: string) =>
  "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: " +
  `unable to start container process: ${why}`;
