import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toolSource } from "../../src/system/tools.ts";
import { type CommandLine, openCommandLine } from "../helpers/command-line.ts";
import { type FileServer, openFileServer } from "../helpers/file-server.ts";

/** Programs that tell their version as the real ones do, and are large enough to break off in the middle. */
const program = (says: string): Buffer =>
  Buffer.from(`#!/bin/sh\necho '${says}'\nexit\n${"# as long as a program\n".repeat(20_000)}`);
const kubectlOf = (version: string): Buffer => program(JSON.stringify({ clientVersion: { gitVersion: version } }));
const kubectl = kubectlOf("v1.34.4");
const kind = program("0.33.0");

const kubectlPath = "/release/v1.34.4/bin/linux/amd64/kubectl";
const kindPath = "/dl/v0.33.0/kind-linux-amd64";

describe("setup tools", () => {
  let line: CommandLine;
  let server: FileServer;
  let bin: string;
  let theirs: string;
  beforeEach(async () => {
    line = await openCommandLine();
    server = await openFileServer();
    server.publish(kubectlPath, kubectl, ".sha256");
    server.publish(kindPath, kind, ".sha256sum");
    bin = join(line.state, "bin");
    theirs = join(line.folder, "theirs");
    await mkdir(theirs);
    for (const name of ["sh", "head"]) await symlink(`/bin/${name}`, join(theirs, name));
  });
  afterEach(async () => {
    await line[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const setup = (words: string, env: Record<string, string> = {}) =>
    line.run(`setup tools ${words} --yes --mirror ${server.url}`, { env: { PATH: theirs, ...env } });

  /** That many bytes of kubectl have come. */
  const whenThere = async (bytes: number): Promise<void> => {
    for (let there = 0; there < bytes; await new Promise(setImmediate)) {
      const [part] = await readdir(bin);
      there = part === undefined ? 0 : (await stat(join(bin, part))).size;
    }
  };

  it("fetches both programs, says how far it is, and the next time that they are there", async () => {
    const first = await setup("");
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toBe(
      `kubectl v1.34.4 is in ${bin}.\nkind v0.33.0 is in ${bin}.\nTo have it on PATH in this shell, as env and shell do, too:\n    export PATH="$PATH":'${bin}'`,
    );
    expect(first.stderr).toContain(`kubectl v1.34.4: ${server.url}${kubectlPath} → ${bin}`);
    expect(first.stderr).toMatch(/Fetching kind v0\.33\.0 …\n(?: {2}\d+% {2}0\.\d\/0\.5 MB\n)* {2}100% {2}0\.5\/0\.5 MB/);
    expect((await readdir(bin)).toSorted()).toEqual(["kind", "kubectl"]);
    expect((await stat(join(bin, "kubectl"))).mode & 0o777).toBe(0o755);
    expect(await setup("kubectl")).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("is in") });
    expect(server.asked(kubectlPath)).toEqual(["whole"]);
    const doctor = await line.run("doctor", { env: { PATH: theirs } });
    expect(doctor.stdout).toContain("✓ kubectl v1.34.4, for a server v1.34");
  });

  it("puts another release of ours in the place of an older one", async () => {
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, "kubectl"), kubectlOf("v1.33.0"), { mode: 0o755 });
    expect(await setup("kubectl")).toMatchObject({ code: 0 });
    expect(await readFile(join(bin, "kubectl"))).toEqual(kubectl);
  });

  it("goes on where the connection broke off, in the same run and in the next one", async () => {
    let breaks = 7;
    server.misbehave(kubectlPath, (request, response) => {
      const from = Number(/\d+/.exec(request.headers.range ?? "0")![0]);
      if (breaks-- <= 0) return false;
      const range = `bytes ${from}-${kubectl.length - 1}/${kubectl.length}`;
      response.writeHead(from ? 206 : 200, { "content-length": kubectl.length - from, ...(from && { "content-range": range }) });
      response.write(kubectl.subarray(from, from + 50_000));
      void whenThere(from + 50_000).then(() => response.destroy());
      return true;
    });
    const first = await setup("kubectl");
    expect(first).toMatchObject({ code: 3, stdout: "" });
    expect(first.stderr).toContain(
      `error: kubectl v1.34.4 could not be fetched, and nothing was installed\n  why: the connection broke off after 250000 of ${kubectl.length} bytes; they are kept\n  try: k8s-bootcamp setup tools kubectl --mirror ${server.url}   goes on where it stopped`,
    );
    expect(await readdir(bin)).toEqual([expect.stringMatching(/^kubectl\.[0-9a-f]{12}\.part$/)]);
    expect(await setup("kubectl")).toMatchObject({ code: 0 });
    const starts = [0, 50_000, 100_000, 150_000, 200_000, 250_000, 300_000, 350_000];
    expect(server.asked(kubectlPath)).toEqual(starts.map((from) => (from ? `bytes=${from}-` : "whole")));
    expect(await readFile(join(bin, "kubectl"))).toEqual(kubectl);
    expect(await readdir(bin)).toEqual(["kubectl"]);
  });

  it("begins anew where the server can't go on, and fetches nothing twice where all had come", async () => {
    await mkdir(bin, { recursive: true });
    const part = `kubectl.${createHash("sha256").update(kubectl).digest("hex").slice(0, 12)}.part`;
    await writeFile(join(bin, part), kubectl.subarray(0, 1000));
    server.misbehave(kubectlPath, (_, response) => Boolean(response.writeHead(200).end(kubectl)));
    expect(await setup("kubectl")).toMatchObject({ code: 0 });
    expect(await readFile(join(bin, "kubectl"))).toEqual(kubectl);
    server.misbehave(kubectlPath, () => false);
    await writeFile(join(bin, "kubectl"), kubectlOf("v1.33.0"), { mode: 0o755 });
    await writeFile(join(bin, part), kubectl);
    expect(await setup("kubectl")).toMatchObject({ code: 0 });
    expect(server.asked(kubectlPath).at(-1)).toBe(`bytes=${kubectl.length}-`);
    await writeFile(join(bin, "kubectl"), kubectlOf("v1.33.0"), { mode: 0o755 });
    await writeFile(join(bin, part), Buffer.concat([kubectl, kubectl]));
    expect(await setup("kubectl")).toMatchObject({ code: 0 });
    expect(server.asked(kubectlPath).slice(-2)).toEqual([`bytes=${2 * kubectl.length}-`, "whole"]);
    expect(await readFile(join(bin, "kubectl"))).toEqual(kubectl);
  });

  it("installs nothing that is not as the published checksum says", async () => {
    server.misbehave(kubectlPath, (_, response) => Boolean(response.writeHead(200).end("something else")));
    const lie = await setup("kubectl");
    expect(lie).toMatchObject({ code: 3, stdout: "" });
    expect(lie.stderr).toMatch(
      /why: what came from \S+ has SHA-256 [0-9a-f]{64}, and [0-9a-f]{64} is published; it was thrown away/,
    );
    server.misbehave(`${kubectlPath}.sha256`, (_, response) =>
      Boolean(response.writeHead(200).end("<html>Please log in</html>")),
    );
    expect((await setup("kubectl")).stderr).toContain(`why: ${server.url}${kubectlPath}.sha256 has no checksum in it`);
    expect(await readdir(bin)).toEqual([]);
  });

  it("says why nothing came, and how to do it by hand", async () => {
    for (const [status, words] of [
      [404, "answers 404, there is no such file"],
      [500, "answers 500"],
    ] as const) {
      server.misbehave(kubectlPath, (_, response) => Boolean(response.writeHead(status).end()));
      const { code, stderr } = await setup("kubectl");
      expect({ code, stderr }).toEqual({
        code: 3,
        stderr: expect.stringContaining(`why: ${server.url}${kubectlPath} ${words}\n`),
      });
      expect(stderr).toContain(
        `  try: or by hand:\n      curl -fLo kubectl https://dl.k8s.io${kubectlPath}\n      chmod 755 kubectl\n      mkdir -p '${bin}'\n      mv kubectl '${bin}/kubectl'`,
      );
    }
    await server[Symbol.asyncDispose]();
    const nobody = await setup("kind", { HTTP_PROXY: "http://proxy.example.com" });
    expect(nobody).toMatchObject({ code: 3 });
    const host = server.url.replace("http://", "");
    expect(nobody.stderr).toContain(
      `why: ${host}: nobody listens there; HTTP_PROXY is set, but we go past proxies, and curl doesn't\n`,
    );
    const ja = await setup("kind --lang ja");
    expect(ja.stderr).toContain(`原因: ${host}: 接続を受け付けていません\n  次に: k8s-bootcamp setup tools kind --mirror`);
    expect(ja.stderr).toContain("または手作業で:\n      curl -fLo kind https://kind.sigs.k8s.io/dl/v0.33.0/kind-linux-amd64");
  });

  it("says of a full disk and of a folder in the way that it can't write, and leaves nothing", async () => {
    await line.run("list");
    const shell = `ulimit -f 100; node $BIN setup tools kubectl --yes --mirror ${server.url}`;
    await symlink(process.execPath, join(theirs, "node"));
    await symlink("/bin/bash", join(theirs, "bash"));
    const full = await line.run("", { shell, env: { PATH: theirs } });
    expect(full).toMatchObject({ code: 3 });
    expect(full.stderr).toContain("the file would be larger than this shell's limit allows\n  try: k8s-bootcamp doctor");
    expect(await readdir(bin)).toEqual([expect.stringMatching(/\.part$/)]);
    await mkdir(join(bin, "kubectl"));
    expect(await setup("kubectl")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`why: ${bin}/kubectl: a folder stands where a file must be`),
    });
  });

  it("lets the learner's own programs come first: one that fits is enough, another one is named", async () => {
    const own = join(theirs, "kubectl");
    await writeFile(own, kubectlOf("v1.35.1"), { mode: 0o755 });
    expect(await setup("kubectl")).toMatchObject({
      code: 0,
      stderr: "",
      stdout: "kubectl v1.35.1 is on your PATH already; it will do.",
    });
    await writeFile(own, kubectlOf("v1.20.0"), { mode: 0o755 });
    const far = await setup("kubectl");
    expect(far).toMatchObject({ code: 0, stdout: expect.stringContaining(`kubectl v1.34.4 is in ${bin}.`) });
    expect(far.stderr).toContain("note: kubectl v1.20.0 on your PATH comes before ours, v1.34.4, until you take it away");
  });

  it("is behind the learner's own programs in env, in shell and wherever we run kubectl", async () => {
    await line.run("next");
    await setup("kubectl");
    const own = { SHELL: "/bin/sh", PATH: theirs };
    const script = 'echo "$PATH"; kubectl version --client --output=json\n';
    const inShell = () => line.run("shell", { input: script, env: own });
    expect((await inShell()).stdout).toBe(`${theirs}:${bin}\n{"clientVersion":{"gitVersion":"v1.34.4"}}`);
    const { stdout } = await line.run("env", { env: own });
    expect(stdout).toContain(`\nexport PATH="$PATH":'${bin}'\n`);
    expect((await line.run("env", { env: { ...own, PATH: `${theirs}:${bin}` } })).stdout).not.toContain("PATH");
    const answer = ["verify", "--answer", "v1.34.4"];
    await line.run("next setup/tools/versions");
    expect(await line.run(answer, { env: own })).toMatchObject({ code: 0 });
    await writeFile(join(theirs, "kubectl"), kubectlOf("v1.35.1"), { mode: 0o755 });
    expect((await inShell()).stdout).toContain("v1.35.1");
    expect(await line.run(answer, { env: own })).toMatchObject({ code: 1 });
  });

  it("asks before it fetches, and lets one command at a time do so", async () => {
    const unasked = await line.run(`setup tools kind --mirror ${server.url}`, { env: { PATH: theirs } });
    expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining("try: k8s-bootcamp setup tools kind --yes") });
    expect(await line.run("setup tools helm")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("it takes kubectl or kind"),
    });
    expect(await line.run("setup tools --mirror ftp://x")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('invalid value "ftp://x" for --mirror\n  why: it takes https://HOST/PATH'),
    });
    let second: ReturnType<typeof setup> | undefined;
    server.misbehave(kindPath, (_, response) => {
      if (second) return false;
      second = setup("kind");
      void second.then(() => response.writeHead(200).end(kind));
      return true;
    });
    expect(await setup("kind")).toMatchObject({ code: 0 });
    expect(await second).toMatchObject({ code: 3, stderr: expect.stringContaining("another command is at work (process ") });
  });
});

