import type { Duplex } from "node:stream";
import type { DNSReply, RecordType } from "./dns-records.ts";

/** Why a connection could not be made; `message` is what Go's net package prints behind `dial tcp IP:PORT: `. */
export class DialError extends Error {
  readonly code: "ECONNREFUSED" | "EHOSTUNREACH" | "ETIMEDOUT";

  constructor(code: DialError["code"]) {
    super(
      { ECONNREFUSED: "connect: connection refused", EHOSTUNREACH: "connect: no route to host", ETIMEDOUT: "i/o timeout" }[code],
    );
    this.code = code;
  }
}

/** What has gone over a host's network since it was attached; what it says to itself is not counted. */
export interface Traffic {
  receivedBytes: number;
  receivedPackets: number;
  sentBytes: number;
  sentPackets: number;
}

/** Whoever holds an address of the cluster network: a pod, or a node (for host-network pods and the node itself). */
export interface Host {
  readonly ip: string;
  readonly traffic: Traffic;
  /** Takes connections to a TCP port of this host; port 0 is refused. Throws an Error with code EADDRINUSE when the port is taken. */
  listen(port: number, accept: (connection: Connection) => void): { close(): void };
  /** Connects to an address of the cluster: pod, node, Service VIP, node port, or loopback (this host itself). */
  connect(ip: string, port: number): Promise<Connection>;
  /** Whether somebody answers an echo request there: a pod or a node does, a Service's address does not. */
  reaches(ip: string): boolean;
  /** Resolves a name the way the pod's /etc/resolv.conf says. Undefined: no such name. */
  resolve(name: string): string[] | undefined;
  /** Asks a name server one question, the name as it stands. Undefined: nobody answers at that address. */
  query(server: string, name: string, type: RecordType): DNSReply | undefined;
  /** Ends every listener and connection of the host. */
  close(): void;
}

/** A byte stream between two hosts. An `http.Server` takes it: `server.emit("connection", connection)`. */
export type Connection = Duplex & { remoteAddress?: string; remotePort?: number; localAddress?: string; localPort?: number };

/** The cluster network: in-process streams, no sockets of this machine. */
export interface Network {
  /** Takes an address into the network. Throws when it is taken. */
  attach(ip: string, options?: { resolver?: (name: string) => string[] | undefined }): Host;
  host(ip: string): Host | undefined;
}

/** Where a connection really goes. A Service without endpoints refuses; an address nobody answers for lets the caller wait. */
export type Route = { ip: string; port: number } | "refused" | "timeout";

/** Sends a connection elsewhere than where it was addressed; undefined leaves it as it is. `from` is the caller's address. */
export type Translate = (from: string, ip: string, port: number) => Route | undefined;

/** Answers a question as the name server at `server` would. Undefined: it is silent. */
export type NameServer = (server: string, name: string, type: RecordType) => DNSReply | undefined;
