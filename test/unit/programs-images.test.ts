import { beforeAll, expect, test } from "vitest";
import type { ContainerSpec } from "../../src/simulator/kubelet/runtime.ts";
import { hostFetch, readBody } from "../../src/simulator/network/http-fetch.ts";
import { createNode, logText } from "../helpers/container-node.ts";

// Shells load their grammar when the first one runs, which takes real time; the clock of these tests is stepped.
beforeAll(async () => void (await import("just-bash")));

async function start(image: string, spec: Partial<ContainerSpec> = {}) {
  const node = createNode();
  const container = await node.run(image, spec);
  const client = node.network.attach("10.244.0.9");
  client.resolve = (name) => [name];
  await node.clock.step(10);
  const get = async (path: string, headers: Record<string, string> = { "user-agent": "test" }) => {
    const response = await hostFetch(client, `http://10.244.0.5${path}`, { headers });
    return { code: response.statusCode, headers: response.headers, body: String(await readBody(response)) };
  };
  const exec = async (...argv: string[]) => {
    let output = "";
    const print = (chunk: Uint8Array) => void (output += Buffer.from(chunk).toString());
    const status = container.exec(argv, { tty: false, stdout: print, stderr: print });
    await node.clock.step(1_000);
    return { status: await status, output };
  };
  return { ...node, container, get, exec };
}

test("nginx serves its welcome page, and says in its log who asked for what", async () => {
  const { get, container } = await start("nginx:1.27");

  const page = await get("/");
  expect(page).toMatchObject({
    code: 200,
    headers: { server: "nginx/1.27.5", "content-type": "text/html", "content-length": "615" },
  });
  const missing = await get("/nope");
  expect(missing.code).toBe(404);
  expect(missing.body).toContain("<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx/1.27.5</center>");

  const log = logText(container);
  expect(log).toContain("/docker-entrypoint.sh: Configuration complete; ready for start up");
  expect(log).toMatch(/^10\.244\.0\.9 - - \[01\/Jan\/2026:00:00:\d\d \+0000\] "GET \/ HTTP\/1\.1" 200 615 "-" "test" "-"$/m);
  expect(log).toMatch(
    /open\(\) "\/usr\/share\/nginx\/html\/nope" failed \(2: No such file or directory\), client: 10\.244\.0\.9, server: localhost/,
  );
});

test("nginx follows a configuration that is mounted over its own, and refuses one that is none", async () => {
  const site = (text: string) => ({
    mountPath: "/etc/nginx/conf.d",
    readOnly: true,
    volume: { writable: false, files: new Map([["default.conf", Buffer.from(text)]]) },
  });
  const files = {
    mountPath: "/data",
    readOnly: true,
    volume: { writable: false, files: new Map([["index.html", Buffer.from("mine")]]) },
  };
  const { get } = await start("nginx:1.28", {
    mounts: [
      site("server { listen 80; root /data; location = /hi { return 200 'hello $host'; } location /old { return 301 /new; } }"),
      files,
    ],
  });
  expect((await get("/")).body).toBe("mine");
  expect((await get("/hi", { host: "shop.example" })).body).toBe("hello shop.example");
  expect(await get("/old/x")).toMatchObject({ code: 301, headers: { location: "/new" } });

  const broken = await start("nginx:1.28", { mounts: [site("server { listne 80; }")] });
  expect(await broken.container.exited).toEqual({ exitCode: 1 });
  expect(logText(broken.container)).toContain('nginx: [emerg] unknown directive "listne" in /etc/nginx/conf.d/default.conf:1');
});

test("nginx is told to quit, and exits with 0", async () => {
  const { container } = await start("nginx");
  container.kill("SIGTERM");
  expect(await container.exited).toEqual({ exitCode: 0 });
  expect(logText(container)).toMatch(/\[notice\] 1#1: signal 3 \(SIGQUIT\) received, shutting down/);
});

test("agnhost netexec answers as the real one, and fails its readiness once it is told to end", async () => {
  const { get, container, clock } = await start("registry.k8s.io/e2e-test-images/agnhost:2.53", {
    args: ["netexec", "--http-port=80", "--delay-shutdown=5"],
  });
  expect((await get("/hostname")).body).toBe("pod");
  expect(await get("/echo?msg=hi%20there&code=418")).toMatchObject({ code: 418, body: "hi there" });
  expect((await get("/clientip")).body).toMatch(/^10\.244\.0\.9:\d+$/);
  expect((await get("/shell?cmd=echo+out;exit+3")).body).toBe('{"error":"exit status 3","output":"out\\n"}');
  expect((await get("/dial?host=127.0.0.1&port=80&request=hostname&tries=2")).body).toBe('{"responses":["pod","pod"]}');
  expect((await get("/")).body).toMatch(/^NOW: 2026-01-01 00:00:0/);

  container.kill("SIGTERM");
  expect(await get("/readyz")).toMatchObject({ code: 503, body: "shutting down" });
  await clock.step(5_000);
  expect(await container.exited).toEqual({ exitCode: 0 });
  expect(logText(container)).toContain("Started HTTP server on port 80");
});

test("agnhost liveness is healthy for ten seconds", async () => {
  const { clock, container, exec } = await start("registry.k8s.io/e2e-test-images/agnhost:2.53", { args: ["liveness"] });
  const healthz = "http://127.0.0.1:8080/healthz";
  expect((await exec("wget", "-qO-", healthz, healthz)).output).toBe("okok");
  await clock.step(10_000);
  expect((await exec("wget", "-qO-", healthz)).output).toBe("wget: server returned error: HTTP/1.1 500 Internal Server Error\n");
  container.kill("SIGTERM");
  expect(await container.exited).toEqual({ exitCode: 2 });
});

test("a Debian image has Debian's commands and words, and not busybox'", async () => {
  const { exec } = await start("nginx:1.27");
  expect(await exec("cat", "/nope")).toEqual({ status: 1, output: "cat: /nope: No such file or directory\n" });
  expect(await exec("sh", "-c", "ping x")).toEqual({ status: 127, output: "sh: 1: ping: not found\n" });
  expect(await exec("bash", "-c", "ping x")).toEqual({ status: 127, output: "bash: line 1: ping: command not found\n" });
  expect((await exec("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}\\n", "localhost")).output).toBe("200\n");
  expect((await exec("curl", "-sS", "localhost:81")).output).toMatch(
    /^curl: \(7\) Failed to connect to localhost port 81 after \d+ ms: Could not connect to server\n$/,
  );
});

test("httpd says that it works", async () => {
  const { get, container } = await start("httpd:2.4");
  expect(await get("/")).toMatchObject({ code: 200, body: "<html><body><h1>It works!</h1></body></html>\n" });
  expect(logText(container)).toContain("AH00489: Apache/2.4.65 (Unix) configured -- resuming normal operations");
});

test("coredns answers its probes", async () => {
  const { exec } = await start("registry.k8s.io/e2e-test-images/agnhost:2.53");
  const dns = await start("registry.k8s.io/coredns/coredns:v1.12.1");
  expect((await hostFetch(dns.network.host("10.244.0.9")!, "http://10.244.0.5:8181/ready")).statusCode).toBe(200);
  expect((await exec("true")).status).toBe(0);
});
