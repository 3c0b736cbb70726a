import type { Pod } from "kubernetes-types/core/v1";
import { toRefusal } from "../kube/api-error.ts";
import type { ClusterView } from "./cluster-view.ts";

/** Where Prometheus listens, as a Service of a namespace. */
export interface PrometheusAddress {
  service: string;
  port: number | string;
  namespace: string;
}

export interface Target {
  job: string;
  instance: string;
  health: "up" | "down" | "unknown";
  lastError: string;
}

/** One series: its labels, and the value now. */
export interface Sample {
  metric: Readonly<Record<string, string>>;
  value: string;
}

/** An answer of Prometheus' HTTP API through the API server; or why there is none. */
type Answer<T> = { ok: true; data: T } | { ok: false; message: string };

/** What is scraped now. */
export async function targetsOf(cluster: ClusterView, address: PrometheusAddress): Promise<Answer<Target[]>> {
  const answer = await ask<{ activeTargets: RawTarget[] }>(cluster, address, "/api/v1/targets?state=active");
  if (!answer.ok) return answer;
  const data = answer.data.activeTargets.map(({ labels, scrapePool, health, lastError }) => {
    return { job: labels["job"] ?? scrapePool, instance: labels["instance"] ?? "", health, lastError };
  });
  return { ok: true, data };
}

/** The value of a query now, as series; a scalar is one without labels. */
export async function queryPrometheus(
  cluster: ClusterView,
  address: PrometheusAddress,
  query: string,
): Promise<Answer<Sample[]>> {
  const answer = await ask<RawResult>(cluster, address, `/api/v1/query?${new URLSearchParams({ query }).toString()}`);
  if (!answer.ok) return answer;
  const { data } = answer;
  if (data.resultType !== "vector") return { ok: true, data: [{ metric: {}, value: data.result[1] }] };
  return { ok: true, data: data.result.map(({ metric, value }) => ({ metric, value: value[1] })) };
}

/** Whether the configuration that runs has a job: then its targets may still come. */
export async function hasJob(cluster: ClusterView, address: PrometheusAddress, job: string): Promise<boolean> {
  const answer = await ask<{ yaml: string }>(cluster, address, "/api/v1/status/config");
  return answer.ok && answer.data.yaml.split("\n").some((line) => line.replaceAll(/["']/g, "").trim() === `- job_name: ${job}`);
}

/** Whether something waits for its first scrape, or nothing was found yet. */
export async function isBeginning(cluster: ClusterView, address: PrometheusAddress): Promise<boolean> {
  const answer = await targetsOf(cluster, address);
  return answer.ok && (answer.data.length === 0 || answer.data.some(({ health }) => health === "unknown"));
}

/** The last line of its log that speaks of something forbidden: why it finds nothing. */
export async function lastRefusal(cluster: ClusterView, { service, namespace }: PrometheusAddress): Promise<string | undefined> {
  const found = await cluster.get<{ spec?: { selector?: Record<string, string> } }>("Service", service, namespace);
  const selector = Object.entries(found?.spec?.selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const [pod] = selector ? await cluster.peek<Pod>("Pod", { namespace, selector }) : [];
  const log = pod ? await (await cluster.kube()).log(pod.metadata?.name ?? "", { namespace }).catch(() => "") : "";
  return log
    .split("\n")
    .map((line) => /\w+(?:\.\w+)* is forbidden: .*?(?= at the cluster scope|$)/.exec(line.replaceAll('\\"', '"'))?.[0])
    .findLast((line) => line !== undefined);
}

interface RawTarget {
  labels: Readonly<Record<string, string>>;
  scrapePool: string;
  health: Target["health"];
  lastError: string;
}

type RawResult =
  | { resultType: "scalar" | "string"; result: [number, string] }
  | { resultType: "vector"; result: { metric: Record<string, string>; value: [number, string] }[] };

async function ask<T>(cluster: ClusterView, { service, port, namespace }: PrometheusAddress, path: string): Promise<Answer<T>> {
  const kube = await cluster.kube();
  const { status, body } = await kube.proxy({ kind: "services", name: service, port, namespace, path });
  const answer = parsed(body) as { status?: string; data?: T; error?: string } | undefined;
  if (status === 200 && answer?.status === "success" && answer.data !== undefined) return { ok: true, data: answer.data };
  return { ok: false, message: answer?.error ?? (toRefusal(status, body).message || `HTTP ${status}`) };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
