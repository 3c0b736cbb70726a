import type { MountedFiles } from "./files/container-files.ts";
import { ProcFileSystem, type ProcFacts } from "./files/proc.ts";
import { TreeFileSystem, type Device } from "./files/tree.ts";

/** What the devices of a container lead to. */
export interface Devices extends Omit<ProcFacts, "mounts" | "now"> {
  /** Shared memory counts as memory. */
  useMemory(bytes: number): void;
}

const ZEROS = new Uint8Array(65_536);

/** /dev and /proc as a container has them. */
export function mountDevices(files: MountedFiles, devices: Devices, now: () => number): void {
  const dev = new TreeFileSystem(now);
  const to = (stream: "stdout" | "stderr"): Device => ({ write: (chunk) => devices.print(stream, chunk) });
  const nodes: Record<string, Device> = {
    null: {},
    zero: { read: () => ZEROS },
    full: { read: () => ZEROS },
    stdin: {},
    stdout: to("stdout"),
    stderr: to("stderr"),
    tty: {},
  };
  for (const [name, device] of Object.entries(nodes)) dev.makeDevice(name, device);
  dev.makeFolder("shm", 0o1777);
  files.mount("/dev", dev);
  files.mount("/proc", new ProcFileSystem({ ...devices, mounts: () => files.mountPoints(), now }));
  files.mount("/dev/shm", new TreeFileSystem(now, (bytes) => devices.useMemory(bytes)));
}
