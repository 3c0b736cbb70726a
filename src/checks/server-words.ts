import { nearestOf } from "../course/nearest.ts";
import type { YamlPath } from "../course/yaml-source.ts";
import type { Refusal } from "../kube/api-error.ts";
import type { Kube } from "../kube/kube.ts";
import { fieldsAt } from "../kube/openapi.ts";
import type { KubeObject } from "../kube/objects.ts";
import type { Resource } from "../kube/resources.ts";
import type { Words } from "./check.ts";

/** Why the server takes a manifest not, where in it, and in which words. */
export interface ManifestFault {
  code: "no-match" | "unknown-field" | "invalid";
  path: YamlPath;
  what: Words;
}

/** apiVersion and kind that this server doesn't have: what it has instead. */
export function noMatchFault({ apiVersion = "", kind = "" }: KubeObject, served: readonly Resource[]): ManifestFault {
  if (!apiVersion) return { code: "no-match", path: ["apiVersion"], what: unset("apiVersion") };
  if (!kind) return { code: "no-match", path: ["kind"], what: unset("kind") };
  const [has] = served.filter((resource) => resource.kind === kind);
  if (has) {
    const what = {
      en: `no ${kind} in ${apiVersion}; this server has ${has.apiVersion}`,
      ja: `${apiVersion} に ${kind} はありません。このサーバーにあるのは ${has.apiVersion} です`,
    };
    return { code: "no-match", path: ["apiVersion"], what };
  }
  const [near] = nearestOf(kind, new Set(served.map((resource) => resource.kind)), 1);
  const what = {
    en: `this server has no kind ${kind}${near ? `; did you mean ${near}?` : ""}`,
    ja: `このサーバーに ${kind} という種類はありません${near ? `。${near} のことですか` : ""}`,
  };
  return { code: "no-match", path: ["kind"], what };
}

/** The server's refusal of a dry run: its own words, and ours where we have better ones. */
export async function refusalFault(refusal: Refusal, resource: Resource, kube: Kube): Promise<ManifestFault> {
  const unknown = /unknown field "([^"]+)"/.exec(refusal.message)?.[1];
  if (unknown !== undefined) return unknownField(unknown, resource, kube);
  const wrongType = /cannot unmarshal (\w+) into Go struct field (\S+) of type (\S+)/.exec(refusal.message);
  if (wrongType) return typeFault(wrongType[1]!, wrongType[2]!, wrongType[3]!);
  const [cause, ...others] = refusal.causes;
  if (!cause) return { code: "invalid", path: [], what: { en: refusal.message, ja: refusal.message } };
  const { en, ja } = causeWords(cause.message);
  const more = {
    en: others.length ? ` (and ${others.length} more)` : "",
    ja: others.length ? `（ほか ${others.length} 件）` : "",
  };
  return {
    code: "invalid",
    path: toPath(cause.field),
    what: { en: `${cause.field}: ${en}${more.en}`, ja: `${cause.field}: ${ja}${more.ja}` },
  };
}

async function unknownField(field: string, resource: Resource, kube: Kube): Promise<ManifestFault> {
  const path = toPath(field);
  const names = (await fieldsAt(kube, resource, path.slice(0, -1)))?.names ?? [];
  const [near] = nearestOf(String(path.at(-1)), names, 1);
  const what = {
    en: `unknown field "${field}"${near ? `; did you mean "${near}"?` : ""}`,
    ja: `"${field}" というフィールドはありません${near ? `。"${near}" のことですか` : ""}`,
  };
  return { code: "unknown-field", path, what };
}

/** Go's words for JSON of the wrong type; the field is named with its struct in front. */
function typeFault(given: string, goField: string, goType: string): ManifestFault {
  const path = goField.replace(/^[A-Z]\w*\./, "");
  const isNumber = /^u?int|^float/.test(goType);
  const wanted: Words = isNumber
    ? { en: "a number", ja: "数値" }
    : ({ string: { en: "text", ja: "文字列" }, bool: { en: "true or false", ja: "true か false" } }[goType] ?? {
        en: goType.startsWith("[]") ? "a list" : "lines of `key: value`",
        ja: goType.startsWith("[]") ? "リスト" : "`キー: 値` の行",
      });
  const cure =
    given === "string" && goType !== "string"
      ? { en: "; remove the quotes", ja: "。引用符を外してください" }
      : goType === "string"
        ? { en: "; put it in quotes", ja: "。引用符で囲んでください" }
        : { en: "", ja: "" };
  const what = { en: `${path} must be ${wanted.en}${cure.en}`, ja: `${path} は${wanted.ja}でなければなりません${cure.ja}` };
  return { code: "invalid", path: toPath(path), what };
}

/** What validation says most; the English is the server's. */
const knownCauses: readonly (readonly [RegExp, string])[] = [
  [/^Required value(?:: (.*))?$/, "必須の値がありません"],
  [/^Unsupported value: (.*): supported values: (.*)$/, "$1 は使えません。使えるのは $2 です"],
  [/^Invalid value: .*: `selector` does not match template `labels`$/, "selector が template の labels と一致しません"],
  [/^Invalid value: .*: field is immutable$/, "この値は作った後で変えられません"],
  [/^Invalid value: (.*): must be between (\d+) and (\d+), inclusive$/, "$1 は使えません。$2 から $3 までの数です"],
  [/^Invalid value: (.*): must be greater than or equal to 0$/, "$1 は使えません。0 以上の数です"],
  [/^Invalid value: (.*): a lowercase RFC 1123.*$/, "$1 は使えません。小文字の英数字とハイフンで書きます"],
  [/^Invalid value: (.*): provided port is not in the valid range\. (.*)$/, "$1 は使えません。$2"],
  [/^Duplicate value: (.*)$/, "$1 が重複しています"],
];

function causeWords(message: string): Words {
  const known = knownCauses.find(([pattern]) => pattern.test(message));
  return { en: message, ja: known ? message.replace(known[0], known[1]) : message };
}

const unset = (field: string): Words => ({ en: `${field} is not set`, ja: `${field} が書かれていません` });

/** `spec.containers[0].ports` as keys and indices. */
function toPath(field: string): YamlPath {
  return (field.match(/[^.[\]]+|\[\d+\]/g) ?? []).map((part) => (/^\[\d+\]$/.test(part) ? Number(part.slice(1, -1)) : part));
}
