import type { Pod } from "kubernetes-types/core/v1";
import { toRefusal } from "../kube/api-error.ts";
import type { KubeResponse } from "../kube/transport.ts";
import { type CheckContext, defineCheck, fail, type Outcome, pass, type Words } from "./check.ts";
import { readable } from "./pattern.ts";
import { podState } from "./pods.ts";
import { type Behind, endpointsOf } from "./service-endpoints.ts";
import { elsewhere } from "./whereabouts.ts";

interface Args {
  service?: string;
  pod?: string;
  port: number | string;
  path: string;
  status?: number;
  /** Multi-line. */
  matches?: string;
  contains?: string;
  /** What group 1 of `matches` must be. */
  equals?: string;
  tries?: number;
  /** How many different answers: by group 1 of `matches`, else by the whole body. */
  distinct?: number;
}

type Code = "absent" | "no-endpoints" | "refused" | "status" | "body" | "distinct";

export const httpThroughProxy = defineCheck({
  type: "http-through-proxy",
  expected: { en: "{want} from {target}", ja: "{target} から {want}" },
  async run(context, args: Args) {
    const target = `${args.service ?? args.pod}:${args.port}`;
    const fields = { target, want: wanted(args), got: "" };
    const there = await findTarget(context, args);
    if (!there.found) return fail("absent", { ...fields, elsewhere: there.elsewhere });
    const seen = new Set<string>();
    for (let tried = 0; tried < (args.tries ?? 1) && seen.size < (args.distinct ?? Infinity); tried++) {
      const response = await request(context, args);
      const failure = judge(response, args, fields, there.settling);
      if (failure) return failure;
      seen.add(new RegExp(args.matches ?? "^[\\s\\S]*$", "m").exec(response.body)?.[1] ?? response.body);
    }
    const got = [...seen].join(", ");
    if (args.distinct !== undefined && seen.size < args.distinct)
      return fail("distinct", { ...fields, want: args.distinct, got });
    return pass({ ...fields, got: firstLine(got) });
  },
  words: {
    absent: {
      actual: { en: "{target} not found{elsewhere}", ja: "{target} が見つかりません{elsewhere}" },
      why: {
        en: "it was not applied yet, or has another name or namespace",
        ja: "まだ適用していないか、名前や namespace が違います",
      },
      try: { en: "`kubectl get svc,pods -A`", ja: "`kubectl get svc,pods -A`" },
    },
    "no-endpoints": {
      actual: { en: "503: {got}", ja: "503: {got}" },
      why: { en: "no ready Pod stands behind the Service", ja: "Service の後ろに、準備のできた Pod がいません" },
      try: {
        en: "compare its selector with `kubectl get pods --show-labels`",
        ja: "selector を `kubectl get pods --show-labels` と見比べてください",
      },
    },
    refused: {
      actual: { en: "503: {got}", ja: "503: {got}" },
      why: { en: "nothing listens on that port of the Pod", ja: "Pod のそのポートでは、何も待ち受けていません" },
      try: {
        en: "compare targetPort with the port the program listens on",
        ja: "targetPort を、プログラムが待ち受けるポートと見比べてください",
      },
    },
    status: {
      actual: { en: "{got}", ja: "{got}" },
      why: {
        en: "404 means name, namespace or path; 503 means what stands behind",
        ja: "404 なら名前、namespace、パスを、503 ならその先を疑います",
      },
      try: {
        en: "`kubectl describe svc`, and look at the part that is named",
        ja: "`kubectl describe svc` で、メッセージに出てくる部分を見てください",
      },
    },
    body: {
      actual: { en: "{got}", ja: "{got}" },
      why: { en: "another program answers", ja: "別のプログラムが答えています" },
      try: {
        en: "`kubectl get pods -o wide`, and compare the image",
        ja: "`kubectl get pods -o wide` で、イメージを確かめてください",
      },
    },
    distinct: {
      actual: { en: "only {got} answered", ja: "答えたのは {got} だけです" },
      why: { en: "fewer Pods stand behind it", ja: "後ろにいる Pod が足りません" },
      try: { en: "`kubectl get endpointslices`", ja: "`kubectl get endpointslices`" },
    },
  },
});

async function findTarget(
  { cluster, namespace }: CheckContext,
  { service, pod }: Args,
): Promise<{ found: boolean; elsewhere: Words; settling: boolean }> {
  const nowhere = { en: "", ja: "" };
  if (service !== undefined) {
    const behind = await endpointsOf(service, cluster, namespace);
    if (behind.service) return { found: true, elsewhere: nowhere, settling: isSettling(behind) };
    return { found: false, elsewhere: await elsewhere(cluster, "Service", service, namespace), settling: false };
  }
  const found = await cluster.get<Pod>("Pod", pod ?? "", namespace);
  if (!found) return { found: false, elsewhere: await elsewhere(cluster, "Pod", pod ?? "", namespace), settling: false };
  return { found: true, elsewhere: nowhere, settling: podState(found).at === "starting" || podState(found).at === "pulling" };
}

/** The list of addresses is behind its Pods, or Pods are on their way. */
const isSettling = ({ follows, pods }: Behind): boolean =>
  !follows || pods.map((pod) => podState(pod).at).some((at) => at === "starting" || at === "pulling");

async function request({ cluster, namespace }: CheckContext, { service, pod, port, path }: Args): Promise<KubeResponse> {
  const kube = await cluster.kube();
  const [kind, name] = service === undefined ? (["pods", pod ?? ""] as const) : (["services", service] as const);
  return kube.proxy({ kind, name, port, namespace, path });
}

function judge(
  { status, body }: KubeResponse,
  args: Args,
  fields: { want: Words; got: string },
  isOnItsWay: boolean,
): Outcome<Code> | undefined {
  const settling = isOnItsWay ? "moments" : undefined;
  const { reason, message } = toRefusal(status, body);
  const got = firstLine(message || `HTTP ${status}`);
  if (status === 503 && /no endpoints available/.test(message)) return fail("no-endpoints", { ...fields, got }, { settling });
  if (status === 503 && /connection refused/.test(message))
    return fail("refused", { ...fields, got }, { settling: settling ?? "second-look" });
  if (status !== (args.status ?? 200))
    return fail("status", { ...fields, got: [status, reason, got].filter(Boolean).join(": ") }, { settling });
  const found = args.matches === undefined ? undefined : new RegExp(args.matches, "m").exec(body);
  if (args.equals !== undefined && found?.[1] !== undefined)
    return found[1] === args.equals ? undefined : fail("body", { ...fields, got: found[1] }, { settling });
  const contains = args.contains === undefined || body.includes(args.contains);
  return found !== null && contains ? undefined : fail("body", { ...fields, got: firstLine(body) });
}

function wanted({ status = 200, matches, contains, equals, distinct }: Args): Words {
  if (equals !== undefined) return { en: equals, ja: equals };
  const words = matches === undefined ? contains : readable(matches);
  const body = [`HTTP ${status}`, words].filter(Boolean).join(", ");
  return distinct === undefined
    ? { en: body, ja: body }
    : { en: `${body}, ${distinct} different`, ja: `${body}、${distinct} 通り` };
}

const firstLine = (text: string): string => text.trim().split(/\r?\n/)[0] ?? "";
