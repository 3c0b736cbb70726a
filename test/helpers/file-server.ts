import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createHash } from "node:crypto";

export interface FileServer extends AsyncDisposable {
  url: string;
  /** Served as they are, with their checksum at the path with `suffix` behind it. */
  publish(path: string, content: Buffer, suffix: string): void;
  /** Answers requests for a path in another way, as long as it gives true. */
  misbehave(path: string, how: (request: IncomingMessage, response: ServerResponse) => boolean): void;
  /** The Range of each request for a path, or `whole`. */
  asked(path: string): string[];
}

/** A real server of release files: it knows Range, and misbehaves when told to. */
export async function openFileServer(): Promise<FileServer> {
  const files = new Map<string, Buffer>();
  const bad = new Map<string, (request: IncomingMessage, response: ServerResponse) => boolean>();
  const asked: [path: string, range: string][] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push([path, request.headers.range ?? "whole"]);
    if (bad.get(path)?.(request, response)) return;
    const content = files.get(path);
    if (content) serve(request, response, content);
    else response.writeHead(404).end("no such file\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    publish(path, content, suffix) {
      files.set(path, content);
      files.set(path + suffix, Buffer.from(`${createHash("sha256").update(content).digest("hex")}  ${path.split("/").at(-1)}\n`));
    },
    misbehave: (path, how) => void bad.set(path, how),
    asked: (path) => asked.filter(([one]) => one === path).map(([, range]) => range),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function serve({ headers }: IncomingMessage, response: ServerResponse, content: Buffer): void {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
  if (from >= content.length) response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
  else if (from === 0) response.writeHead(200, { "content-length": content.length }).end(content);
  else {
    const range = `bytes ${from}-${content.length - 1}/${content.length}`;
    response.writeHead(206, { "content-length": content.length - from, "content-range": range }).end(content.subarray(from));
  }
}
