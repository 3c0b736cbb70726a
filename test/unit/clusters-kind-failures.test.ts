import { expect, it } from "vitest";
import { causeIn, failureOf, isUnexplained, type KindProblem } from "../../src/clusters/kind-failures.ts";
import { kindStderr } from "../fixtures/kind-stderr.ts";

const unix = "unix:///var/run/docker.sock";

const expected: Record<keyof typeof kindStderr, Partial<KindProblem>> = {
  dockerMissing: { code: "docker-missing" },
  dockerDown: { code: "docker-down", address: unix },
  dockerDownNewer: { code: "docker-down", address: unix },
  dockerDownOnWindows: { code: "docker-down", address: "http://%2F%2F.%2Fpipe%2Fdocker_engine/v1.24/info" },
  dockerDenied: { code: "docker-denied" },
  dockerDeniedNewer: { code: "docker-denied" },
  nameTaken: { code: "kind-name-taken", name: "bootcamp" },
  offline: { code: "image-unreachable", image: "kindest/node:v1.36.4", said: expect.stringContaining("no such host") },
  proxy: { code: "image-unreachable", image: "kindest/node:v1.36.4", said: expect.stringContaining("proxyconnect tcp") },
  untrusted: { code: "pull-untrusted", said: "x509: certificate signed by unknown authority" },
  rateLimit: { code: "pull-limit" },
  imageUnknown: { code: "image-unknown", image: "kindest/node:v1.36.4" },
  imageOutdated: { code: "image-outdated", image: "kindest/node:v1.36.4" },
  diskFull: { code: "disk-full" },
  portTaken: { code: "port-taken", address: "0.0.0.0:18080" },
  portTakenNewer: { code: "port-taken", address: "0.0.0.0:8080" },
  portAllocated: { code: "port-taken", address: "0.0.0.0:8080" },
  noPrivileges: { code: "docker-unprivileged", said: expect.stringContaining("unable to apply caps") },
  noNetwork: { code: "docker-network", said: expect.stringContaining("ip6tables") },
  nodeDead: { code: "node-dead" },
  kubeletOld: { code: "node-unhealthy" },
  kubeletNew: { code: "node-unhealthy" },
  joinFailed: { code: "node-unhealthy" },
  killed: { code: "memory-short" },
  configTab: { code: "kind-config-refused", said: expect.stringContaining("yaml: line 4: found character") },
  configApiVersion: { code: "kind-config-refused", said: "unknown apiVersion: kind.x-k8s.io/v1alpha3" },
  configField: { code: "kind-config-refused", said: expect.stringContaining("line 3: field node not found") },
  configRole: { code: "kind-config-refused", said: expect.stringContaining('"wroker" is not a valid node role') },
  configSubnet: { code: "kind-config-refused", said: expect.stringContaining("invalid CIDR address: nonsense") },
  kindTooOld: { code: "kind-old" },
  loadTooOld: { code: "kind-old" },
  loadMissing: { code: "image-not-here", image: "foo:1" },
  loadSplit: { code: "image-split" },
  unheardOf: { code: "kind-failed", said: "failed to create cluster: the moon is full" },
};

it.each(Object.entries(kindStderr))("%s is known by its words, coloured or not", (name, said) => {
  const problem = expected[name as keyof typeof kindStderr];
  expect(failureOf(said)).toMatchObject(problem);
  expect(failureOf(said.replace("ERROR", "\u001B[31mERROR\u001B[0m"))).toMatchObject(problem);
});

it.each([
  ["Failed to create control group inotify object: Too many open files", "inotify-short"],
  ["Failed to allocate inotify fd: Too many open files", "inotify-short"],
  ["manager.go:294] Registration of the raw container factory failed: inotify_init: too many open files", "inotify-short"],
  ["kubelet is configured to not run on a host using cgroup v1", "cgroup-v1"],
  ["write /var/lib/kubelet/x: no space left on device", "disk-full"],
  ['    "OOMKilled": true,', "memory-short"],
  ["x509: certificate signed by unknown authority, as kubelets say before they have one", "node-dead"],
])("behind a node that doesn't come up its log tells the cause: %s", (line, code) => {
  expect(causeIn({ code: "node-dead" }, ["", `before\n${line}\nafter`])).toMatchObject({ code });
  expect([isUnexplained({ code: "node-dead" }), isUnexplained({ code: "port-taken", address: "" })]).toEqual([true, false]);
});
