import { parsePath } from "../course/live-expression.ts";
import { parseYaml, YamlSyntaxError } from "../course/yaml-source.ts";
import { defineCheck, fail, pass } from "./check.ts";
import { findAll, toText } from "./path.ts";
import { elsewhere } from "./whereabouts.ts";

interface Args {
  kind: "ConfigMap" | "Secret";
  name: string;
  key: string;
  absent?: boolean;
  /** Within the value, read as YAML. */
  path?: string;
  /** Of the whole value, or at `path`. */
  equals?: unknown;
  /** Values that must all be at `path`. */
  includes?: readonly string[];
}

export const dataKey = defineCheck({
  type: "data-key",
  expected: { en: "{kind} {name}, key {key}{where}: {want}", ja: "{kind} {name} のキー {key}{where}: {want}" },
  async run({ cluster, namespace }, args: Args) {
    const { kind, name, key, path, equals, includes } = args;
    const want = includes ? includes.join(", ") : equals === undefined ? key : kind === "Secret" ? "…" : toText(equals);
    const fields = { kind, name, key, want, got: "", where: path === undefined ? "" : ` ${path}`, path: path ?? key };
    const object = await cluster.get<WithData>(kind, name, namespace);
    if (!object) return fail("absent", { ...fields, elsewhere: await elsewhere(cluster, kind, name, namespace) });
    const keys = Object.keys({ ...object.data, ...object.binaryData });
    const value = decoded(kind, object, key);
    if (args.absent) return value === undefined ? pass(fields) : fail("value", { ...fields, got: key });
    if (value === undefined) return fail("no-key", { ...fields, got: keys.join(", ") });
    const found = path === undefined ? [value] : within(value, path);
    if ("line" in found) return fail("not-yaml", { ...fields, got: found.reason, line: found.line });
    const values = found.map(toText);
    const got = { ...fields, got: kind === "Secret" ? "…" : values.join(", ") };
    if (values.length === 0) return fail("not-set", got);
    const missing = includes?.filter((one) => !values.includes(one)) ?? [];
    if (missing.length > 0) return fail("missing", { ...got, missing: missing.join(", ") });
    return equals === undefined || values.every((one) => one === toText(equals)) ? pass(got) : fail("value", got);
  },
  words: {
    absent: {
      actual: { en: "{kind} {name} not found{elsewhere}", ja: "{kind} {name} が見つかりません{elsewhere}" },
      why: { en: "not applied yet, or has another name or namespace", ja: "まだ適用していないか、名前や namespace が違います" },
      try: { en: "`kubectl get {kind} -A`", ja: "`kubectl get {kind} -A`" },
    },
    "no-key": {
      actual: { en: "keys: {got}", ja: "キー: {got}" },
      why: { en: "the key has another name", ja: "キーの名前が違います" },
      try: { en: "`kubectl get {kind} {name} -o yaml`", ja: "`kubectl get {kind} {name} -o yaml`" },
    },
    "not-yaml": {
      actual: { en: "line {line} of it: {got}", ja: "その {line} 行目: {got}" },
      why: {
        en: "below the bar | stands text that the server doesn't look into",
        ja: "| の下はただのテキストで、サーバーは中身を確かめません",
      },
      try: { en: "look at the indentation there", ja: "そこの字下げを見直してください" },
    },
    "not-set": {
      actual: { en: "{path} is not there", ja: "{path} がありません" },
      why: { en: "a name is misspelt, or the line is indented otherwise", ja: "名前の書き間違いか、字下げの違いです" },
      try: { en: "`kubectl get {kind} {name} -o yaml`", ja: "`kubectl get {kind} {name} -o yaml`" },
    },
    missing: {
      actual: { en: "{missing} missing; there is {got}", ja: "{missing} がありません。あるのは {got} です" },
      why: { en: "a part was deleted or renamed", ja: "一部を消したか、名前を変えました" },
      try: { en: "`kubectl get {kind} {name} -o yaml`", ja: "`kubectl get {kind} {name} -o yaml`" },
    },
    value: {
      actual: { en: "{path} = {got}", ja: "{path} = {got}" },
      why: { en: "changed in the file only, or another place", ja: "ファイルだけを直したか、別の場所を直しました" },
      try: {
        en: "apply the file; `kubectl get {kind} {name} -o yaml`",
        ja: "ファイルを適用して、`kubectl get {kind} {name} -o yaml` を見てください",
      },
    },
  },
});

interface WithData {
  data?: Readonly<Record<string, string>>;
  binaryData?: Readonly<Record<string, string>>;
}

function decoded(kind: Args["kind"], { data, binaryData }: WithData, key: string): string | undefined {
  const value = data?.[key];
  const encoded = kind === "Secret" ? value : binaryData?.[key];
  if (encoded !== undefined) return Buffer.from(encoded, "base64").toString("utf8");
  return kind === "Secret" ? undefined : value;
}

function within(text: string, path: string): unknown[] | { reason: string; line: number } {
  try {
    return findAll(parseYaml(text)[0]?.value, parsePath(path)).map(({ value }) => value);
  } catch (error) {
    if (error instanceof YamlSyntaxError) return { reason: error.reason, line: error.position.line };
    throw error;
  }
}
