import type { ClusterRoleBinding, RoleBinding } from "kubernetes-types/rbac/v1";
import { type CheckContext, defineCheck, fail, type Failure, type Fields, pass, type Words } from "./check.ts";
import { allowedOf, type Deed, deedsOf, userOf, wordsOf } from "./rights.ts";

interface Args {
  /** A ServiceAccount of the namespace. */
  account: string;
  /** `get,list,watch nodes,services`, `get /metrics`: all of these are allowed, */
  allowed?: readonly string[];
  /** or none of these. */
  denied?: readonly string[];
}

export const rbacCan = defineCheck({
  type: "rbac-can",
  expected: { en: "{account} {want}", ja: "{account} {want}" },
  async run(context, { account, allowed, denied }: Args) {
    const { cluster, namespace } = context;
    const deeds = [...(allowed ?? []), ...(denied ?? [])].flatMap(deedsOf);
    const can = await allowedOf(await cluster.kube(), namespace, account, deeds);
    const fields = { account, user: userOf(namespace, account), want: wanted(allowed, denied), binding: "" };
    if (denied) {
      const got = can.map(wordsOf).join(", ");
      return can.length === 0 ? pass({ ...fields, got }) : fail("too-much", { ...fields, got });
    }
    const missing = deeds.filter((deed) => !can.includes(deed));
    const got = shortly(missing);
    if (missing.length === 0) return pass({ ...fields, got });
    if (can.length > 0) return fail("refused", { ...fields, got });
    return reasonOf(context, account, { ...fields, got });
  },
  words: {
    refused: {
      actual: { en: "{got}: no", ja: "{got}: できません" },
      why: { en: "a rule of the role lacks it", ja: "role の rules に足りないものがあります" },
      try: { en: "`kubectl auth can-i --list --as={user}`", ja: "`kubectl auth can-i --list --as={user}`" },
    },
    unbound: {
      actual: { en: "{got}: no; no binding names {user}", ja: "{got}: できません。{user} を指す binding がありません" },
      why: {
        en: "nothing was applied yet, or the binding names somebody else",
        ja: "まだ適用していないか、binding が別の相手を指しています",
      },
      try: { en: "`kubectl get clusterrolebindings -o wide`", ja: "`kubectl get clusterrolebindings -o wide`" },
    },
    "other-account": {
      actual: { en: "{got}: no; the binding names {binding}", ja: "{got}: できません。binding が指すのは {binding} です" },
      why: { en: "the subject is another account", ja: "subjects が別のアカウントです" },
      try: { en: "compare name and namespace of the subject", ja: "subjects の name と namespace を見比べてください" },
    },
    namespaced: {
      actual: { en: "{got}: no; there is only {binding}", ja: "{got}: できません。あるのは {binding} だけです" },
      why: { en: "a RoleBinding reaches its own namespace only", ja: "RoleBinding の効き目は、その namespace の中だけです" },
      try: { en: "use ClusterRole and ClusterRoleBinding", ja: "ClusterRole と ClusterRoleBinding を使ってください" },
    },
    "no-role": {
      actual: {
        en: "{got}: no; the binding leads to {binding}, which allows none of it",
        ja: "{got}: できません。binding の先の {binding} が、どれも許していません",
      },
      why: { en: "the role is missing, or its rules are empty", ja: "role がないか、rules が空です" },
      try: { en: "`kubectl describe clusterrole`", ja: "`kubectl describe clusterrole`" },
    },
    "too-much": {
      actual: { en: "may also {got}", ja: "{got} までできます" },
      why: { en: "bound to too big a role, or to a whole group", ja: "大きすぎる role か、グループ全体に結び付いています" },
      try: { en: "`kubectl get clusterrolebindings -o wide`", ja: "`kubectl get clusterrolebindings -o wide`" },
    },
  },
});

type Code = "refused" | "unbound" | "other-account" | "namespaced" | "no-role" | "too-much";

type Binding = (ClusterRoleBinding | RoleBinding) & { kind?: string };

/** Nothing at all is allowed: which of the three names doesn't fit. */
async function reasonOf({ cluster, namespace }: CheckContext, account: string, fields: Fields): Promise<Failure<Code>> {
  const [everywhere, here] = await Promise.all([
    cluster.peek<ClusterRoleBinding>("ClusterRoleBinding"),
    cluster.peek<RoleBinding>("RoleBinding", { namespace }),
  ]);
  const subjects = (binding: Binding) =>
    (binding.subjects ?? []).filter(({ kind, name }) => kind === "ServiceAccount" && name === account);
  const own = everywhere.find((binding) => subjects(binding).some((subject) => subject.namespace === namespace));
  if (own) return fail("no-role", { ...fields, binding: `${own.roleRef.kind} ${own.roleRef.name}` });
  const local = here.find((binding) => subjects(binding).length > 0);
  if (local) return fail("namespaced", { ...fields, binding: `RoleBinding ${local.metadata?.name}` });
  const other = everywhere.flatMap(subjects)[0];
  if (other) return fail("other-account", { ...fields, binding: userOf(other.namespace ?? "", account) });
  return fail("unbound", fields);
}

/** The first few; the rest as a number. */
function shortly(deeds: readonly Deed[]): string {
  const shown = deeds.slice(0, 3).map(wordsOf).join(", ");
  return deeds.length > 3 ? `${shown} (+${deeds.length - 3})` : shown;
}

function wanted(allowed: readonly string[] | undefined, denied: readonly string[] | undefined): Words {
  const list = (allowed ?? denied ?? []).join("; ");
  return denied
    ? { en: `may not ${list}`, ja: `には許されないこと: ${list}` }
    : { en: `may ${list}`, ja: `に許されること: ${list}` };
}
