import { once } from "node:events";
import { request } from "node:https";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { startStreamServer } from "../helpers/stream-server.ts";

let server: Awaited<ReturnType<typeof startStreamServer>>;

beforeAll(async () => {
  server = await startStreamServer({
    async exec([code], { stdin, stdout, stderr }) {
      for await (const chunk of stdin ?? []) {
        stdout!(chunk);
        break;
      }
      stderr?.(Buffer.from("oh"));
      return Number(code);
    },
    connect: () => Promise.reject(new Error("no ports here")),
  });
});
afterAll(() => server.close());

const path = (query: string) => `/api/v1/namespaces/default/pods/web/exec?${query}`;
const trust = { rejectUnauthorized: false };

/** All messages of a WebSocket until it closes, as channel and text; and its close code. */
async function talk(protocol: string | undefined, query: string, send: Buffer[] = []): Promise<[string[], number]> {
  const socket = new WebSocket(`wss://127.0.0.1:${server.port}${path(query)}`, protocol ? [protocol] : [], trust);
  const messages: string[] = [];
  socket.on("message", (data: Buffer) => messages.push(`${data[0]} ${data.subarray(1).toString()}`));
  socket.on("open", () => send.forEach((message) => socket.send(message)));
  const [code] = (await once(socket, "close")) as [number];
  return [messages, code];
}

async function upgrade(headers: Record<string, string>, query = "command=0&stdout=true"): Promise<[number, string]> {
  const asked = request({ host: "127.0.0.1", port: server.port, path: path(query), method: "POST", headers, ...trust });
  asked.end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  return [response.statusCode!, await text(response)];
}

describe("other clients", () => {
  it("speak v4 over WebSocket: an empty message first, the status last", async () => {
    const [messages, code] = await talk("v4.channel.k8s.io", "command=3&stdin=true&stdout=true&stderr=true", [
      Buffer.from("\0hello"),
    ]);
    const status = {
      metadata: {},
      status: "Failure",
      message: "command terminated with non-zero exit code: error executing command [3], exit code 3",
      reason: "NonZeroExitCode",
      details: { causes: [{ reason: "ExitCode", message: "3" }] },
    };
    expect(messages).toEqual(["1 ", "1 hello", "2 oh", `3 ${JSON.stringify(status)}`]);
    expect(code).toBe(1000);
  });

  it("hear nothing before they have answered three pings, or said something themselves", async () => {
    const url = `wss://127.0.0.1:${server.port}${path("command=3&stdout=true")}`;
    const open = () => new WebSocket(url, ["v5.channel.k8s.io"], { ...trust, autoPong: false });
    const slow = open();
    const seen: string[] = [];
    slow.on("ping", () => {
      seen.push("ping");
      slow.pong();
    });
    slow.on("message", (data: Buffer) => seen.push(`channel ${data[0]}`));
    await once(slow, "close");
    expect(seen).toEqual(["ping", "ping", "ping", "channel 1", "channel 3"]);
    const talking = open();
    talking.on("open", () => talking.send(Buffer.from([4, 0x7b, 0x7d])));
    const [first] = (await once(talking, "message")) as [Buffer];
    expect(first).toEqual(Buffer.of(1));
    await once(talking, "close");
  });

  it("speak the first protocol, named or not, whose errors are plain text", async () => {
    const failed = "3 command terminated with non-zero exit code: error executing command [1], exit code 1";
    expect(await talk("channel.k8s.io", "command=1&stdout=true")).toEqual([["1 ", failed], 1000]);
    expect(await talk(undefined, "command=0&stdout=true")).toEqual([["1 "], 1000]);
  });

  it("are told when no protocol is common", async () => {
    const [status, why] = await upgrade({
      Connection: "Upgrade",
      Upgrade: "SPDY/3.1",
      "X-Stream-Protocol-Version": "v9.channel.k8s.io",
    });
    expect(status).toBe(403);
    expect(why).toBe(
      "unable to upgrade: unable to negotiate protocol: client supports [v9.channel.k8s.io], " +
        "server accepts [v4.channel.k8s.io v3.channel.k8s.io v2.channel.k8s.io channel.k8s.io]\n",
    );
    await expect(talk("base64.channel.k8s.io", "command=0&stdout=true")).rejects.toThrow("Unexpected server response: 403");
  });

  it("get a Status for a request without streams, or for another upgrade", async () => {
    const [code, body] = await upgrade({ Connection: "Upgrade", Upgrade: "SPDY/3.1" }, "command=0");
    expect([code, JSON.parse(body)]).toMatchObject([400, { message: "you must specify at least 1 of stdin, stdout, stderr" }]);
    const [other, answer] = await upgrade({ Connection: "Upgrade", Upgrade: "h2c" });
    expect([other, JSON.parse(answer)]).toMatchObject([400, { message: "Upgrade request required", reason: "BadRequest" }]);
  });
});
