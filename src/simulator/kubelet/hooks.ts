import type { LifecycleHandler } from "kubernetes-types/core/v1";
import { pause } from "../clock.ts";
import { httpGet } from "./http-get.ts";
import type { ProbeTarget } from "./probe.ts";

/** Hooks over HTTP get no time limit of their own upstream; this is Go's default for a whole connection. */
const HTTP_TIMEOUT = 30_000;

/** Runs a postStart or preStop handler. False: it failed (pkg/kubelet/lifecycle/handlers.go). */
export async function runHook(handler: LifecycleHandler, target: ProbeTarget, signal: AbortSignal): Promise<boolean> {
  const { container, process, podIP, host, clock } = target;
  if (handler.exec) {
    try {
      return (await process.exec(handler.exec.command ?? [], { tty: false, signal })) === 0;
    } catch {
      return false;
    }
  }
  if (handler.httpGet) {
    const { status = 0 } = await httpGet(handler.httpGet, container, { host, clock, podIP, timeout: HTTP_TIMEOUT });
    return status >= 200 && status < 400;
  }
  if (handler.sleep) {
    // Cut short by the end of the grace period, it has done its work all the same.
    await pause(clock, handler.sleep.seconds * 1000, signal);
    return true;
  }
  return false;
}
