import type { Pod } from "kubernetes-types/core/v1";
import { controllerOf, isGoing } from "../kube/objects.ts";
import { defineCheck, fail, pass, type Words } from "./check.ts";
import { isPodReady, podState, settlingOf } from "./pods.ts";

interface Args {
  selector?: string;
  name?: string;
  count?: number;
  ready?: boolean;
  /** `1/2`: of each Pod. */
  containersReady?: string;
  /** Kind of the controller, or `none`. */
  owner?: string;
  /** Reasons of which one is why a container waits. */
  waiting?: readonly string[];
  /** At least. */
  restarts?: number;
  /** Why a container ended last: `OOMKilled`, `Error`. */
  lastState?: string;
}

export const podsMatch = defineCheck({
  type: "pods-match",
  expected: { en: "{want}", ja: "{want}" },
  async run({ cluster, namespace }, args: Args) {
    const all = await cluster.list<Pod>("Pod", { namespace, ...(args.selector !== undefined && { selector: args.selector }) });
    const pods = all.filter((pod) => !isGoing(pod) && (args.name === undefined || nameOf(pod) === args.name));
    const fields = { want: wanted(args), got: countOf(pods.length, args), pod: "", selector: args.selector ?? args.name ?? "" };
    const settling = settlingOf(pods);
    const about = (pod: Pod, text: string) => ({ ...fields, pod: nameOf(pod), got: `${pods.length}; ${nameOf(pod)}: ${text}` });
    const stray = args.owner === undefined ? undefined : pods.find((pod) => ownerOf(pod) !== args.owner);
    if (stray) return fail("owner", about(stray, `owner ${ownerOf(stray)}`));
    if (args.count === undefined ? pods.length === 0 : pods.length !== args.count) return fail("count", fields, { settling });
    const unready = args.ready === true ? pods.find((pod) => !isPodReady(pod)) : undefined;
    if (unready) return fail("not-ready", about(unready, stateText(unready)), { settling });
    const odd = pods.find((pod) => !hasState(pod, args));
    if (odd)
      return fail("state", about(odd, stateText(odd, args.containersReady !== undefined)), {
        settling: settling ?? (args.waiting || args.lastState ? "moments" : undefined),
      });
    return pass(fields);
  },
  words: {
    count: {
      actual: { en: "{got}", ja: "{got}" },
      why: { en: "the labels differ, or the Pods are not there yet", ja: "ラベルが違うか、Pod がまだありません" },
      try: { en: "`kubectl get pods --show-labels`", ja: "`kubectl get pods --show-labels`" },
    },
    "not-ready": {
      actual: { en: "{got}", ja: "{got}" },
      why: { en: "a Pod can't become ready", ja: "準備のできない Pod があります" },
      try: {
        en: "`kubectl describe pod {pod}`, and read the last event",
        ja: "`kubectl describe pod {pod}` の最後のイベントを読んでください",
      },
    },
    owner: {
      actual: { en: "{got}", ja: "{got}" },
      why: { en: "a Pod was made in another way", ja: "別の方法で作られた Pod があります" },
      try: { en: "`kubectl delete pod {pod}`", ja: "`kubectl delete pod {pod}`" },
    },
    state: {
      actual: { en: "{got}", ja: "{got}" },
      why: { en: "the Pod is in another state", ja: "Pod の状態が違います" },
      try: { en: "`kubectl describe pod {pod}`", ja: "`kubectl describe pod {pod}`" },
    },
  },
});

const nameOf = ({ metadata }: Pod): string => metadata?.name ?? "";

const ownerOf = (pod: Pod): string => controllerOf(pod)?.kind ?? "none";

function stateText(pod: Pod, withCount = false): string {
  const { reason, message } = podState(pod);
  const state = [reason || (pod.status?.phase ?? ""), message].filter(Boolean).join(": ");
  return withCount ? `${readyCount(pod)} ${state}` : state;
}

/** As the column READY has it. */
function readyCount({ spec, status }: Pod): string {
  const ready = (status?.containerStatuses ?? []).filter((one) => one.ready).length;
  return `${ready}/${spec?.containers.length}`;
}

function hasState(pod: Pod, { containersReady, waiting, restarts, lastState }: Args): boolean {
  const containers = pod.status?.containerStatuses ?? [];
  return (
    (containersReady === undefined || readyCount(pod) === containersReady) &&
    (waiting === undefined || containers.some(({ state }) => waiting.includes(state?.waiting?.reason ?? ""))) &&
    (restarts === undefined || containers.some(({ restartCount }) => restartCount >= restarts)) &&
    (lastState === undefined || containers.some((one) => one.lastState?.terminated?.reason === lastState))
  );
}

const countOf = (count: number, { selector, name }: Args): Words => ({
  en: `${count} ${count === 1 ? "Pod" : "Pods"} ${selector ?? name ?? ""}`.trimEnd(),
  ja: `${selector ?? name ?? ""} の Pod が ${count} 個`.replace(/^ の /, ""),
});

/** `2 Pods app=bootcamp, ready, owner ReplicaSet`. */
function wanted(args: Args): Words {
  const count = countOf(args.count ?? 1, args);
  const marks = [
    args.ready ? "ready" : "",
    args.containersReady ?? "",
    args.owner === undefined ? "" : `owner ${args.owner}`,
    args.waiting?.join(" / ") ?? "",
    args.restarts === undefined ? "" : `restarts ≥ ${args.restarts}`,
    args.lastState ?? "",
  ].filter(Boolean);
  return { en: [count.en, ...marks].join(", "), ja: [count.ja, ...marks].join("、") };
}
