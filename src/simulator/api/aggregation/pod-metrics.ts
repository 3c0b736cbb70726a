import type { PodReadings } from "../../controllers/controller.ts";
import { milliValue, wholeValue } from "../../schema/quantity.ts";
import { serviceAccountUser } from "../user.ts";
import type { Aggregator } from "./aggregator.ts";

interface PodMetricsList {
  items: {
    metadata: { name: string };
    timestamp: string;
    containers: { name: string; usage: { cpu: string; memory: string } }[];
  }[];
}

const AUTOSCALER = serviceAccountUser("kube-system", "horizontal-pod-autoscaler", "");
const RESOURCE = "(get pods.metrics.k8s.io)";

/** What the metrics API tells the autoscaler's controller; the words of a failure are client-go's. */
export const podMetricsFrom =
  ({ get }: Pick<Aggregator, "get">) =>
  async (namespace: string): Promise<PodReadings> => {
    const told = await get(`/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`, AUTOSCALER).catch(() => ({
      code: 503,
      body: "",
    }));
    if (!told) return { problem: `the server could not find the requested resource ${RESOURCE}` };
    if (told.code === 503) return { problem: `the server is currently unable to handle the request ${RESOURCE}` };
    if (told.code !== 200) return { problem: (JSON.parse(told.body) as { message: string }).message };
    const { items } = JSON.parse(told.body) as PodMetricsList;
    const readings = new Map(
      items.map(({ metadata, timestamp, containers }) => [
        metadata.name,
        {
          at: Date.parse(timestamp),
          containers: containers.map(({ name, usage }) => ({
            name,
            cpuMillicores: milliValue(usage.cpu),
            memoryBytes: wholeValue(usage.memory),
          })),
        },
      ]),
    );
    return { of: ({ name }) => readings.get(name) };
  };
