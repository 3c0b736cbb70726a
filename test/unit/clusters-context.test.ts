import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { dump, load } from "js-yaml";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contextProvider } from "../../src/clusters/context.ts";
import { borrowContext, kubeconfigFiles } from "../../src/clusters/context-kubeconfig.ts";
import { borrowedFiles, borrowedName, writeRecord } from "../../src/clusters/context-record.ts";
import { productionSigns } from "../../src/clusters/production-signs.ts";
import { statePaths } from "../../src/system/paths.ts";

interface Config {
  clusters: { name: string; cluster: Record<string, unknown> }[];
  users: { name: string; user: Record<string, unknown> }[];
  contexts: { name: string; context: Record<string, unknown> }[];
  "current-context": string;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "contexts-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function kubeconfig(file: string, more: Partial<Config> = {}): Promise<string> {
  const path = join(folder, file);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, dump({ apiVersion: "v1", kind: "Config", ...more }));
  return path;
}

const school: Partial<Config> = {
  contexts: [{ name: "school", context: { cluster: "school", user: "me", namespace: "team" } }],
  clusters: [{ name: "school", cluster: { server: "https://school:6443", "certificate-authority": "pki/ca.crt" } }],
  users: [{ name: "me", user: { token: "one" } }],
};

describe("a context of the user's", () => {
  it("is copied alone: certificates inside, paths seen from the file that has them, plugins as they are", async () => {
    const file = await kubeconfig("kube/config", {
      ...school,
      "current-context": "home",
      contexts: [...school.contexts!, { name: "home", context: { cluster: "home", user: "me" } }],
      users: [
        {
          name: "me",
          user: {
            "client-certificate": "pki/me.crt",
            "client-key": join(folder, "me.key"),
            tokenFile: "token",
            exec: { command: "./bin/login", args: ["--cluster", "a"], env: [{ name: "A", value: "b" }] },
          },
        },
      ],
    });
    await mkdir(join(folder, "kube", "pki"));
    for (const name of ["kube/pki/ca.crt", "kube/pki/me.crt", "me.key"])
      await writeFile(join(folder, name), `content of ${name}`);
    const before = await readFile(file);
    const { text, server, ownNamespace } = borrowContext([file], "school", "class-ana");
    const base64 = (name: string): string => Buffer.from(`content of ${name}`).toString("base64");
    expect(load(text)).toEqual({
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        { name: "school", cluster: { server: "https://school:6443", "certificate-authority-data": base64("kube/pki/ca.crt") } },
      ],
      contexts: [{ name: "school", context: { cluster: "school", user: "me", namespace: "class-ana" } }],
      "current-context": "school",
      users: [
        {
          name: "me",
          user: {
            "client-certificate-data": base64("kube/pki/me.crt"),
            "client-key-data": base64("me.key"),
            tokenFile: join(folder, "kube", "token"),
            exec: { command: join(folder, "kube", "bin", "login"), args: ["--cluster", "a"], env: [{ name: "A", value: "b" }] },
          },
        },
      ],
    });
    expect({ server, ownNamespace }).toEqual({ server: "https://school:6443", ownNamespace: "team" });
    expect(await readFile(file)).toEqual(before);
  });

  it("is found as kubectl finds it: the first file that has an entry counts, our own is none", async () => {
    const first = await kubeconfig("first", { users: [{ name: "me", user: { token: "first" } }] });
    const second = await kubeconfig("second", {
      ...school,
      clusters: [{ name: "school", cluster: { server: "https://second" } }],
    });
    const ours = await kubeconfig("ours", { ...school, users: [{ name: "me", user: { token: "ours" } }] });
    const list = [ours, first, join(folder, "nowhere"), "second"].join(delimiter);
    const files = kubeconfigFiles({ KUBECONFIG: list }, folder, ours);
    expect(files).toEqual([first, join(folder, "nowhere"), second]);
    expect((load(borrowContext(files, "school", "n").text) as Config).users).toEqual([{ name: "me", user: { token: "first" } }]);
    expect(kubeconfigFiles({ KUBECONFIG: ours, HOME: "/home/me" }, folder, ours)).toEqual(["/home/me/.kube/config"]);
  });

  it("that isn't there, or in a file that is no YAML, is told with the names that are near", async () => {
    const file = await kubeconfig("config", school);
    expect(() => borrowContext([file], "shcool", "n")).toThrow(
      expect.objectContaining({ problem: { code: "context-unknown", given: "shcool", files: [file], near: ["school"] } }),
    );
    const broken = join(folder, "broken");
    await writeFile(broken, "a: [");
    expect(() => borrowContext([broken], "school", "n")).toThrow(
      expect.objectContaining({ problem: { code: "user-kubeconfig-broken", file: broken } }),
    );
  });
});

