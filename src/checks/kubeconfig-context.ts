import { currentContext } from "../kube/kubeconfig.ts";
import { defineCheck, fail, pass } from "./check.ts";

interface Args {
  /** `course` is the tutor's own. */
  current?: string;
  namespace?: string;
}

export const kubeconfigContext = defineCheck({
  type: "kubeconfig-context",
  expected: { en: "context {want}", ja: "コンテキスト {want}" },
  async run({ target, namespace: own }, { current = "course", namespace = own }: Args) {
    const name = current === "course" ? target.context : current;
    const want = `${name}, namespace ${namespace}`;
    const now = await currentContext(target);
    if (!now) return fail("none", { want, got: "" });
    const got = `${now.name}, namespace ${now.namespace}`;
    if (now.name !== name) return fail("current", { want, got });
    return now.namespace === namespace ? pass({ want, got }) : fail("namespace", { want, got });
  },
  words: {
    none: {
      actual: { en: "no context is current", ja: "現在のコンテキストがありません" },
      why: { en: "kubectl would not know where to go", ja: "kubectl は接続先がわかりません" },
      try: { en: "`k8s-bootcamp env`", ja: "`k8s-bootcamp env`" },
    },
    current: {
      actual: { en: "context {got}", ja: "コンテキスト {got}" },
      why: { en: "another context was chosen", ja: "別のコンテキストに切り替わっています" },
      try: { en: "`k8s-bootcamp env` shows how to come back", ja: "元に戻す方法は `k8s-bootcamp env` が表示します" },
    },
    namespace: {
      actual: { en: "context {got}", ja: "コンテキスト {got}" },
      why: { en: "the context's namespace was changed", ja: "コンテキストの namespace が変更されています" },
      try: {
        en: "`kubectl config set-context --current --namespace=NAMESPACE` sets it back",
        ja: "`kubectl config set-context --current --namespace=名前` で戻せます",
      },
    },
  },
});
