import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { CheckContext } from "../../src/checks/check.ts";
import { httpLocal } from "../../src/checks/http-local.ts";

const servers = new Set<ReturnType<typeof createServer>>();

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.add(server);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

afterEach(async () => {
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  servers.clear();
});

const look = (args: Parameters<typeof httpLocal.run>[1], answer?: string) => httpLocal.run({ answer } as CheckContext, args);

describe("what the learner's machine serves", () => {
  const matches = "^Request served by (\\S+)";

  test("comes from one and the same Pod, or from as many as were asked for", async () => {
    let served = 0;
    const port = await serve((_, response) => response.end(`Request served by pod-${served++ % 2}\n`));
    const asked = { port, path: "/", matches, tries: 5 };
    expect(await look({ ...asked, distinct: 2 })).toMatchObject({ passed: true });
    expect(await look({ ...asked, distinct: 1 })).toMatchObject({
      passed: false,
      code: "distinct",
      fields: { want: 1, got: expect.stringContaining("pod-0") },
    });
  });

  test("is told apart from nobody, and from somebody else, who is quoted", async () => {
    const port = await serve((request, response) => {
      response.statusCode = request.url === "/teapot" ? 418 : 404;
      response.end('{"kind": "Status", "message": "services \\"shop\\" not found"}');
    });
    expect(await look({ port, path: "/", matches })).toMatchObject({
      code: "other",
      fields: { got: 'HTTP 404: services "shop" not found' },
    });
    expect(await look({ port, path: "/teapot", status: 418 })).toMatchObject({ passed: true });
    for (const server of servers) await new Promise((resolve) => server.close(resolve));
    expect(await look({ port, path: "/", matches })).toMatchObject({ code: "nothing", fields: { port } });
  });

  test("may be at another port, which the answer names; a word is no port", async () => {
    const port = await serve((_, response) => response.end("Request served by me"));
    expect(await look({ port: 1, path: "/", matches }, ` ${port} `)).toMatchObject({ passed: true, fields: { port } });
    expect(await look({ port, path: "/", matches }, "bootcamp-1")).toMatchObject({ passed: true, fields: { got: "me" } });
  });
});
