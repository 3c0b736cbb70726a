import { StatusError } from "../api/status-error.ts";
import type { ProcessIO } from "../kubelet/runtime.ts";
import type { Channels, WantedStreams } from "./channels.ts";
import { exitStatus, internalErrorStatus } from "./exit-status.ts";
import type { StreamStatus } from "./exit-status.ts";
import { KubeletRefusal } from "./kubelet-refusal.ts";
import { spdyChannels } from "./remote-command-spdy.ts";
import { webSocketChannels } from "./remote-command-websocket.ts";
import { acceptSpdy, acceptWebSocket, answerRefusal, refuseUpgrade, wantedUpgrade } from "./upgrade.ts";
import type { UpgradeRequest } from "./upgrade.ts";

/** The streams that the client's query asks for. With `tty` there is no stderr. */
export interface RemoteCommandOptions extends WantedStreams {
  kind: "exec" | "attach";
}

/** Runs the command; resolves to its exit code. What it rejects with is the client's to read, as an internal error. */
export type RunCommand = (io: ProcessIO) => Promise<number>;

const SPDY_PROTOCOLS = ["v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"];
const WEB_SOCKET_PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io", "channel.k8s.io", ""];

/**
 * Serves `exec` and `attach` over WebSocket or SPDY. `prepare` runs first: a StatusError of it is an ordinary HTTP answer; a
 * KubeletRefusal too, except to clients of v5, whom the API server has upgraded by then and tells on the error channel. Resolves when
 * the client is gone (kubelet pkg/cri/streaming/remotecommand; apiserver pkg/util/proxy/streamtranslator.go).
 */
export async function serveRemoteCommand(
  upgrade: UpgradeRequest,
  options: RemoteCommandOptions,
  prepare: () => Promise<RunCommand>,
): Promise<void> {
  const how = wantedUpgrade(upgrade.request);
  if (!how) return refuseUpgrade(upgrade, StatusError.badRequest("Upgrade request required").status);
  if (!options.stdin && !options.stdout && !options.stderr) {
    return refuseUpgrade(upgrade, StatusError.badRequest("you must specify at least 1 of stdin, stdout, stderr").status);
  }
  const isTranslated =
    how === "websocket" && /\bv5\.channel\.k8s\.io\b/.test(upgrade.request.headers["sec-websocket-protocol"] ?? "");
  const wanted = { ...options, stderr: options.stderr && !options.tty };

  let run: RunCommand;
  try {
    run = await prepare();
  } catch (error) {
    if (!isTranslated || !(error instanceof KubeletRefusal)) return answerRefusal(upgrade, error);
    run = () => Promise.reject(new Error(`unable to upgrade connection: ${error.message}`));
  }

  const channels = await openChannels(upgrade, how, wanted);
  if (channels) await channels.finish(await outcome(run, channels, wanted, isTranslated, upgrade.request.url ?? ""));
}

async function openChannels(
  upgrade: UpgradeRequest,
  how: "websocket" | "spdy",
  wanted: WantedStreams,
): Promise<Channels | undefined> {
  if (how === "websocket") {
    const accepted = await acceptWebSocket(upgrade, WEB_SOCKET_PROTOCOLS);
    return accepted && webSocketChannels(...accepted, wanted);
  }
  const protocol = acceptSpdy(upgrade, SPDY_PROTOCOLS);
  return protocol === undefined ? undefined : spdyChannels(upgrade.socket, protocol, wanted);
}

/** The status in the words of whoever wrote it: the kubelet, or the API server that repeats the kubelet's to clients of v5. */
async function outcome(
  run: RunCommand,
  channels: Channels,
  { kind, stdout, stderr, tty }: RemoteCommandOptions,
  isTranslated: boolean,
  url: string,
): Promise<StreamStatus> {
  try {
    const code = await run({
      ...(channels.stdin && { stdin: channels.stdin }),
      ...(stdout && { stdout: channels.stdout }),
      ...(stderr && { stderr: channels.stderr }),
      ...(tty && { resize: channels.resize }),
      tty,
      signal: channels.signal,
    });
    const command = new URL(url, "http://localhost").searchParams.getAll("command").join(" ");
    return exitStatus(
      code,
      isTranslated ? `command terminated with exit code ${code}` : `error executing command [${command}], exit code ${code}`,
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (message.startsWith("unable to upgrade connection")) return internalErrorStatus(message);
    const told = `${kind === "exec" ? "error executing command in container" : "error attaching to container"}: ${message}`;
    return internalErrorStatus(isTranslated ? `Internal error occurred: ${told}` : told);
  }
}
