import http from "node:http";
import tls from "node:tls";
import type { Node } from "kubernetes-types/core/v1";
import type { Live } from "../../api/object.ts";
import { readBody } from "../../network/http-fetch.ts";
import { DialError } from "../../network/network.ts";
import type { ProgramContext } from "../program.ts";

const TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** A kubelet's `/metrics/resource`, read with the pod's own token. Rejects with Go's words. */
export async function scrape(
  context: ProgramContext,
  node: Live<Node>,
  options: { insecure: boolean; port: number },
): Promise<string> {
  const ip = node.status?.addresses?.find(({ type }) => type === "InternalIP")?.address ?? node.metadata.name;
  const url = `https://${ip}:${options.port}/metrics/resource`;
  const failed = (why: string) => new Error(`Get ${JSON.stringify(url)}: ${why}`);
  const connection = await context.host.connect(ip, options.port).catch((error: unknown) => {
    throw error instanceof DialError ? failed(`dial tcp ${ip}:${options.port}: ${error.message}`) : error;
  });
  const socket = tls.connect({ socket: connection, rejectUnauthorized: false });
  const token = String(await context.files.read(TOKEN));
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("secureConnect", resolve);
      socket.once("error", (error) => reject(failed(error.message)));
    });
    if (!options.insecure && !socket.authorized) {
      const { subjectaltname = "" } = socket.getPeerCertificate();
      const why = subjectaltname.includes(`IP Address:${ip}`)
        ? "certificate signed by unknown authority"
        : `cannot validate certificate for ${ip} because it doesn't contain any IP SANs`;
      throw failed(`tls: failed to verify certificate: x509: ${why}`);
    }
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const headers = { Host: `${ip}:${options.port}`, Authorization: `Bearer ${token}` };
      const request = http.request({ createConnection: () => socket as never, path: "/metrics/resource", headers }, resolve);
      request.on("error", (error) => reject(failed(error.message)));
      request.end();
    });
    const text = String(await readBody(response));
    if (response.statusCode === 200) return text;
    throw new Error(`request failed, status: ${JSON.stringify(`${response.statusCode} ${response.statusMessage}`)}`);
  } finally {
    socket.destroy();
    connection.destroy();
  }
}
