import type { Node, Pod } from "kubernetes-types/core/v1";
import { timestamp, type KubeObject, type Live } from "../../api/object.ts";
import { labelsMatch, parseLabelSelector } from "../../api/selectors.ts";
import { readingKey, type Readings, type Usage } from "./readings.ts";

const API = "metrics.k8s.io/v1beta1";

/** What a request wants. */
export interface Question {
  path: string;
  labelSelector: string;
  fieldSelector: string;
  asTable: boolean;
}

interface Answer {
  code: number;
  body: unknown;
}

/** What the server knows. */
export interface Knowledge {
  nodes(): readonly Live<Node>[];
  pods(): readonly Live<Pod>[];
  readings: Readings;
}

const VERBS = ["get", "list"];

/** The documents of discovery. */
const DOCUMENTS: Readonly<Record<string, unknown>> = {
  [`/apis/${API}`]: {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: API,
    resources: [
      { name: "nodes", singularName: "", namespaced: false, kind: "NodeMetrics", verbs: VERBS },
      { name: "pods", singularName: "", namespaced: true, kind: "PodMetrics", verbs: VERBS },
    ],
  },
  "/apis/metrics.k8s.io": {
    kind: "APIGroup",
    apiVersion: "v1",
    name: "metrics.k8s.io",
    versions: [{ groupVersion: API, version: "v1beta1" }],
    preferredVersion: { groupVersion: API, version: "v1beta1" },
  },
};

/** Answers about nodes and pods (sigs.k8s.io/metrics-server pkg/api). */
export function answer(question: Question, knowledge: Knowledge): Answer {
  const document = DOCUMENTS[question.path.replace(/\/$/, "")];
  if (document) return { code: 200, body: document };
  const [, namespace, resource, name] =
    new RegExp(`^/apis/${API}/(?:namespaces/([^/]+)/)?(nodes|pods)(?:/([^/]+))?$`).exec(question.path) ?? [];
  if (!resource) return refusal(404, "NotFound", "the server could not find the requested resource");
  const isNode = resource === "nodes";
  const objects: readonly KubeObject[] = isNode ? knowledge.nodes() : knowledge.pods();
  const metrics = (object: KubeObject) => (isNode ? nodeMetrics(object, knowledge) : podMetrics(object as Live<Pod>, knowledge));
  if (name) {
    const found = objects.find(({ metadata }) => metadata.name === name && (isNode || metadata.namespace === namespace));
    const told = found && metrics(found);
    if (told) return { code: 200, body: question.asTable ? table([told]) : told };
    const full = isNode ? "nodemetrics" : "podmetrics";
    return refusal(404, "NotFound", `${full}.metrics.k8s.io ${JSON.stringify(isNode ? name : `${namespace}/${name}`)} not found`);
  }
  const selector = parseLabelSelector(question.labelSelector);
  const field = /^metadata\.(name|namespace)==?(.*)$/.exec(question.fieldSelector);
  const items = objects
    .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
    .filter(({ metadata }) => labelsMatch(selector, metadata.labels))
    .filter(({ metadata }) => !field || metadata[field[1] as "name"] === field[2])
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    .flatMap((object) => metrics(object) ?? []);
  const kind = isNode ? "NodeMetricsList" : "PodMetricsList";
  return { code: 200, body: question.asTable ? table(items) : { kind, apiVersion: API, metadata: {}, items } };
}

const keyOf = ({ metadata }: KubeObject) => `${metadata.namespace ?? ""}/${metadata.name}`;

interface Metrics {
  kind: string;
  apiVersion: string;
  metadata: object;
  timestamp: string;
  window: string;
  usage?: Amounts;
  containers?: { name: string; usage: Amounts }[];
}

interface Amounts {
  cpu: string;
  memory: string;
}

function nodeMetrics({ metadata }: KubeObject, { readings }: Knowledge): Metrics | undefined {
  const usage = readings.usage(metadata.name);
  if (!usage) return undefined;
  return { kind: "NodeMetrics", apiVersion: API, metadata: about(metadata, usage), ...times(usage), usage: amounts(usage) };
}

/** A pod is told of when all its running containers are. */
function podMetrics({ metadata, spec, status }: Live<Pod>, { readings }: Knowledge): Metrics | undefined {
  if (status?.phase !== "Running") return undefined;
  const names = [...(spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy), ...(spec?.containers ?? [])];
  const used = names.map(({ name }) => ({
    name,
    usage: readings.usage(readingKey(metadata.namespace ?? "", metadata.name, name)),
  }));
  const [first] = used;
  if (!first?.usage || used.some(({ usage }) => !usage)) return undefined;
  return {
    kind: "PodMetrics",
    apiVersion: API,
    metadata: about(metadata, first.usage),
    ...times(first.usage),
    containers: used.map(({ name, usage }) => ({ name, usage: amounts(usage!) })),
  };
}

const about = ({ name, namespace, labels }: KubeObject["metadata"], { at }: Usage) => ({
  name,
  ...(namespace && { namespace }),
  creationTimestamp: timestamp(at),
  ...(labels && { labels }),
});

const times = ({ at, window }: Usage) => ({ timestamp: timestamp(at), window: `${window / 1000}s` });

const amounts = ({ nanoCores, memoryBytes }: Usage): Amounts => ({
  cpu: nanoCores === 0 ? "0" : `${nanoCores}n`,
  memory: memoryBytes % 1024 === 0 ? `${memoryBytes / 1024}Ki` : String(memoryBytes),
});

function table(items: readonly Metrics[]): unknown {
  const column = (name: string, description: string) => ({
    name,
    type: "string",
    format: name === "Name" ? "name" : "",
    description,
    priority: 0,
  });
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata: {},
    columnDefinitions: [
      column("Name", "Name of the resource"),
      column("cpu", "Resource usage"),
      column("memory", "Resource usage"),
      column("Window", "Sampling window"),
    ],
    rows: items.map((item) => {
      const parts = item.usage ? [item.usage] : (item.containers ?? []).map(({ usage }) => usage);
      const total = (which: "cpu" | "memory", unit: number) =>
        parts.reduce((sum, usage) => sum + Number.parseInt(usage[which], 10) * (usage[which].endsWith("Ki") ? 1024 : 1), 0) /
        unit;
      const { name } = item.metadata as { name: string };
      return {
        cells: [name, `${Math.ceil(total("cpu", 1e6))}m`, `${Math.floor(total("memory", 1024))}Ki`, item.window],
        object: { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: item.metadata },
      };
    }),
  };
}

export const refusal = (code: number, reason: string, message: string): Answer => ({
  code,
  body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code },
});
