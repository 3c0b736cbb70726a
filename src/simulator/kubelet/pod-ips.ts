/** Addresses of a node's pod range, handed out in turn as the host-local IPAM plugin does: .1 is the gateway's. */
export class PodIPs {
  readonly #base: number;
  readonly #size: number;
  readonly #taken = new Set<number>();
  #last = 1;

  /** `10.244.1.0/24` */
  constructor(cidr: string) {
    const [address = "", bits = "24"] = cidr.split("/");
    this.#base = toNumber(address);
    this.#size = 2 ** (32 - Number(bits));
  }

  take(): string {
    for (let step = 1; step < this.#size; step++) {
      const index = 2 + ((this.#last - 2 + step + this.#size - 3) % (this.#size - 3));
      if (this.#taken.has(index)) continue;
      this.#taken.add(index);
      this.#last = index;
      return toAddress(this.#base + index);
    }
    throw new Error("no IP addresses available in range set");
  }

  /** Marks an address as in use, after a restart. */
  reserve(ip: string): void {
    const index = toNumber(ip) - this.#base;
    this.#taken.add(index);
    this.#last = Math.max(this.#last, index);
  }

  release(ip: string): void {
    this.#taken.delete(toNumber(ip) - this.#base);
  }
}

const toNumber = (address: string): number => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

const toAddress = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
