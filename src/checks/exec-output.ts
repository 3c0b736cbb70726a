import type { Pod } from "kubernetes-types/core/v1";
import { defineCheck, fail, pass, type Words } from "./check.ts";
import { readable } from "./pattern.ts";
import { podState, settlingOf } from "./pods.ts";
import { elsewhere } from "./whereabouts.ts";

interface Args {
  pod: string;
  container?: string;
  command: readonly string[];
  /** Multi-line. */
  matches?: string;
  equals?: string;
}

export const execOutput = defineCheck({
  type: "exec-output",
  expected: { en: "`{command}` in {pod} prints {want}", ja: "{pod} の中で `{command}` が {want} を出力する" },
  async run({ cluster, namespace }, { pod: name, container, command, matches, equals }: Args) {
    const asked = equals ?? (matches === undefined ? undefined : readable(matches));
    const want: Words = asked === undefined ? { en: "anything", ja: "何か" } : { en: asked, ja: asked };
    const fields = { pod: name, command: command.join(" "), want, got: "" };
    const pod = await cluster.get<Pod>("Pod", name, namespace);
    if (!pod) return fail("absent", { ...fields, elsewhere: await elsewhere(cluster, "Pod", name, namespace) });
    if (pod.status?.phase !== "Running") {
      const { reason, message } = podState(pod);
      return fail(
        "not-running",
        { ...fields, got: [reason, message].filter(Boolean).join(": ") },
        { settling: settlingOf([pod]) },
      );
    }
    const containers = pod.spec?.containers.map((one) => one.name) ?? [];
    if (container !== undefined && !containers.includes(container))
      return fail("no-container", { ...fields, want: container, got: containers.join(", ") });
    const kube = await cluster.kube();
    const { code, stdout, stderr } = await kube.exec({
      pod: name,
      namespace,
      command,
      ...(container !== undefined && { container }),
    });
    const exit = { ...fields, code };
    if (code !== 0) return fail("exit", { ...exit, got: lastLine(stderr || stdout) }, { settling: "second-look" });
    const output = stdout.trim();
    const fits =
      (equals === undefined || output === equals.trim()) && (matches === undefined || new RegExp(matches, "m").test(output));
    return fits ? pass({ ...exit, got: firstLine(output) }) : fail("output", { ...exit, got: firstLine(output) });
  },
  words: {
    absent: {
      actual: { en: "Pod {pod} not found{elsewhere}", ja: "Pod {pod} が見つかりません{elsewhere}" },
      why: { en: "the Pod was deleted, or is in another namespace", ja: "Pod を消したか、別の namespace にあります" },
      try: { en: "`k8s-bootcamp reset` makes it anew", ja: "`k8s-bootcamp reset` で作り直せます" },
    },
    "not-running": {
      actual: { en: "{pod}: {got}", ja: "{pod}: {got}" },
      why: { en: "its container isn't running", ja: "コンテナが動いていません" },
      try: { en: "`kubectl describe pod {pod}`", ja: "`kubectl describe pod {pod}`" },
    },
    "no-container": {
      actual: { en: "{pod} has no container {want}, only {got}", ja: "{pod} のコンテナは {got} だけで、{want} がありません" },
      why: { en: "the Pod was made in another way", ja: "別の方法で作られた Pod です" },
      try: { en: "apply its file as it was given", ja: "ファイルを、渡されたまま適用してください" },
    },
    exit: {
      actual: { en: "exit {code}: {got}", ja: "終了コード {code}: {got}" },
      why: { en: "the command failed", ja: "コマンドが失敗しました" },
      try: { en: "`kubectl exec {pod} -- {command}`", ja: "`kubectl exec {pod} -- {command}`" },
    },
    output: {
      actual: { en: "it prints {got}", ja: "出力は {got} です" },
      why: { en: "the command gives another result", ja: "コマンドの結果が違います" },
      try: { en: "`kubectl exec {pod} -- {command}`", ja: "`kubectl exec {pod} -- {command}`" },
    },
  },
});

const firstLine = (text: string): string => text.split(/\r?\n/)[0] ?? "";
const lastLine = (text: string): string => text.trim().split(/\r?\n/).at(-1) ?? "";
