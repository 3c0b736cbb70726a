import { webcrypto } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import "reflect-metadata";
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";
import type { ProcessIO } from "../../src/simulator/kubelet/runtime.ts";
import { servePortForward } from "../../src/simulator/streams/port-forward.ts";
import { serveRemoteCommand } from "../../src/simulator/streams/remote-command.ts";

/** What stands behind the one pod, `web`. */
export interface Backend {
  exec(argv: string[], io: ProcessIO): Promise<number>;
  connect(port: number): Promise<Duplex>;
  /** Runs before each upgrade; what it throws is answered. */
  prepare?(): void;
}

/** Just enough of an API server for kubectl exec, attach, cp and port-forward, over TLS. */
export async function startStreamServer(backend: Backend) {
  const { key, cert } = await certificate();
  const server = createServer({ key, cert }, (request, response) => {
    const path = request.url!.replace(/\?.*/, "");
    response.writeHead(answers[path] ? 200 : 404, { "Content-Type": "application/json" });
    response.end(JSON.stringify(answers[path] ?? {}));
  });
  /** Upgrades whose serving has not ended. */
  const open = new Set<Promise<void>>();
  const protocols: string[] = [];
  const sockets = new Set<Duplex>();
  server.on("upgrade", (request, socket, head) => {
    const url = new URL(request.url!, "https://localhost");
    const wants = (name: string) => url.searchParams.get(name) === "true";
    const { upgrade, "sec-websocket-protocol": webSocket, "x-stream-protocol-version": spdy } = request.headers;
    protocols.push(`${upgrade} ${webSocket ?? String(spdy)}`);
    sockets.add(socket);
    const served = url.pathname.endsWith("/portforward")
      ? servePortForward({ request, socket, head }, async () => {
          backend.prepare?.();
          return { sandboxId: "5a4db0", networkNamespace: "/var/run/netns/cni-1", connect: (port) => backend.connect(port) };
        })
      : serveRemoteCommand(
          { request, socket, head },
          {
            kind: url.pathname.endsWith("/exec") ? "exec" : "attach",
            stdin: wants("stdin"),
            stdout: wants("stdout"),
            stderr: wants("stderr"),
            tty: wants("tty"),
          },
          async () => {
            backend.prepare?.();
            return (io) => backend.exec(url.searchParams.getAll("command"), io);
          },
        );
    open.add(served);
    void served.finally(() => open.delete(served));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const folder = await mkdtemp(join(tmpdir(), "streams-"));
  await writeFile(join(folder, "kubeconfig"), kubeconfig(port, cert));
  return {
    port,
    kubectlOptions: [`--kubeconfig=${join(folder, "kubeconfig")}`, `--cache-dir=${join(folder, "cache")}`],
    /** How each upgrade so far was asked for: `websocket v5.channel.k8s.io`. */
    protocols,
    open,
    async close() {
      await rm(folder, { recursive: true });
      server.close();
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", namespace: "default" },
  spec: { containers: [{ name: "c", image: "i", stdin: true, tty: true, ports: [{ containerPort: 80 }] }] },
  status: { phase: "Running" },
};
const verbs = ["get", "create"];
const answers: Record<string, object> = {
  "/api": { kind: "APIVersions", versions: ["v1"] },
  "/apis": { kind: "APIGroupList", apiVersion: "v1", groups: [] },
  "/api/v1": {
    kind: "APIResourceList",
    groupVersion: "v1",
    resources: [{ name: "pods", singularName: "pod", namespaced: true, kind: "Pod", verbs }],
  },
  "/api/v1/namespaces/default/pods/web": pod,
};

const kubeconfig = (port: number, cert: string) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    clusters: [
      {
        name: "test",
        cluster: { server: `https://127.0.0.1:${port}`, "certificate-authority-data": Buffer.from(cert).toString("base64") },
      },
    ],
    users: [{ name: "test", user: { token: "t" } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test", namespace: "default" } }],
  });

async function certificate(): Promise<{ key: string; cert: string }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const cert = await X509CertificateGenerator.createSelfSigned({
    name: "CN=127.0.0.1",
    keys,
    extensions: [new SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }])],
    signingAlgorithm: { ...algorithm, hash: "SHA-256" },
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return { key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`, cert: cert.toString("pem") };
}
