import type { Host } from "../../network/network.ts";
import type { FindKubelet } from "../kubelet-access.ts";
import type { SubresourceHandler } from "../pipeline.ts";
import type { Tokens } from "../tokens.ts";
import { serveBinding } from "./binding.ts";
import { serveEviction } from "./eviction.ts";
import { serveLog } from "./log.ts";
import { serveNodeProxy } from "./node-proxy.ts";
import { servePodProxy, serveServiceProxy } from "./proxy.ts";
import { reviewHandlers } from "./reviews.ts";
import { serveScale } from "./scale.ts";
import { serveCommand, serveForward } from "./streams.ts";
import { serveTokenRequest } from "./token.ts";

export interface SubresourceOptions {
  tokens: Tokens;
  findKubelet: FindKubelet;
  /** The API server's own place in the cluster network. */
  host: Host;
}

/** Everything that is served by other means than reading and writing the store. */
export const subresourceHandlers = ({ tokens, findKubelet, host }: SubresourceOptions): ReadonlyMap<string, SubresourceHandler> =>
  new Map<string, SubresourceHandler>([
    ...reviewHandlers(tokens),
    ["/scale", serveScale],
    ["pods/binding", serveBinding],
    ["pods/eviction", serveEviction],
    ["pods/exec", serveCommand("exec", findKubelet)],
    ["pods/attach", serveCommand("attach", findKubelet)],
    ["pods/portforward", serveForward(findKubelet)],
    ["pods/log", serveLog(findKubelet)],
    ["nodes/proxy", serveNodeProxy(host, findKubelet)],
    ["pods/proxy", servePodProxy(host)],
    ["services/proxy", serveServiceProxy(host)],
    ["serviceaccounts/token", serveTokenRequest(tokens)],
  ]);
