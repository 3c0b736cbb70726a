import { expect, test } from "vitest";
import { hostFetch, readBody } from "../../src/simulator/network/http-fetch.ts";
import { createNode, logText } from "../helpers/container-node.ts";

test("a pulled server answers on its pod's address, and logs who asked", async () => {
  const { run, network } = createNode();
  const container = await run("kicbase/echo-server:1.0");
  const client = network.attach("10.244.0.9");
  client.resolve = (name) => [name];

  const response = await hostFetch(client, "http://10.244.0.5:8080/x?y=1", { headers: { "user-agent": "test" } });

  expect(String(await readBody(response))).toBe(
    "Request served by pod\n\nGET /x?y=1 HTTP/1.1\n\nHost: 10.244.0.5:8080\nConnection: close\nUser-Agent: test\n",
  );
  expect(logText(container)).toMatch(/^Echo server listening on port 8080\.\n10\.244\.0\.9:\d+ \| GET \/x\?y=1$/);
});

test.each([
  [
    "registry.k8s.io/pause:nope",
    'rpc error: code = NotFound desc = failed to pull and unpack image "registry.k8s.io/pause:nope": failed to resolve reference "registry.k8s.io/pause:nope": registry.k8s.io/pause:nope: not found',
  ],
  [
    "kicbase/echo-servr:1.0",
    'failed to pull and unpack image "docker.io/kicbase/echo-servr:1.0": failed to resolve reference "docker.io/kicbase/echo-servr:1.0": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
  ],
  [
    "registry.k8s.io/echoserver:1.4",
    'rpc error: code = Unimplemented desc = failed to pull and unpack image "registry.k8s.io/echoserver:1.4": not implemented: media type "application/vnd.docker.distribution.manifest.v1+prettyjws" is no longer supported since containerd v2.1, please rebuild the image as "application/vnd.docker.distribution.manifest.v2+json" or "application/vnd.oci.image.manifest.v1+json"',
  ],
  [
    "nginx/UPPER",
    'Failed to apply default image tag "nginx/UPPER": couldn\'t parse image name "nginx/UPPER": invalid reference format: repository name (nginx/UPPER) must be lowercase',
  ],
])("pulling %s fails in the kubelet's words", async (name, message) => {
  await expect(createNode().pull(name)).rejects.toMatchObject({ message });
});

test("the second pull of an image costs the registry's answer alone", async () => {
  const { runtime, pull, clock } = createNode();
  expect(runtime.hasImage("kicbase/echo-server:1.0")).toBe(false);
  await pull("kicbase/echo-server:1.0");
  expect(runtime.hasImage("docker.io/kicbase/echo-server:1.0")).toBe(true);

  let done = false;
  void runtime.pull("kicbase/echo-server:1.0").then(() => (done = true));
  await clock.step(250);
  expect(done).toBe(true);
});

test("a missing program is a start failure with runc's words, and so is one of an exec", async () => {
  const { run } = createNode();
  await expect(run("kicbase/echo-server:1.0", { command: ["/no/such/program"] })).rejects.toMatchObject({
    exitCode: 128,
    message:
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/no/such/program": stat /no/such/program: no such file or directory',
  });
  const { run: runAgain } = createNode();
  const container = await runAgain("kicbase/echo-server:1.0");
  await expect(container.exec(["sh"], { tty: false })).rejects.toThrow(
    /^failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in \$PATH$/,
  );
});

test("process 1 answers SIGTERM as its program does, and SIGKILL always", async () => {
  const { run, pod } = createNode();
  const sandbox = pod();
  const pause = await run("registry.k8s.io/pause:3.10", {}, sandbox);
  pause.kill("SIGTERM");
  expect(await pause.exited).toEqual({ exitCode: 0 });
  const echo = await run("kicbase/echo-server:1.0", {}, sandbox);
  echo.kill("SIGKILL");
  expect(await echo.exited).toEqual({ exitCode: 137 });
});
