import type { KindCommands } from "./kind-commands.ts";

/** A container that is a node of a kind cluster. */
export interface NodeContainer {
  id: string;
  /** The node's name, too. */
  name: string;
  running: boolean;
}

const LABEL = "io.x-k8s.kind.cluster";

/** All containers of a kind cluster, whoever made it. @throws ClusterError */
export async function nodeContainers({ docker }: KindCommands, cluster: string): Promise<NodeContainer[]> {
  const format = "{{.ID}}\t{{.Names}}\t{{.State}}";
  const listed = await docker(["ps", "--all", "--no-trunc", "--filter", `label=${LABEL}=${cluster}`, "--format", format]);
  return linesOf(listed).map((line) => {
    const [id = "", name = "", state] = line.split("\t");
    return { id, name, running: state === "running" };
  });
}

/**
 * In the order of their addresses. Started in that order they get the same ones again, as long as nobody else took them; what nodes know
 * of each other then stays true.
 */
export async function inOrderOfAddress({ docker }: KindCommands, containers: readonly NodeContainer[]): Promise<string[]> {
  const format = "{{.Id}}\t{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
  const listed = linesOf(await docker(["inspect", "--format", format, ...containers.map(({ id }) => id)]));
  const places = listed.map((line) => {
    const [id = "", address = ""] = line.split("\t");
    return { id, place: address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0) };
  });
  return places.toSorted((a, b) => a.place - b.place).map(({ id }) => id);
}

/** Asks the cluster's own kubectl, in the container of a control plane, as kind does; undefined while nobody answers. */
export async function askInside(
  { docker }: KindCommands,
  controlPlane: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const kubectl = ["kubectl", "--kubeconfig=/etc/kubernetes/admin.conf", "--request-timeout=5s", ...args];
  try {
    return await docker(["exec", controlPlane, ...kubectl], { signal });
  } catch {
    return undefined;
  }
}

const linesOf = (text: string): string[] => text.split("\n").filter(Boolean);
