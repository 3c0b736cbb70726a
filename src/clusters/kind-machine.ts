import { statfsSync } from "node:fs";
import { readIfThere } from "../system/files.ts";
import type { KindCommands } from "./kind-commands.ts";
import type { KindProblem } from "./kind-failures.ts";
import { ClusterError } from "./problem.ts";
import type { ClusterSpec, MachineFinding } from "./provider.ts";

/** The kind that today's node images need, and the oldest that works at all; upstream: kind's release notes of 0.32 and 0.20. */
const KIND_FOR_TODAY = "0.32.0";
const OLDEST_KIND = "0.20.0";

/** From this minor on the kubelet refuses cgroup v1, and kind writes kubeadm's newer configuration. */
const CGROUP_V2_FROM = 35;
const NEW_KUBEADM_FROM = 36;

/** The last node image that starts where there is only cgroup v1. */
const CGROUP_V1_IMAGE = "kindest/node:v1.34.11@sha256:44e222ee2132dab25ff87301682f89eb82c7880ea3a1bf543bfe9708fd08d67d";

const GIB = 1024 ** 3;
/** Four nodes at rest take 1.5 GiB of memory, images and all 6 GB of disk. */
const MEMORY_NEEDED = 4 * GIB;
const DISK_NEEDED = 10 * GIB;
/** Upstream: kind's known issues, "too many open files". */
const INOTIFY_NEEDED = { watches: 524_288, instances: 512 };

/** What `docker info` says of the machine that the containers run on. */
interface DockerInfo {
  ServerVersion?: string;
  CgroupVersion?: string;
  MemTotal?: number;
  DockerRootDir?: string;
  OperatingSystem?: string;
}

async function dockerInfo({ docker }: KindCommands): Promise<DockerInfo> {
  return JSON.parse(await docker(["info", "--format", "{{json .}}"])) as DockerInfo;
}

/** `0.33.0`. */
async function kindVersion({ kind }: KindCommands): Promise<string> {
  const said = await kind(["version"]);
  return /v?(\d+\.\d+\.\d+)/.exec(said)?.[1] ?? said.trim();
}

/** What stops kind here, whatever cluster it is to make. */
export async function obstacleOf(commands: KindCommands): Promise<KindProblem | undefined> {
  try {
    const [version] = await Promise.all([kindVersion(commands), dockerInfo(commands)]);
    return isOlder(version, OLDEST_KIND) ? { code: "kind-old", version, needed: OLDEST_KIND } : undefined;
  } catch (error) {
    return problemIn(error);
  }
}

/** What would stop this cluster, so that nobody waits for minutes to hear of it. @throws ClusterError */
export async function refuseWhatCannotStart(commands: KindCommands, { nodes, file }: ClusterSpec): Promise<void> {
  const [version, { CgroupVersion }] = await Promise.all([kindVersion(commands), dockerInfo(commands)]);
  const images = nodes.map(({ image = "" }) => image);
  const newest = images.toSorted((a, b) => minorOf(b) - minorOf(a))[0] ?? "";
  const needed = minorOf(newest) >= NEW_KUBEADM_FROM ? KIND_FOR_TODAY : OLDEST_KIND;
  if (isOlder(version, needed)) throw new ClusterError({ code: "kind-old", version, needed, image: newest });
  const isAllowed = JSON.stringify(file ?? "").includes("failCgroupV1");
  if (CgroupVersion === "1" && minorOf(newest) >= CGROUP_V2_FROM && !isAllowed)
    throw new ClusterError({ code: "cgroup-v1", image: CGROUP_V1_IMAGE });
}

/** Everything that kind stands on, in the order in which one would mend it. */
export async function examineMachine(commands: KindCommands): Promise<MachineFinding[]> {
  const [docker, kind] = await Promise.all([findDocker(commands), findKind(commands)]);
  return [docker.finding, kind, ...(docker.info ? [...resources(docker.info), ...inotify()] : [])];
}

async function findDocker(commands: KindCommands): Promise<{ finding: MachineFinding; info?: DockerInfo }> {
  try {
    const info = await dockerInfo(commands);
    return { finding: { check: "docker", state: "good", version: info.ServerVersion ?? "" }, info };
  } catch (error) {
    return { finding: { check: "docker", state: "bad", problem: problemIn(error) } };
  }
}

async function findKind(commands: KindCommands): Promise<MachineFinding> {
  try {
    const version = await kindVersion(commands);
    const problem = { code: "kind-old", version, needed: KIND_FOR_TODAY } as const;
    if (!isOlder(version, KIND_FOR_TODAY)) return { check: "kind", state: "good", version, needed: KIND_FOR_TODAY };
    return { check: "kind", state: isOlder(version, OLDEST_KIND) ? "bad" : "note", version, needed: KIND_FOR_TODAY, problem };
  } catch (error) {
    return { check: "kind", state: "bad", needed: KIND_FOR_TODAY, problem: problemIn(error) };
  }
}

/** What a command of ours failed of; every other error goes on. */
function problemIn(error: unknown): KindProblem {
  if (error instanceof ClusterError) return error.problem as KindProblem;
  throw error;
}

function resources({ CgroupVersion, MemTotal, DockerRootDir = "" }: DockerInfo): MachineFinding[] {
  const cgroups = Number(CgroupVersion ?? 2);
  return [
    { check: "cgroups", state: cgroups < 2 ? "note" : "good", version: cgroups, ...(cgroups < 2 && { image: CGROUP_V1_IMAGE }) },
    ...(MemTotal ? [amount("memory", MemTotal, MEMORY_NEEDED)] : []),
    ...freeBelow(DockerRootDir).map((bytes) => amount("disk", bytes, DISK_NEEDED)),
  ];
}

const amount = (check: "memory" | "disk", bytes: number, needed: number): MachineFinding => ({
  check,
  state: bytes < needed ? "note" : "good",
  bytes,
  needed,
});

/** Empty where the containers' disk is not this machine's, as with Docker Desktop. */
function freeBelow(folder: string): number[] {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return [bavail * bsize];
  } catch {
    return [];
  }
}

/** Only Linux says. */
function inotify(): MachineFinding[] {
  const limit = (name: string): number => Number(readIfThere(`/proc/sys/fs/inotify/${name}`) ?? Number.NaN);
  const [watches, instances] = [limit("max_user_watches"), limit("max_user_instances")];
  if (Number.isNaN(watches + instances)) return [];
  const isShort = watches < INOTIFY_NEEDED.watches || instances < INOTIFY_NEEDED.instances;
  return [{ check: "inotify", state: isShort ? "note" : "good", watches, instances, needed: INOTIFY_NEEDED }];
}

/** Of a node image, 0 where its tag says nothing. */
const minorOf = (image: string): number => Number(/:v1\.(\d+)/.exec(image)?.[1] ?? 0);

function isOlder(version: string, than: string): boolean {
  const [a = 0, b = 0] = [version, than].map((text) => {
    const [major = 0, minor = 0, patch = 0] = text.split(".").map((part) => Number.parseInt(part, 10));
    return (major * 1000 + minor) * 1000 + patch;
  });
  return a < b;
}
