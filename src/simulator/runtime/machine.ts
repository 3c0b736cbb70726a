import type { Clock } from "../clock.ts";
import type { Host, Traffic } from "../network/network.ts";
import type { MachineFigures } from "../programs/program.ts";

/** What every simulated machine is made of; kind nodes share their host's parts in the same way. */
export const MACHINE = {
  architecture: "amd64",
  cpus: 4,
  /** KiB. */
  memory: 8_145_832,
  disk: 61_202_244,
  kernel: "6.12.0-practice",
  osImage: "Debian GNU/Linux 12 (bookworm)",
} as const;

/** What the kernel, containerd and the kubelet need: CPUs, and bytes. */
const OWN = { cpu: 0.021, memoryBytes: 430 * 1024 * 1024 };

/** Who uses the machine. */
export interface Load {
  usage(): { memoryBytes: number; cpuSeconds: number };
  processes(): readonly unknown[];
}

/** The machine a node runs on: what its containers, those that are gone too, have used of it. */
export class Machine implements MachineFigures {
  readonly nodeName: string;
  /** Milliseconds since the epoch. */
  readonly bootedAt: number;
  readonly #clock: Clock;
  readonly #containers = new Set<Load>();
  readonly #hosts = new Set<Host>();
  #started = 0;
  #goneCpuSeconds = 0;
  #goneTraffic: Traffic = noTraffic();
  #load: { at: number; cpuSeconds: number; averages: [number, number, number] };

  constructor({ nodeName, clock, bootedAt = clock.now() }: { nodeName: string; clock: Clock; bootedAt?: number }) {
    this.nodeName = nodeName;
    this.bootedAt = bootedAt;
    this.#clock = clock;
    this.#load = { at: bootedAt, cpuSeconds: 0, averages: [0, 0, 0] };
  }

  runs(container: Load): void {
    this.#containers.add(container);
    this.#started++;
  }

  ended(container: Load): void {
    if (this.#containers.delete(container)) this.#goneCpuSeconds += container.usage().cpuSeconds;
  }

  /** A pod's address, or the node's own. */
  connects(host: Host): void {
    this.#hosts.add(host);
  }

  disconnects(host: Host): void {
    if (this.#hosts.delete(host)) this.#goneTraffic = addTraffic(this.#goneTraffic, host.traffic);
  }

  cpuSeconds(): number {
    const own = ((this.#clock.now() - this.bootedAt) / 1000) * OWN.cpu;
    return own + this.#goneCpuSeconds + sum(this.#containers, (one) => one.usage().cpuSeconds);
  }

  memoryBytes(): number {
    return OWN.memoryBytes + sum(this.#containers, (one) => one.usage().memoryBytes);
  }

  processes(): { running: number; started: number } {
    return { running: 90 + sum(this.#containers, (one) => one.processes().length), started: 700 + 12 * this.#started };
  }

  /** Averages over 1, 5 and 15 minutes, as the kernel damps them, between the looks that are taken. */
  loadAverages(): readonly [number, number, number] {
    const now = this.#clock.now();
    const seconds = (now - this.#load.at) / 1000;
    if (seconds < 1) return this.#load.averages;
    const cpuSeconds = this.cpuSeconds();
    const busy = Math.max(0, cpuSeconds - this.#load.cpuSeconds) / seconds;
    const averages = [60, 300, 900].map((period, index) => {
      const kept = Math.exp(-seconds / period);
      return (this.#load.averages[index] as number) * kept + busy * (1 - kept);
    }) as [number, number, number];
    this.#load = { at: now, cpuSeconds, averages };
    return averages;
  }

  traffic(): Traffic {
    return [...this.#hosts].reduce((total, { traffic }) => addTraffic(total, traffic), this.#goneTraffic);
  }
}

const sum = <T>(all: Iterable<T>, figure: (one: T) => number): number => [...all].reduce((total, one) => total + figure(one), 0);

const noTraffic = (): Traffic => ({ receivedBytes: 0, receivedPackets: 0, sentBytes: 0, sentPackets: 0 });

const addTraffic = (a: Traffic, b: Traffic): Traffic => ({
  receivedBytes: a.receivedBytes + b.receivedBytes,
  receivedPackets: a.receivedPackets + b.receivedPackets,
  sentBytes: a.sentBytes + b.sentBytes,
  sentPackets: a.sentPackets + b.sentPackets,
});
