import { get } from "node:http";

export interface LocalResponse {
  status: number;
  body: string;
}

/** Milliseconds for one reply. */
const PATIENCE = 5_000;

/** A GET of a port of this machine, on a connection of its own. Undefined when nobody listens, or nobody answers. */
export function getLocally(port: number, path: string): Promise<LocalResponse | undefined> {
  return new Promise((resolve) => {
    const request = get({ host: "127.0.0.1", port, path, agent: false, timeout: PATIENCE }, (response) => {
      const parts: string[] = [];
      response.setEncoding("utf8");
      response.on("data", (part: string) => parts.push(part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: parts.join("") }));
      response.on("error", () => resolve(undefined));
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(undefined));
    request.on("close", () => resolve(undefined));
  });
}
