import type { KubeObject } from "../kube/objects.ts";
import { type CheckContext, defineCheck, fail, type Outcome, pass, type Words } from "./check.ts";
import { elsewhere } from "./whereabouts.ts";

interface Args {
  /** One object, or several in `objects`. */
  kind?: string;
  name?: string;
  /** `Kind/name`. */
  objects?: readonly string[];
  absent?: boolean;
  phase?: string;
}

type Code = "absent" | "present" | "some" | "phase";

export const objectExists = defineCheck({
  type: "object-exists",
  expected: { en: "{want}", ja: "{want}" },
  async run(context, args: Args) {
    const { kind = "", name = "", objects } = args;
    return objects ? lookAtAll(context, objects, args.absent ?? false) : lookAt(context, { ...args, kind, name });
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
    some: {
      actual: { en: "{got}", ja: "{got}" },
      why: { en: "not all of them were dealt with", ja: "手を付けていないものが残っています" },
      try: { en: "`kubectl get` those that are named", ja: "名前の出たものを `kubectl get` で見てください" },
    },
    phase: {
      actual: { en: "{kind} {name}: {got}", ja: "{kind} {name}: {got}" },
      why: { en: "it isn't that far, or it failed", ja: "まだそこまで進んでいないか、失敗しました" },
      try: { en: "`kubectl describe {kind} {name}`", ja: "`kubectl describe {kind} {name}`" },
    },
  },
});

type Single = Args & { kind: string; name: string };

async function lookAt(
  { cluster, namespace }: CheckContext,
  { kind, name, absent = false, phase }: Single,
): Promise<Outcome<Code>> {
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
}

/** The members that are there though they shouldn't be, or the other way round. */
async function lookAtAll({ cluster, namespace }: CheckContext, all: readonly string[], absent: boolean): Promise<Outcome<Code>> {
  const found = await Promise.all(
    all.map(async (text) => {
      const [kind = "", name = ""] = text.split("/");
      return { text, object: await cluster.get(kind, name, namespace) };
    }),
  );
  const odd = found.filter(({ object }) => (object !== undefined) === absent);
  const want: Words = {
    en: `${absent ? "none" : "all"} of ${all.length} objects`,
    ja: `${all.length} 個のオブジェクトが${absent ? "どれもないこと" : "すべてあること"}`,
  };
  const isGoing = absent && odd.every(({ object }) => object?.metadata?.deletionTimestamp !== undefined);
  const fields = { want, got: odd.map(({ text }) => text).join(", ") };
  return odd.length === 0 ? pass(fields) : fail("some", fields, { settling: isGoing ? "moments" : undefined });
}

function wanted(kind: string, name: string, absent: boolean, phase: string | undefined): Words {
  if (absent) return { en: `no ${kind} ${name}`, ja: `${kind} ${name} がないこと` };
  return { en: [`${kind} ${name}`, phase].filter(Boolean).join(", "), ja: [`${kind} ${name}`, phase].filter(Boolean).join("、") };
}
