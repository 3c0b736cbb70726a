import type { Probe } from "kubernetes-types/core/v1";
import type { Clock } from "../clock.ts";
import { sleep } from "../clock.ts";
import { DialError } from "../network/network.ts";
import type { Host } from "../network/network.ts";
import { goDuration } from "./go-duration.ts";
import { httpGet, portNumber } from "./http-get.ts";
import type { Container } from "./pod.ts";
import type { RunningContainer } from "./runtime.ts";

export interface ProbeResult {
  success: boolean;
  /** What the Unhealthy event quotes. */
  output: string;
}

export interface ProbeTarget {
  container: Container;
  process: RunningContainer;
  podIP: string;
  /** The node, whence probes come. */
  host: Host;
  clock: Clock;
}

/** Events quote no more of a command's output than this. */
const LONGEST_OUTPUT = 10 * 1024;

/** Asks once (pkg/kubelet/prober, pkg/probe). */
export async function runProbe(probe: Probe, target: ProbeTarget): Promise<ProbeResult> {
  const timeout = (probe.timeoutSeconds ?? 1) * 1000;
  const { container, podIP, host, clock } = target;
  if (probe.exec) return execProbe(probe.exec.command ?? [], timeout, target);
  if (probe.httpGet) {
    const { status = 0, failure } = await httpGet(probe.httpGet, container, { host, clock, podIP, timeout });
    if (failure) return { success: false, output: failure };
    return { success: status >= 200 && status < 400, output: `HTTP probe failed with statuscode: ${status}` };
  }
  if (probe.tcpSocket) {
    const ip = probe.tcpSocket.host || podIP;
    const port = portNumber(probe.tcpSocket.port, container);
    if (!port) return { success: false, output: `couldn't find port: ${JSON.stringify(probe.tcpSocket.port)} in container` };
    return tcpProbe(ip, port, timeout, target);
  }
  return { success: false, output: "the practice cluster does not model gRPC probes" };
}

async function execProbe(command: readonly string[], timeout: number, { process, clock }: ProbeTarget): Promise<ProbeResult> {
  let output = "";
  const print = (chunk: Uint8Array) => {
    if (output.length < LONGEST_OUTPUT) output += Buffer.from(chunk).toString();
  };
  const end = new AbortController();
  const timer = clock.setTimeout(() => end.abort(), timeout);
  try {
    const code = await process.exec(command, { stdout: print, stderr: print, tty: false, signal: end.signal });
    if (end.signal.aborted) {
      return {
        success: false,
        output: `command timed out: ${JSON.stringify(command.join(" "))} timed out after ${goDuration(timeout)}`,
      };
    }
    return { success: code === 0, output };
  } catch (error) {
    return { success: false, output: (error as Error).message };
  } finally {
    timer.cancel();
  }
}

async function tcpProbe(ip: string, port: number, timeout: number, { host, clock }: ProbeTarget): Promise<ProbeResult> {
  const connecting = host.connect(ip, port).then(
    (connection) => {
      connection.destroy();
      return undefined;
    },
    (error: unknown) => (error instanceof DialError ? error.message : String(error)),
  );
  const end = new AbortController();
  const late = sleep(clock, timeout, end.signal).then(
    () => "i/o timeout",
    () => undefined,
  );
  const failure = await Promise.race([connecting, late]);
  end.abort();
  return failure ? { success: false, output: `dial tcp ${ip}:${port}: ${failure}` } : { success: true, output: "" };
}