describe("a borrowed cluster", () => {
  const settled = async (server = "https://school") => {
    const paths = statePaths({ K8S_BOOTCAMP_HOME: join(folder, "state") });
    const source = await kubeconfig("config", { ...school, clusters: [{ name: "school", cluster: { server } }] });
    const { text } = borrowContext([source], "school", "team");
    await writeRecord(
      paths,
      { context: "school", namespace: "team", server, sources: [source], made: false, labelled: true },
      text,
    );
    return { paths, source, name: borrowedName("school", "team"), provider: contextProvider({ paths }) };
  };
  const published = async (file: string): Promise<Config> => load(await readFile(file, "utf8")) as Config;

  it("reads new credentials from the user's file, keeps what the learner has set, and is nobody else's to read", async () => {
    const { paths, source, name, provider } = await settled();
    await provider.ensure(name, () => {});
    const changed = await published(paths.kubeconfig);
    changed.contexts[0]!.context["namespace"] = "elsewhere";
    await writeFile(paths.kubeconfig, dump(changed));
    await writeFile(source, (await readFile(source, "utf8")).replace("token: one", "token: two"));
    expect(await provider.ensure(name, () => {})).toEqual({
      provider: "context",
      name,
      kubeconfig: paths.kubeconfig,
      context: "school",
      namespace: "team",
    });
    const now = await published(paths.kubeconfig);
    expect(now.users[0]!.user).toEqual({ token: "two" });
    expect(now.contexts[0]!.context["namespace"]).toBe("elsewhere");
    for (const file of [paths.kubeconfig, borrowedFiles(paths, name).kubeconfig])
      expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("stays with its server, whatever the user's file means by the name later", async () => {
    const { paths, source, name, provider } = await settled();
    await writeFile(source, (await readFile(source, "utf8")).replace("https://school", "https://production"));
    await provider.ensure(name, () => {});
    expect((await published(paths.kubeconfig)).clusters[0]!.cluster["server"]).toBe("https://school");
  });

  it("can't be made or stopped, and leaves no credentials when it is left", async () => {
    const { paths, name, provider } = await settled();
    await provider.ensure(name, () => {});
    await expect(provider.stop(name)).rejects.toThrow("cluster-borrowed");
    await expect(provider.create({ name, nodes: [] }, () => {})).rejects.toThrow("cluster-borrowed");
    await provider.delete(name);
    expect(await provider.state(name)).toBe("absent");
    for (const file of [paths.kubeconfig, borrowedFiles(paths, name).folder]) await expect(stat(file)).rejects.toThrow("ENOENT");
  });
});

it.each([
  ["prod", true],
  ["eks-prod-eu", true],
  ["arn:aws:eks:eu-west-1:123:cluster/shopProd", true],
  ["https://api.production.example.com:6443", true],
  ["kubeprd01", true],
  ["env=live", true],
  ["non-prod", false],
  ["nonprod-eu", false],
  ["preprod", false],
  ["delivery", false],
  ["products-test", false],
  ["olive", false],
  ["class-2b", false],
])("%s looks like production: %s", (text, isProduction) => {
  expect(productionSigns([{ where: "context", text }])).toHaveLength(isProduction ? 1 : 0);
});
