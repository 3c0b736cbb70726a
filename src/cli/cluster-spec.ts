import { dirname, basename } from "node:path";
import { openBlanks } from "../course/blanks.ts";
import { startText } from "../course/scaffold.ts";
import { parseYaml } from "../course/yaml-source.ts";
import { kindConfigFaults } from "../checks/kind-config.ts";
import { Manifests } from "../checks/manifest.ts";
import { nodesOf } from "../clusters/kind-config.ts";
import { ClusterError } from "../clusters/problem.ts";
import { nodeImageOf, type Profile } from "../clusters/profile.ts";
import { CLUSTER_NAME, type ClusterSpec } from "../clusters/provider.ts";
import type { Session } from "./session.ts";

/** The file of the workspace that describes the cluster. */
export const CLUSTER_FILE = "cluster.yml";

/** One node, to begin with. */
export async function trialSpec({ course }: Session): Promise<ClusterSpec> {
  const { images } = await course();
  return { name: CLUSTER_NAME, nodes: [{ role: "control-plane", ...(images["node"] && { image: images["node"].image }) }] };
}

/** The course's own cluster. */
export async function courseSpec({ course, language }: Session): Promise<ClusterSpec> {
  const text = await startText(await course(), { file: CLUSTER_FILE, form: "solved", replace: [] }, language);
  const file = parseYaml(text)[0]?.value;
  return { name: CLUSTER_NAME, nodes: nodesOf(file), file };
}

/** What a file says. @throws ClusterError cluster-config-missing, cluster-config-invalid, CourseError file-unreadable */
export async function specOfFile(file: string): Promise<ClusterSpec> {
  const manifest = await new Manifests(dirname(file)).read(basename(file));
  if (manifest.state === "no-file") throw new ClusterError({ code: "cluster-config-missing", file });
  if (manifest.state === "not-yaml") throw new ClusterError({ code: "cluster-config-invalid", file, ...manifest });
  const [{ value, positionOf }] = manifest.documents as [(typeof manifest.documents)[number]];
  const [fault] = kindConfigFaults(value);
  if (fault)
    throw new ClusterError({ code: "cluster-config-invalid", file, line: positionOf(fault.path).line, what: fault.what });
  const [blank] = openBlanks(manifest.text);
  if (blank) throw new ClusterError({ code: "cluster-config-blank", file, ...blank });
  return { name: CLUSTER_NAME, nodes: nodesOf(value), file: value };
}

/** With the node image of `--image node=…`, else the profile's, whatever the file says. */
export function withNodeImage(spec: ClusterSpec, { flags }: Session, profile?: Profile): ClusterSpec {
  const image = flags.image?.["node"] ?? (profile && nodeImageOf[profile]);
  return image === undefined ? spec : { ...spec, nodes: spec.nodes.map((node) => ({ ...node, image })) };
}
