import { execa } from "execa";
import { join } from "node:path";
import { openRealKind } from "../helpers/real-kind.ts";
import { type SharedCluster, testSharedCluster } from "../helpers/shared-cluster.ts";

const NAME = "bootcamp-class";

testSharedCluster(openSchoolCluster);

/** A real cluster of two nodes that is no course's: made, given its images and deleted by kind itself. */
async function openSchoolCluster(): Promise<SharedCluster> {
  const { line, nodeImage } = await openRealKind();
  const kubeconfig = join(line.folder, "admin.kubeconfig");
  const kind = async (...args: readonly string[]) =>
    execa("kind", [...args, "--name", NAME], { env: { KUBECONFIG: kubeconfig } });
  const image = nodeImage.replace("--image node=", "");
  const nodes = ["control-plane", "worker"].map((role) => `  - role: ${role}${image ? `\n    image: ${image}` : ""}\n`);
  // One that an interrupted run has left.
  await kind("delete", "cluster");
  await execa("kind", ["create", "cluster", "--name", NAME, "--kubeconfig", kubeconfig, "--wait", "120s", "--config", "-"], {
    input: `kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes:\n${nodes.join("")}`,
  });
  for (const one of ["kicbase/echo-server:1.0", "busybox:1.36"]) await kind("load", "docker-image", one);
  return {
    kubeconfig,
    context: `kind-${NAME}`,
    async [Symbol.asyncDispose]() {
      await execa("kind", ["delete", "cluster", "--name", NAME, "--kubeconfig", kubeconfig]);
      await line[Symbol.asyncDispose]();
    },
  };
}
