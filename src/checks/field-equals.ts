import { parsePath } from "../course/live-expression.ts";
import type { KubeObject } from "../kube/objects.ts";
import { defineCheck, fail, pass, type Words } from "./check.ts";
import { findAll, toText } from "./path.ts";
import { readable } from "./pattern.ts";
import { compareQuantities, isSameValue } from "./quantity.ts";
import { elsewhere } from "./whereabouts.ts";

interface Args {
  kind: string;
  name?: string;
  selector?: string;
  path: string;
  equals?: unknown;
  oneOf?: readonly unknown[];
  /** Lowest and highest, both allowed. */
  range?: readonly [unknown, unknown];
  matches?: string;
  "same-as"?: string;
}

export const fieldEquals = defineCheck({
  type: "field-equals",
  expected: { en: "{path} = {want}", ja: "{path} = {want}" },
  async run({ cluster, namespace }, args: Args) {
    const { kind, name, selector = "", path } = args;
    const object =
      name === undefined
        ? (await cluster.list<KubeObject>(kind, { namespace, selector }))[0]
        : await cluster.get<KubeObject>(kind, name, namespace);
    const fields = { kind, name: name ?? object?.metadata?.name ?? selector, path, want: wanted(args, object) };
    if (!object) {
      const other = name === undefined ? "" : await elsewhere(cluster, kind, name, namespace);
      return fail("absent", { ...fields, got: "", elsewhere: other });
    }
    // What controllers write may still come.
    const settling = path.startsWith("status") ? "moments" : undefined;
    const [found] = findAll(object, parsePath(path));
    if (!found) return fail("not-set", { ...fields, got: "" }, { settling });
    const got = { ...fields, got: toText(found.value) };
    return isAsked(found.value, args, object) ? pass(got) : fail("value", got, { settling });
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
    "not-set": {
      actual: { en: "{path} is not set", ja: "{path} が設定されていません" },
      why: { en: "changed in the file only, or in another object", ja: "ファイルだけを直したか、別のオブジェクトを直しました" },
      try: {
        en: "apply the file; `kubectl get {kind} {name} -o yaml`",
        ja: "ファイルを適用して、`kubectl get {kind} {name} -o yaml` を見てください",
      },
    },
    value: {
      actual: { en: "{path} = {got}", ja: "{path} = {got}" },
      why: { en: "changed in the file only, or in another object", ja: "ファイルだけを直したか、別のオブジェクトを直しました" },
      try: {
        en: "apply the file; `kubectl get {kind} {name} -o yaml`",
        ja: "ファイルを適用して、`kubectl get {kind} {name} -o yaml` を見てください",
      },
    },
  },
});

function isAsked(value: unknown, args: Args, object: KubeObject): boolean {
  const { equals, oneOf, range, matches } = args;
  if (args["same-as"] !== undefined) return isSameValue(value, findAll(object, parsePath(args["same-as"]))[0]?.value);
  if (oneOf) return oneOf.some((one) => isSameValue(value, one));
  if (range) return compareQuantities(value, range[0]) >= 0 && compareQuantities(value, range[1]) <= 0;
  if (matches !== undefined) return new RegExp(matches, "m").test(toText(value));
  return equals === undefined || isSameValue(value, equals);
}

function wanted({ equals, oneOf, range, matches, ...args }: Args, object: KubeObject | undefined): Words {
  const same = (text: string): Words => ({ en: text, ja: text });
  if (args["same-as"] !== undefined)
    return same(toText(findAll(object, parsePath(args["same-as"]))[0]?.value) || args["same-as"]);
  if (oneOf) return { en: oneOf.map(toText).join(" or "), ja: oneOf.map(toText).join(" か ") };
  if (range) return { en: range.map(toText).join(" to "), ja: range.map(toText).join(" から ") };
  if (matches !== undefined) return same(readable(matches));
  return equals === undefined ? { en: "a value", ja: "値" } : same(toText(equals));
}
