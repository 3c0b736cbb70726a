import http from "node:http";
import { expect, test } from "vitest";
import { SteppedClock } from "../../src/simulator/clock.ts";
import { hostFetch, readBody } from "../../src/simulator/network/http-fetch.ts";
import type { Connection } from "../../src/simulator/network/network.ts";
import { createNetwork } from "../../src/simulator/network/memory-network.ts";

const pair = () => {
  const clock = new SteppedClock();
  const network = createNetwork({ clock });
  return { clock, network, a: network.attach("10.244.0.2"), b: network.attach("10.244.0.3") };
};

const serve = (host: { listen: ReturnType<typeof pair>["a"]["listen"] }, port: number, listener: http.RequestListener) => {
  const server = http.createServer(listener);
  host.listen(port, (connection) => server.emit("connection", connection));
  return server;
};

test("an http server answers over the network, and knows who asks", async () => {
  const { a, b } = pair();
  serve(b, 8080, (request, response) => response.end(`${request.socket.remoteAddress} asks ${request.socket.localAddress}`));
  a.resolve = () => ["10.244.0.3"];

  const response = await hostFetch(a, "http://web:8080/x");

  expect(String(await readBody(response))).toBe("10.244.0.2 asks 10.244.0.3");
});

test("one connection carries several requests", async () => {
  const { a, b } = pair();
  let connections = 0;
  const server = serve(b, 80, (_, response) => response.end("again"));
  server.on("connection", () => connections++);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = (_, done) => {
    a.connect("10.244.0.3", 80).then(
      (socket) => done!(null, socket),
      (error) => done!(error, undefined as never),
    );
    return undefined as never;
  };
  for (const _ of [1, 2, 3]) {
    const response = await new Promise<http.IncomingMessage>((resolve) => http.get({ agent, path: "/" }, resolve));
    expect(String(await readBody(response))).toBe("again");
  }
  agent.destroy();

  expect(connections).toBe(1);
});

test("a slow reader holds back the writer, and loses no byte", async () => {
  const { a, b } = pair();
  const far = new Promise<Connection>((resolve) => b.listen(9, resolve));
  const near = await a.connect("10.244.0.3", 9);
  let flushed = false;
  near.write(Buffer.alloc(200_000, "x"), () => (flushed = true));
  near.end();
  await new Promise(setImmediate);
  expect(flushed).toBe(false);

  expect((await readBody(await far)).length).toBe(200_000);
  expect(flushed).toBe(true);
});

test("one end may go on writing after the other has finished", async () => {
  const { a, b } = pair();
  b.listen(7, (connection) => {
    let heard = "";
    connection.on("data", (chunk) => (heard += chunk)).on("end", () => connection.end(`heard ${heard}`));
  });
  const connection = await a.connect("10.244.0.3", 7);
  connection.end("all of it");

  expect(String(await readBody(connection))).toBe("heard all of it");
});

test("a port without a listener refuses, an address without a host is unreachable after three seconds", async () => {
  const { a, clock } = pair();
  await expect(a.connect("10.244.0.3", 81)).rejects.toThrow("connect: connection refused");

  let failure: unknown;
  a.connect("10.244.9.9", 80).catch((error) => (failure = error));
  await clock.step(2_999);
  expect(failure).toBeUndefined();
  await clock.step(1);
  expect(failure).toMatchObject({ code: "EHOSTUNREACH", message: "connect: no route to host" });
});

test("a host that goes away resets its connections and frees its address", async () => {
  const { a, b, network } = pair();
  b.listen(80, () => {});
  const connection = await a.connect("10.244.0.3", 80);
  const failed = new Promise((resolve) => connection.once("error", resolve));
  b.close();

  expect(await failed).toMatchObject({ code: "ECONNRESET" });
  expect(() => network.attach("10.244.0.3")).not.toThrow();
});
