import { createHash } from "node:crypto";
import { once } from "node:events";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { StatusError } from "../../src/simulator/api/status-error.ts";
import type { ProcessIO } from "../../src/simulator/kubelet/runtime.ts";
import { KubeletRefusal } from "../../src/simulator/streams/kubelet-refusal.ts";
import { kubectlBinary } from "../helpers/kubectl.ts";
import { startStreamServer } from "../helpers/stream-server.ts";

/** The last to speak SPDY only, and one that speaks WebSocket: they go through everything. */
const thorough = ["1.28", "1.34"];
const others = ["1.29", "1.31", "1.35"];
const megabytes = Buffer.alloc(3_000_000, "0123456789abcdef\n");
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Commands of the container. */
const commands: Record<string, (io: ProcessIO, args: string[]) => Promise<number>> = {
  async exit({ stdout, stderr }, [code]) {
    stdout?.(Buffer.from("to stdout\n"));
    stderr?.(Buffer.from("to stderr\n"));
    return Number(code);
  },
  async cat({ stdin, stdout }) {
    for await (const chunk of stdin!) stdout!(chunk);
    return 0;
  },
  async big({ stdout }) {
    stdout!(megabytes);
    return 0;
  },
  async size({ stdout, resize }) {
    const size = await new Promise<{ columns: number; rows: number }>((resolve) => resize!(resolve));
    stdout!(Buffer.from(`${size.columns}x${size.rows}`));
    return 0;
  },
  hang({ stdout, signal }) {
    stdout!(Buffer.from("running\n"));
    return new Promise((resolve) => signal!.addEventListener("abort", () => resolve((aborted++, 0))));
  },
  missing: () => Promise.reject(new Error('failed to exec in container: exec: "missing": executable file not found in $PATH')),
};
let aborted = 0;

let server: Awaited<ReturnType<typeof startStreamServer>>;
let refusal: Error | undefined;

beforeAll(async () => {
  server = await startStreamServer({
    exec: ([command = "cat", ...args], io) => commands[command]!(io, args),
    connect: () => Promise.reject(new Error("no ports here")),
    prepare() {
      if (refusal) throw refusal;
    },
  });
});
afterAll(() => server.close());
beforeEach(() => {
  refusal = undefined;
  aborted = 0;
  server.protocols.length = 0;
});

async function kubectl(version: string, args: string[], input?: Buffer) {
  return execa(await kubectlBinary(version), [...server.kubectlOptions, ...args], {
    extendEnv: false,
    reject: false,
    encoding: "buffer",
    stripFinalNewline: false,
    ...(input ? { input } : { stdin: "ignore" }),
  });
}
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe.each([...thorough, ...others])("kubectl %s exec", (version) => {
  it("brings the exit code, stdout and stderr", async () => {
    const result = await kubectl(version, ["exec", "web", "--", "exit", "3"]);
    expect(result.exitCode).toBe(3);
    expect(text(result.stdout)).toBe("to stdout\n");
    expect(text(result.stderr)).toBe("to stderr\ncommand terminated with exit code 3\n");
    expect(server.protocols[0]).toMatch(version < "1.30" ? /^SPDY\/3.1 / : /^websocket v5\.channel/);
  });

  it("carries megabytes both ways unharmed, and the end of stdin", async () => {
    const result = await kubectl(version, ["exec", "-i", "web", "--", "cat"], megabytes);
    expect(result.exitCode).toBe(0);
    expect(sha256(result.stdout)).toBe(sha256(megabytes));
  });
});

describe.each(thorough)("kubectl %s exec", (version) => {
  it("gives all output of a command that ends at once", async () => {
    const result = await kubectl(version, ["exec", "web", "--", "big"]);
    expect(sha256(result.stdout)).toBe(sha256(megabytes));
  });

  it("says why a command could not start", async () => {
    const { stderr, exitCode } = await kubectl(version, ["exec", "web", "--", "missing"]);
    const twice = version < "1.30" ? "" : "Internal error occurred: ";
    expect(text(stderr)).toBe(
      `error: Internal error occurred: ${twice}error executing command in container: failed to exec in container: ` +
        'exec: "missing": executable file not found in $PATH\n',
    );
    expect(exitCode).toBe(1);
  });

  it("shows a refusal of the API server as an ordinary error", async () => {
    refusal = StatusError.notFound({ group: "", resource: "pods" }, "web");
    const { stderr } = await kubectl(version, ["exec", "web", "--", "exit", "0"]);
    expect(text(stderr)).toBe('Error from server (NotFound): pods "web" not found\n');
  });

  it("shows a refusal of the kubelet as real clusters do", async () => {
    refusal = new KubeletRefusal(404, 'container not found ("bad")');
    const { stderr } = await kubectl(version, ["exec", "web", "--", "exit", "0"]);
    const first = version < "1.30" ? "error: " : "error: Internal error occurred: ";
    expect(text(stderr)).toBe(`${first}unable to upgrade connection: container not found ("bad")\n`);
  });

  it("tells the command when the client is killed", async () => {
    const client = execa(await kubectlBinary(version), [...server.kubectlOptions, "exec", "-i", "web", "--", "hang"], {
      extendEnv: false,
      reject: false,
      stdin: "pipe",
    });
    await once(client.stdout, "data");
    client.kill("SIGKILL");
    await client;
    await Promise.all(server.open);
    expect(aborted).toBe(1);
  });

  it("attaches", async () => {
    const result = await kubectl(version, ["attach", "-i", "web"], Buffer.from("hello\n"));
    expect(text(result.stdout)).toBe("hello\n");
  });

  it("tells the terminal's size", async () => {
    const line = [await kubectlBinary(version), ...server.kubectlOptions, "exec", "-it", "web", "--", "size"].join(" ");
    const { stdout } = await execa("script", ["-qec", `stty cols 91 rows 23; ${line}`, "/dev/null"], { stdin: "ignore" });
    expect(stdout).toContain("91x23");
  });
});
