import type { Connection } from "../network/network.ts";
import type { NodeContext } from "./node-context.ts";
import { hostnameOf, hostsFile, resolvConf } from "./pod-files.ts";
import type { Pod } from "./pod.ts";
import type { Sandbox } from "./runtime.ts";

/** A pod's place in the network, from its first container to its last. */
export class PodSandbox {
  /** Known from the first start on, and kept when the sandbox is gone. */
  ip: string | undefined;
  #sandbox: Sandbox | undefined;
  #ports: { close(): void }[] = [];
  readonly #node: NodeContext;

  constructor(node: NodeContext) {
    this.#node = node;
  }

  get running(): Sandbox | undefined {
    return this.#sandbox;
  }

  /** Keeps an address that the pod had before this kubelet started. */
  keep(ip: string): void {
    this.ip = ip;
    this.#node.ips.reserve(ip);
  }

  ensure(pod: Pod): Sandbox {
    if (this.#sandbox) return this.#sandbox;
    const { names, host, ips, runtime } = this.#node;
    const shared = pod.spec?.hostNetwork ?? false;
    const ip = shared ? names.nodeIP : (this.ip ?? ips.take());
    this.ip = ip;
    const sandbox = runtime.sandbox({
      hostname: hostnameOf(pod, names),
      ip: shared ? { node: host } : ip,
      resolvConf: resolvConf(pod, names),
      hosts: hostsFile(pod, ip, names),
    });
    this.#sandbox = sandbox;
    if (!shared) this.#openHostPorts(pod, sandbox);
    return sandbox;
  }

  stop(pod: Pod): void {
    if (!this.#sandbox) return;
    for (const port of this.#ports) port.close();
    this.#ports = [];
    this.#sandbox.stop();
    this.#sandbox = undefined;
    if (this.ip && !pod.spec?.hostNetwork) this.#node.ips.release(this.ip);
  }

  /** What the portmap plugin does: connections to the node's port go to the container's. */
  #openHostPorts(pod: Pod, sandbox: Sandbox): void {
    for (const { ports = [] } of pod.spec?.containers ?? []) {
      for (const { hostPort, containerPort } of ports) {
        if (!hostPort) continue;
        const accept = (outside: Connection) => {
          sandbox.host.connect("127.0.0.1", containerPort).then(
            (inside) => join(outside, inside),
            () => outside.destroy(),
          );
        };
        this.#ports.push(this.#node.host.listen(hostPort, accept));
      }
    }
  }
}

function join(a: Connection, b: Connection): void {
  a.pipe(b).pipe(a);
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    one.on("error", () => other.destroy());
    one.on("close", () => other.destroy());
  }
}
