import type { Client } from "../api/client.ts";
import type { FindKubelet } from "../api/kubelet-access.ts";
import type { Tokens } from "../api/tokens.ts";
import type { Clock } from "../clock.ts";
import type { Host, Network } from "../network/network.ts";
import type { Random } from "../random.ts";
import type { Identity } from "./identity.ts";

export interface NodesOptions {
  identity: Identity;
  client(manager: string): Client;
  clock: Clock;
  random: Random;
  network: Network;
  apiHost: Host;
  tokens: Tokens;
  report(error: unknown): void;
}

export function startNodes(_options: NodesOptions): { find: FindKubelet; start(): void; stop(): void } {
  return { find: () => undefined, start() {}, stop() {} };
}
