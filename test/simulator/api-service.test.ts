import { expect, test } from "vitest";
import { startPracticeCluster } from "../helpers/practice-cluster.ts";

test("makes the API's own Service anew when somebody deletes all there is", async () => {
  await using cluster = await startPracticeCluster({ nodes: 1, speed: 50 });
  const { kubectl } = cluster;
  const uid = async (): Promise<string> =>
    (await kubectl(["get", "service", "kubernetes", "-o", "jsonpath={.metadata.uid}"])).stdout;
  const before = await uid();
  const deleted = await kubectl(["delete", "endpointslices,endpoints,services", "--all"]);
  expect(deleted.stdout).toContain('service "kubernetes" deleted');
  const made = await kubectl(["wait", "--for=create", "service/kubernetes", "endpointslice/kubernetes", "--timeout=10s"]);
  expect(made).toMatchObject({ exitCode: 0 });
  expect(await uid()).not.toBe(before);
  expect((await kubectl(["get", "service", "kubernetes", "-o", "jsonpath={.spec.clusterIP}"])).stdout).toBe("10.96.0.1");
});
