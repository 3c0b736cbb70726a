import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { createConnection } from "node:net";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DialError } from "../../src/simulator/network/network.ts";
import { kubectlBinary } from "../helpers/kubectl.ts";
import { startStreamServer } from "../helpers/stream-server.ts";

const versions = ["1.28", "1.31", "1.34"];
const large = Buffer.alloc(5_000_000, "0123456789abcdef\n");
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

let pod: Server;
let server: Awaited<ReturnType<typeof startStreamServer>>;

beforeAll(async () => {
  pod = createServer(async (request, response) => {
    const body = await buffer(request);
    response.end(request.method === "POST" ? sha256(body) : request.url === "/large" ? large : `path ${request.url}`);
  }).listen(0, "127.0.0.1");
  await once(pod, "listening");
  server = await startStreamServer({
    exec: () => Promise.resolve(0),
    async connect(port) {
      if (port !== 80) throw new DialError("ECONNREFUSED");
      const connection = createConnection((pod.address() as AddressInfo).port, "127.0.0.1");
      await once(connection, "connect");
      return connection;
    },
  });
});

afterAll(async () => {
  pod.close();
  pod.closeAllConnections();
  await server.close();
});

/** Runs `use` with a local address that is forwarded to a port of the pod; then ends kubectl. Returns what kubectl said on stderr. */
async function forwarded(version: string, port: number, use: (address: string) => Promise<void>): Promise<string> {
  const client = execa(await kubectlBinary(version), [...server.kubectlOptions, "port-forward", "web", `:${port}`], {
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  for await (const chunk of client.stdout as AsyncIterable<Buffer>) {
    const address = /Forwarding from (127\.0\.0\.1:\d+)/.exec(chunk.toString())?.[1];
    if (!address) continue;
    await use(`http://${address}`);
    break;
  }
  client.kill();
  return (await client).stderr;
}

describe.each(versions)("kubectl %s port-forward", (version) => {
  it("carries many requests at once, and large bodies both ways", async () => {
    server.protocols.length = 0;
    await forwarded(version, 80, async (address) => {
      const paths = Array.from({ length: 8 }, (_, index) => `/${index}`);
      const answers = await Promise.all(paths.map(async (path) => (await fetch(address + path)).text()));
      expect(answers).toEqual(paths.map((path) => `path ${path}`));

      const [down, up] = await Promise.all([
        fetch(`${address}/large`).then((response) => response.arrayBuffer()),
        fetch(address, { method: "POST", body: large }).then((response) => response.text()),
      ]);
      expect(sha256(Buffer.from(down))).toBe(sha256(large));
      expect(up).toBe(sha256(large));
    });
    expect(server.protocols[0]).toBe(version < "1.31" ? "SPDY/3.1 portforward.k8s.io" : "websocket SPDY/3.1+portforward.k8s.io");
    await Promise.all(server.open);
  });

  it("says why a port does not answer", async () => {
    const stderr = await forwarded(version, 9999, async (address) => {
      await expect(fetch(address)).rejects.toThrow("fetch failed");
    });
    expect(stderr.replaceAll("\\", "")).toContain(
      'error forwarding port 9999 to pod 5a4db0, uid : failed to execute portforward in network namespace "/var/run/netns/cni-1": ' +
        'failed to connect to localhost:9999 inside namespace "5a4db0", IPv4: dial tcp4 127.0.0.1:9999: connect: connection refused ' +
        "IPv6 dial tcp6 [::1]:9999: connect: connection refused ",
    );
  });

  it("ends the pod's connections when the client is gone", async () => {
    const ending = new Promise((resolve) => pod.once("connection", (socket) => socket.once("close", () => resolve("closed"))));
    await forwarded(version, 80, async (address) => {
      const { hostname, port } = new URL(address);
      const socket = createConnection(Number(port), hostname);
      socket.on("error", () => {});
      socket.write("GET / HTTP/1.1\r\n");
      await once(pod, "connection");
    });
    expect(await ending).toBe("closed");
    await Promise.all(server.open);
    expect(server.open.size).toBe(0);
  });
});
