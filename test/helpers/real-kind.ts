import { delimiter, dirname, join } from "node:path";
import { execa } from "execa";
import { type CommandLine, openCommandLine } from "./command-line.ts";
import { kubectlBinary } from "./kubectl.ts";

/** What the built program and the tests of kind stand on: the Docker and kind of this machine. */
export interface RealKind {
  line: CommandLine;
  /** `--image node=…` where nodes must be of another image than the course's, ready to be put behind a command. */
  nodeImage: string;
  docker(...args: readonly string[]): Promise<string>;
}

/**
 * The command line, with this machine's docker and kind on its PATH. The node image is NODE_IMAGE's, else a kindest/node that Docker
 * has already, else the course's own. Fails where there is no Docker or no kind.
 */
export async function openRealKind(): Promise<RealKind> {
  const docker = async (...args: readonly string[]): Promise<string> => (await execa("docker", args)).stdout;
  const { stdout: found } = await execa("which", ["docker", "kind"]);
  const local = (await docker("images", "--format", "{{.Repository}}:{{.Tag}}", "kindest/node")).split("\n");
  const image = process.env["NODE_IMAGE"] ?? local.filter((tag) => /:v[\d.]+$/.test(tag))[0];
  const folders = [...new Set([await kubectlBinary("1.34"), process.execPath, ...found.split("\n")].map(dirname))];
  const line = await openCommandLine({ PATH: [...folders, "/usr/bin", "/bin"].join(delimiter) });
  return { line, docker, nodeImage: image ? `--image node=${image}` : "" };
}

/** A kubeconfig of the user's own, with a context in use, at the place where kubectl looks for it. */
export const userKubeconfig = ({ env }: CommandLine): string => join(env["HOME"]!, ".kube", "config");
