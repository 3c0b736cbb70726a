import type { Connection, Host, Traffic } from "../network/network.ts";
import { DialError } from "../network/network.ts";
import { resolveName } from "../network/resolv-conf.ts";

/** A process' own view of its pod's address: names by the container's files, and all it opened is closed when it ends. */
export class ProcessHost implements Host {
  readonly ip: string;
  readonly #host: Host;
  readonly #files: (path: string) => string;
  readonly #open = new Set<() => void>();
  #ended = false;

  constructor(host: Host, files: (path: string) => string) {
    this.ip = host.ip;
    this.#host = host;
    this.#files = files;
  }

  get traffic(): Traffic {
    return this.#host.traffic;
  }

  listen(port: number, accept: (connection: Connection) => void): { close(): void } {
    const listener = this.#host.listen(port, (connection) => {
      this.#keep(connection);
      accept(connection);
    });
    const close = () => {
      this.#open.delete(close);
      listener.close();
    };
    this.#open.add(close);
    return { close };
  }

  async connect(ip: string, port: number): Promise<Connection> {
    const connection = await this.#host.connect(ip, port);
    this.#keep(connection);
    if (this.#ended) throw new DialError("ECONNREFUSED");
    return connection;
  }

  reaches(ip: string): boolean {
    return this.#host.reaches(ip);
  }

  resolve(name: string): string[] | undefined {
    const files = { hosts: this.#files("/etc/hosts"), resolvConf: this.#files("/etc/resolv.conf") };
    return resolveName(name, files, (...question) => this.query(...question));
  }

  query(...question: Parameters<Host["query"]>): ReturnType<Host["query"]> {
    return this.#host.query(...question);
  }

  close(): void {
    this.#ended = true;
    for (const close of this.#open) close();
  }

  #keep(connection: Connection): void {
    const close = () => connection.destroy();
    this.#open.add(close);
    connection.once("close", () => this.#open.delete(close));
    if (this.#ended) close();
  }
}
