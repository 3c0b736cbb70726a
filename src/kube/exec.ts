import { Writable } from "node:stream";
import { Exec } from "@kubernetes/client-node/dist/exec.js";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { ApiError, ClusterUnreachable } from "./api-error.ts";
import type { ExecRequest, ExecResult } from "./kube.ts";

/** What the server says when the command is over. */
interface ExecStatus {
  status?: string;
  message?: string;
  details?: { causes?: { reason?: string; message?: string }[] };
}

/** Runs a command in a container over a WebSocket. @throws ApiError when the server refuses, ClusterUnreachable */
export async function execInPod(
  config: KubeConfig,
  { pod, container, namespace, command }: ExecRequest & { namespace: string },
): Promise<ExecResult> {
  const stdout = new Text();
  const stderr = new Text();
  return new Promise((resolve, reject) => {
    const over = (status: ExecStatus): void =>
      resolve({
        code: exitCode(status),
        stdout: stdout.text,
        stderr: stderr.text || (isSuccess(status) ? "" : (status.message ?? "")),
      });
    new Exec(config)
      .exec(namespace, pod, container ?? "", [...command], stdout, stderr, null, false, over)
      .then((socket) =>
        socket.on("close", () => over({ status: "Failure", message: "the connection ended before the command did" })),
      )
      .catch((event: HandshakeEvent) => reject(toError(config, event)));
  });
}

class Text extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}

const isSuccess = ({ status }: ExecStatus): boolean => status === "Success";

/** A command that could not be started has no exit code; shells call that 126. */
function exitCode(status: ExecStatus): number {
  if (isSuccess(status)) return 0;
  const cause = status.details?.causes?.find(({ reason }) => reason === "ExitCode");
  return Number(cause?.message ?? 126);
}

/** What the WebSocket library tells of a handshake that failed. */
interface HandshakeEvent {
  message?: string;
  error?: { code?: string };
}

function toError(config: KubeConfig, { message = "", error }: HandshakeEvent): Error {
  const status = Number(/response: (\d+)/.exec(message)?.[1]);
  if (status) return new ApiError({ status, reason: "", message, causes: [] });
  return new ClusterUnreachable(config.getCurrentCluster()?.server ?? "", error?.code ?? message);
}
