import type { Socket } from "node:net";
import { serveRemoteCommand } from "../../streams/remote-command.ts";
import { servePortForward } from "../../streams/port-forward.ts";
import type { UpgradeRequest } from "../../streams/upgrade.ts";
import type { Call } from "../call.ts";
import type { FindKubelet } from "../kubelet-access.ts";
import type { SubresourceHandler } from "../pipeline.ts";
import { isTrue } from "../request-info.ts";
import { upgrades } from "../server.ts";
import { StatusError } from "../status-error.ts";
import { containerOf, podTarget } from "./pod-target.ts";

/** `…/pods/NAME/exec` and `…/attach`: a command beside the container's own, or the container's own streams. */
export const serveCommand =
  (kind: "exec" | "attach", find: FindKubelet): SubresourceHandler =>
  async (call, endpoint) => {
    const { query } = call.info;
    const target = podTarget(call, endpoint, find);
    const container = containerOf(target, query.get("container") ?? "");
    const phase = target.pod.status?.phase;
    if (phase === "Succeeded" || phase === "Failed") {
      throw StatusError.internal(`cannot ${kind} into a container in a completed pod; current phase is ${phase}`);
    }
    const command = query.getAll("command");
    if (kind === "exec" && command.length === 0)
      throw StatusError.badRequest("you must specify at least one command for the container");
    const flag = (name: string) => query.has(name) && isTrue(query.get(name));
    const options = { kind, stdin: flag("stdin"), stdout: flag("stdout"), stderr: flag("stderr"), tty: flag("tty") };
    await serveRemoteCommand(takeOver(call), options, async () => {
      target.kubelet.expectRunning(target.key, container);
      return async (io) => {
        if (kind === "exec") return target.kubelet.exec(target.key, container, command, io);
        await target.kubelet.attach(target.key, container, io);
        return 0;
      };
    });
  };

/** `…/pods/NAME/portforward`: connections to the pod's loopback. */
export const serveForward =
  (find: FindKubelet): SubresourceHandler =>
  async (call, endpoint) => {
    const { kubelet, key, pod } = podTarget(call, endpoint, find);
    if (pod.status?.phase !== "Running") {
      throw StatusError.badRequest(`unable to forward port because pod is not running. Current status=${pod.status?.phase}`);
    }
    const id = pod.metadata.uid.replaceAll("-", "").padEnd(64, "0");
    await servePortForward(takeOver(call), async () => ({
      sandboxId: id,
      networkNamespace: `/var/run/netns/cni-${pod.metadata.uid}`,
      connect: (port) => kubelet.connect(key, port),
    }));
  };

/** The bare connection, taken from the HTTP response that was to answer on it. */
function takeOver({ request, response }: Call): UpgradeRequest {
  const upgrade = upgrades.get(request);
  if (!upgrade) throw StatusError.badRequest("Upgrade request required");
  response.detachSocket(upgrade.socket as Socket);
  return { request, ...upgrade };
}
