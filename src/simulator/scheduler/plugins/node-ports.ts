import { nodeChanged, podLeft } from "../plugin.ts";
import type { Plugin } from "../plugin.ts";
import type { Pod } from "../pod-requests.ts";

interface HostPort {
  ip: string;
  protocol: string;
  port: number;
}

/** Two pods can't have one host port on one node. */
export const nodePorts: Plugin = {
  name: "NodePorts",
  prepare(pod) {
    const wanted = hostPorts(pod);
    if (wanted.length === 0) return {};
    return {
      filter: ({ pods }) =>
        pods.flatMap(hostPorts).some((taken) => wanted.some((port) => conflict(port, taken)))
          ? { reasons: ["node(s) didn't have free ports for the requested pod ports"] }
          : undefined,
    };
  },
  mayHelp: (event, pod) =>
    nodeChanged(event, () => undefined) ||
    (podLeft(event) && hostPorts(event.object as Pod).some((freed) => hostPorts(pod).some((port) => conflict(port, freed)))),
};

const conflict = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === "0.0.0.0" || b.ip === "0.0.0.0");

const hostPorts = (pod: Pod): HostPort[] =>
  [...(pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always"), ...(pod.spec?.containers ?? [])]
    .flatMap(({ ports = [] }) => ports)
    .flatMap(({ hostPort, hostIP, protocol }) =>
      hostPort ? [{ port: hostPort, ip: hostIP || "0.0.0.0", protocol: protocol ?? "TCP" }] : [],
    );