it("each platform gets what its projects publish for it", () => {
  const urls = (["linux", "darwin", "win32"] as const).flatMap((platform) =>
    ["x64", "arm64"].flatMap((arch) =>
      (["kubectl", "kind"] as const).map((tool) => toolSource(tool, platform, arch)!.url.replace(/.*\.io/, "")),
    ),
  );
  expect(urls).toEqual([
    "/release/v1.34.4/bin/linux/amd64/kubectl",
    "/dl/v0.33.0/kind-linux-amd64",
    "/release/v1.34.4/bin/linux/arm64/kubectl",
    "/dl/v0.33.0/kind-linux-arm64",
    "/release/v1.34.4/bin/darwin/amd64/kubectl",
    "/dl/v0.33.0/kind-darwin-amd64",
    "/release/v1.34.4/bin/darwin/arm64/kubectl",
    "/dl/v0.33.0/kind-darwin-arm64",
    "/release/v1.34.4/bin/windows/amd64/kubectl.exe",
    "/dl/v0.33.0/kind-windows-amd64",
    "/release/v1.34.4/bin/windows/arm64/kubectl.exe",
    "/dl/v0.33.0/kind-windows-amd64",
  ]);
  expect(toolSource("kind", "freebsd", "x64")).toBeUndefined();
  expect(toolSource("kind", "linux", "x64", "https://mirror.example.com/k8s/")).toMatchObject({
    url: "https://mirror.example.com/k8s/dl/v0.33.0/kind-linux-amd64",
    checksumUrl: "https://mirror.example.com/k8s/dl/v0.33.0/kind-linux-amd64.sha256sum",
  });
});
