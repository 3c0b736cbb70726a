import type { Pod } from "kubernetes-types/core/v1";
import { podUids } from "../course/snapshot.ts";
import { isGoing } from "../kube/objects.ts";
import { defineCheck, fail, pass } from "./check.ts";

interface Args {
  selector: string;
  atLeast: number;
}

export const podsReplaced = defineCheck({
  type: "pods-replaced",
  expected: { en: "at least {want} replaced since the step began", ja: "ステップの開始後に {want} 個以上が入れ替わっている" },
  async run({ cluster, namespace, snapshot }, { selector, atLeast }: Args) {
    const before = snapshot.values[podUids(selector)];
    const pods = (await cluster.list<Pod>("Pod", { namespace, selector })).filter((pod) => !isGoing(pod));
    const uids = pods.map(({ metadata }) => metadata?.uid);
    const gone = (Array.isArray(before) ? before : []).filter((uid) => !uids.includes(uid as string)).length;
    const fields = { want: atLeast, got: gone, names: pods.map(({ metadata }) => metadata?.name ?? "").join(", "), selector };
    return gone >= atLeast ? pass(fields) : fail("too-few", fields);
  },
  words: {
    "too-few": {
      actual: { en: "{got}: {names}", ja: "{got} 個。いまの Pod は {names}" },
      why: { en: "no Pod was deleted in this step", ja: "このステップでは、まだ Pod が消されていません" },
      try: {
        en: "`kubectl delete pod`, with one of these names",
        ja: "このうち 1 つの名前で `kubectl delete pod` を実行してください",
      },
    },
  },
});
