import type { Clock } from "../clock.ts";
import { sleep } from "../clock.ts";
import { connectionPair, type MemoryConnection } from "./connection.ts";
import { DialError, type Connection, type Host, type NameServer, type Network, type Traffic, type Translate } from "./network.ts";

/** Linux gives up on an address whose ARP requests nobody answers after three of them. */
const UNREACHABLE_AFTER = 3_000;
/** Go's dialer, and with it kubelet, proxies and most clients. */
const TIMEOUT_AFTER = 30_000;
const EPHEMERAL_PORTS = { first: 32_768, last: 60_999 };

/** `translate` is kube-proxy's part (service-proxy.ts), `nameServer` CoreDNS' (dns.ts). */
export function createNetwork(options: { clock: Clock; translate?: Translate; nameServer?: NameServer }): Network {
  const hosts = new Map<string, MemoryHost>();
  return {
    attach(ip, { resolver } = {}) {
      if (hosts.has(ip)) throw new Error(`address ${ip} is in use`);
      const host = new MemoryHost(ip, { ...options, hosts, ...(resolver && { resolver }) });
      hosts.set(ip, host);
      return host;
    },
    host: (ip) => hosts.get(ip),
  };
}

interface Wiring {
  clock: Clock;
  hosts: Map<string, MemoryHost>;
  translate?: Translate;
  nameServer?: NameServer;
  resolver?: (name: string) => string[] | undefined;
}

class MemoryHost implements Host {
  readonly ip: string;
  readonly traffic: Traffic = { receivedBytes: 0, receivedPackets: 0, sentBytes: 0, sentPackets: 0 };
  readonly #wiring: Wiring;
  readonly #listeners = new Map<number, (connection: Connection) => void>();
  readonly #connections = new Set<MemoryConnection>();
  #nextPort = EPHEMERAL_PORTS.first;

  constructor(ip: string, wiring: Wiring) {
    this.ip = ip;
    this.#wiring = wiring;
  }

  listen(port: number, accept: (connection: Connection) => void): { close(): void } {
    if (port === 0) throw new Error("a simulated host does not choose ports");
    if (this.#listeners.has(port)) {
      throw Object.assign(new Error(`listen tcp :${port}: bind: address already in use`), { code: "EADDRINUSE" });
    }
    this.#listeners.set(port, accept);
    return {
      close: () => {
        if (this.#listeners.get(port) === accept) this.#listeners.delete(port);
      },
    };
  }

  async connect(ip: string, port: number): Promise<Connection> {
    const { clock, hosts, translate } = this.#wiring;
    const addressed = isLoopback(ip) ? this.ip : ip;
    const route = translate?.(this.ip, addressed, port) ?? { ip: addressed, port };
    if (route === "refused") throw new DialError("ECONNREFUSED");
    if (route === "timeout") {
      await sleep(clock, TIMEOUT_AFTER);
      throw new DialError("ETIMEDOUT");
    }
    const target = hosts.get(route.ip);
    if (!target) {
      await sleep(clock, UNREACHABLE_AFTER);
      throw new DialError("EHOSTUNREACH");
    }
    const accept = target.#listeners.get(route.port);
    if (!accept) throw new DialError("ECONNREFUSED");

    const client = { ip: isLoopback(ip) ? ip : this.ip, port: this.#ephemeralPort() };
    const { near, far } = connectionPair({ client, addressed: { ip, port }, server: isLoopback(ip) ? { ip, port } : route });
    if (target !== this) [near.traffic, far.traffic] = [this.traffic, target.traffic];
    this.#keep(near);
    target.#keep(far);
    accept(far);
    return near;
  }

  reaches(ip: string): boolean {
    return isLoopback(ip) || this.#wiring.hosts.has(ip);
  }

  resolve(name: string): string[] | undefined {
    return this.#wiring.resolver?.(name);
  }

  query(...question: Parameters<NameServer>): ReturnType<NameServer> {
    return this.#wiring.nameServer?.(...question);
  }

  close(): void {
    this.#listeners.clear();
    for (const connection of this.#connections) connection.reset();
    if (this.#wiring.hosts.get(this.ip) === this) this.#wiring.hosts.delete(this.ip);
  }

  #keep(connection: MemoryConnection): void {
    this.#connections.add(connection);
    connection.once("close", () => this.#connections.delete(connection));
  }

  #ephemeralPort(): number {
    const port = this.#nextPort;
    this.#nextPort = port === EPHEMERAL_PORTS.last ? EPHEMERAL_PORTS.first : port + 1;
    return port;
  }
}

const isLoopback = (ip: string) => ip.startsWith("127.");
