import type { Node } from "kubernetes-types/core/v1";
import { DialError, type Connection, type Host } from "../../network/network.ts";
import type { FindKubelet } from "../kubelet-access.ts";
import type { Live } from "../object.ts";
import type { SubresourceHandler } from "../pipeline.ts";
import { StatusError } from "../status-error.ts";
import { dial, forward, splitName } from "./proxy.ts";

/**
 * `…/nodes/[SCHEME:]NAME[:PORT]/proxy/…`: to the node's kubelet as the API server itself, or to another port of the node
 * (pkg/registry/core/node/strategy.go ResourceLocation).
 */
export const serveNodeProxy =
  (host: Host, find: FindKubelet): SubresourceHandler =>
  async (call) => {
    const { scheme, name, port } = splitName(call.info.name);
    const node = call.registry.store.get("nodes", { namespace: "", name }) as Live<Node> | undefined;
    if (!node) throw StatusError.notFound({ group: "", resource: "nodes" }, name);
    const address = node.status?.addresses?.find(({ type }) => type === "InternalIP")?.address ?? name;
    const own = node.status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 10_250;
    const isKubelet = port === "" || Number(port) === own;
    const connect = async (): Promise<Connection> => {
      if (!isKubelet) return dial(host, { ip: address, port: Number(port), secure: scheme === "https" });
      const kubelet = find(name);
      if (!kubelet) throw new DialError("EHOSTUNREACH");
      return kubelet.open();
    };
    await forward(call, { ip: address, port: isKubelet ? own : Number(port) }, connect);
  };
