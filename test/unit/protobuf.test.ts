import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StatusError } from "../../src/simulator/api/status-error.ts";
import { decodeKubernetesProtobuf } from "../../src/simulator/protobuf/decode.ts";
import { encodeKubernetesProtobuf } from "../../src/simulator/protobuf/encode.ts";
import { kubectlBinary } from "../helpers/kubectl.ts";

/** Commands whose request is protobuf, spaces within a word as `_`. `--dry-run=client -o json` shows the same object in JSON. */
const commands = [
  "create namespace dev --v=0",
  "create configmap settings --from-literal=a=1 --from-literal=b=",
  "create secret generic keys --from-literal=password=hunter2",
  "create deployment web --image=nginx:1.27 --replicas=0 --port=80 -- sleep 0",
  "create service nodeport web --tcp=80:8080 --node-port=30080",
  "create service clusterip web --tcp=80:http --tcp=443:8443",
  "create job once --image=busybox -- date -u",
  "create cronjob tick --image=busybox --schedule=*/5_*_*_*_*",
  "create serviceaccount robot --v=0",
  "create rolebinding read --role=reader --serviceaccount=default:robot",
  "create clusterrolebinding see --clusterrole=view --user=jane --group=devs",
  "create ingress web --rule=example.com/path*=web:http,tls=cert --default-backend=web:80",
  "create quota small --hard=cpu=500m,memory=1Gi,pods=0",
  "create poddisruptionbudget web --selector=app=web --min-available=50%",
  "create priorityclass high --value=1000 --global-default=false",
];

describe("protobuf bodies", () => {
  let server: Server;
  let received: Buffer[] = [];

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      if (request.method === "POST") received.push(await buffer(request));
      response.writeHead(request.method === "POST" ? 201 : 404, { "Content-Type": "application/json" });
      response.end(JSON.stringify({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" }));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });

  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  const kubectl = async (line: string, ...more: string[]) => {
    const { port } = server.address() as AddressInfo;
    const words = line.split(" ").map((word) => word.replaceAll("_", " "));
    const options = [`--server=http://127.0.0.1:${port}`, "--namespace=default", ...more];
    return execa(await kubectlBinary("1.34"), [...options, ...words], { extendEnv: false, env: { HOME: "/nonexistent" } });
  };

  it.each(commands)("reads what kubectl %s sends, and writes it byte for byte", async (line) => {
    received = [];
    await kubectl(line);
    expect(received).toHaveLength(1);
    const { object } = decodeKubernetesProtobuf(received[0]!);

    const { stdout } = await kubectl(line.replace(" --", " --dry-run=client --output=json --"));
    expect(object).toEqual(withoutEmpty(JSON.parse(stdout)));
    expect(encodeKubernetesProtobuf(JSON.parse(stdout))).toEqual(received[0]);
  });

  it("keeps what only a pointer can say, and the types with JSON of their own", () => {
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: "p",
        creationTimestamp: "2026-01-02T03:04:05Z",
        managedFields: [{ manager: "m", time: "2026-01-02T03:04:05Z", fieldsV1: { "f:spec": {} } }],
      },
      spec: {
        terminationGracePeriodSeconds: 0,
        volumes: [{ name: "cache", emptyDir: {} }],
        containers: [
          {
            name: "c",
            envFrom: [{ configMapRef: { name: "settings" } }],
            livenessProbe: { httpGet: { port: "http" } },
            resources: { limits: { cpu: "500m" } },
            securityContext: { privileged: false, runAsUser: -1 },
          },
        ],
      },
    };
    expect(decodeKubernetesProtobuf(encodeKubernetesProtobuf(pod)).object).toEqual(pod);
  });

  it("keeps microseconds of a lease", () => {
    const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", spec: { renewTime: "2026-01-02T03:04:05.000678Z" } };
    expect(decodeKubernetesProtobuf(encodeKubernetesProtobuf(lease)).object).toEqual(lease);
  });

  it.each([
    ["", "the object provided is unrecognized (must be of type Pod): empty data (<empty>)"],
    [
      '{"kind":"Pod"}',
      "the object provided is unrecognized (must be of type Pod): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] (7b226b696e64223a22506f64227d)",
    ],
    ["k8s\0", "the object provided is unrecognized (must be of type Pod): empty body (6b387300)"],
    [
      "k8s\0\n\x09\n\x02v1\x12\x03Foo",
      'Foo in version "v1" cannot be handled as a Pod: no kind "Foo" is registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30"',
    ],
    ["k8s\0\n\x09\n\x02v1\x12\x03Pod\x12\x02\n\x09", 'Pod in version "v1" cannot be handled as a Pod: unexpected EOF'],
  ])("refuses %j as upstream does", (body, message) => {
    expect(() => decodeKubernetesProtobuf(Buffer.from(body, "latin1"), "Pod")).toThrow(StatusError.badRequest(message));
  });
});

/** JSON of a Go object without what protobuf cannot tell from absent. */
function withoutEmpty(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutEmpty);
  const entries = Object.entries(value).map(([key, item]) => [key, withoutEmpty(item)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== null && JSON.stringify(item) !== "{}"));
}
