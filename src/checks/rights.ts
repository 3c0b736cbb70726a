import type { Kube } from "../kube/kube.ts";

/** One thing somebody may do, as one says it: `list pods`, `get nodes/metrics`, `get /metrics`. */
export interface Deed {
  verb: string;
  on: string;
}

/** `get,list pods,services` is four of them. */
export function deedsOf(text: string): Deed[] {
  const [verbs = "", targets = ""] = text.trim().split(/\s+/);
  return targets.split(",").flatMap((on) => verbs.split(",").map((verb) => ({ verb, on })));
}

export const wordsOf = ({ verb, on }: Deed): string => `${verb} ${on}`;

/** What a ServiceAccount is called as a user. */
export const userOf = (namespace: string, account: string): string => `system:serviceaccount:${namespace}:${account}`;

/** Of these deeds, those the account may do; in every namespace, as `can-i … -A` asks. @throws ApiError */
export async function allowedOf(kube: Kube, namespace: string, account: string, deeds: readonly Deed[]): Promise<Deed[]> {
  const who = {
    user: userOf(namespace, account),
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
  };
  const answers = await Promise.all(
    deeds.map(async ({ verb, on }) => {
      const spec = on.startsWith("/")
        ? { ...who, nonResourceAttributes: { verb, path: on } }
        : { ...who, resourceAttributes: { verb, ...(await attributesOf(kube, on)) } };
      const review = { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", spec };
      return ((await kube.create(review)) as { status?: { allowed?: boolean } }).status?.allowed === true;
    }),
  );
  return deeds.filter((_, index) => answers[index]);
}

async function attributesOf(kube: Kube, on: string): Promise<Record<string, string>> {
  const [word = "", subresource] = on.split("/");
  const resource = await kube.resource(word);
  const [group, version] = resource?.apiVersion.split("/") ?? [];
  return {
    group: version === undefined ? "" : (group ?? ""),
    resource: resource?.plural ?? word,
    ...(subresource && { subresource }),
  };
}
