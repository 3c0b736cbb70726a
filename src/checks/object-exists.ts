import type { KubeObject } from "../kube/objects.ts";
import { defineCheck, fail, pass, type Words } from "./check.ts";
import { elsewhere } from "./whereabouts.ts";

interface Args {
  kind: string;
  name: string;
  absent?: boolean;
  phase?: string;
}

export const objectExists = defineCheck({
  type: "object-exists",
  expected: { en: "{want}", ja: "{want}" },
  async run({ cluster, namespace }, { kind, name, absent = false, phase }: Args) {
    const object = await cluster.get<KubeObject & { status?: { phase?: string } }>(kind, name, namespace);
    const fields = { kind, name, namespace, want: wanted(kind, name, absent, phase) };
    if (!object) {
      if (absent) return pass({ ...fields, got: fields.want });
      return fail("absent", { ...fields, got: "", elsewhere: await elsewhere(cluster, kind, name, namespace) });
    }
    const got = object.status?.phase ?? "";
    const isGoing = object.metadata?.deletionTimestamp !== undefined;
    if (absent)
      return fail("present", { ...fields, got: isGoing ? "Terminating" : got }, { settling: isGoing ? "moments" : undefined });
    if (phase === undefined || got === phase) return pass({ ...fields, got });
    return fail("phase", { ...fields, got }, { settling: got === "Pending" || isGoing ? "moments" : undefined });
  },
  words: {
    absent: {
      actual: { en: "{kind} {name} not found{elsewhere}", ja: "{kind} {name} が見つかりません{elsewhere}" },
      why: {
        en: "it was not applied yet, or has another name or namespace",
        ja: "まだ適用していないか、名前や namespace が違います",
      },
      try: {
        en: "apply its file, then `kubectl get {kind} -A`",
        ja: "ファイルを適用して、`kubectl get {kind} -A` を見てください",
      },
    },
    present: {
      actual: { en: "{kind} {name} is there still {got}", ja: "{kind} {name} がまだあります {got}" },
      why: { en: "it was not deleted, or something makes it anew", ja: "まだ消していないか、何かが作り直しています" },
      try: { en: "`kubectl delete {kind} {name}`", ja: "`kubectl delete {kind} {name}`" },
    },
    phase: {
      actual: { en: "{kind} {name}: {got}", ja: "{kind} {name}: {got}" },
      why: { en: "it isn't that far, or it failed", ja: "まだそこまで進んでいないか、失敗しました" },
      try: { en: "`kubectl describe {kind} {name}`", ja: "`kubectl describe {kind} {name}`" },
    },
  },
});

function wanted(kind: string, name: string, absent: boolean, phase: string | undefined): Words {
  if (absent) return { en: `no ${kind} ${name}`, ja: `${kind} ${name} がないこと` };
  return { en: [`${kind} ${name}`, phase].filter(Boolean).join(", "), ja: [`${kind} ${name}`, phase].filter(Boolean).join("、") };
}
