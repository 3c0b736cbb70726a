import type { Toleration } from "kubernetes-types/core/v1";
import { openBlanks } from "../course/blanks.ts";
import { parsePath } from "../course/live-expression.ts";
import type { YamlDocument, YamlPath } from "../course/yaml-source.ts";
import { defineCheck, fail, type Field, type Outcome, pass, type Words } from "./check.ts";
import { unreadable, unreadableWords } from "./manifest.ts";
import { readable } from "./pattern.ts";
import { type Found, findAll, isRecord, toText } from "./path.ts";
import { tolerates } from "./tolerations.ts";

interface Args {
  file: string;
  /** `Kind/name`; the first one when absent. */
  document?: string;
  path?: string;
  equals?: unknown;
  length?: number;
  multiset?: Readonly<Record<string, number>>;
  matches?: string;
  "not-matches"?: string;
  absent?: boolean;
  "no-todo"?: boolean;
  "same-as"?: string;
  "all-equal"?: boolean;
  /** `key:effect` of a taint that the list of tolerations there lets pass. */
  tolerates?: string;
}

type Code = "todo" | "missing" | "type" | "different" | "count" | "value";

/** Where the fault stands, and what is there. */
interface Place {
  file: string;
  line: number;
  path: string;
  where: string;
}

export const manifestField = defineCheck({
  type: "manifest-field",
  expected: { en: "{where}: {want}", ja: "{where}: {want}" },
  async run({ manifests }, args: Args) {
    const manifest = await manifests.read(args.file);
    if (manifest.state !== "read") return unreadable(args.file, manifest, wanted(args));
    if (args["no-todo"]) return noTodo(args, manifest.text);
    const document = chosen(manifest.documents, args.document);
    const path = args.path ?? "";
    const found = document ? findAll(document.value, parsePath(path)) : [];
    const at = (given?: YamlPath): Place => {
      const line = document?.positionOf(given ?? found[0]?.path ?? parsed(path)).line ?? 1;
      return { file: args.file, line, path, where: `${args.file}:${line} ${path}` };
    };
    const todo = found.find(({ value, path: place }) => value === null && isOpen(manifest.text, at(place).line));
    if (todo) return fail("todo", { ...at(todo.path), want: wanted(args), got: "TODO" });
    return judge(args, found, at, document);
  },
  words: {
    ...unreadableWords,
    todo: {
      actual: { en: "{where}: still TODO", ja: "{where}: まだ TODO のままです" },
      why: { en: "a question in the file is not answered yet", ja: "ファイルに、まだ答えていない質問があります" },
      try: { en: "write the value in place of `# TODO`", ja: "`# TODO` の代わりに値を書いてください" },
    },
    missing: {
      actual: { en: "{file} has no {path}", ja: "{file} に {path} がありません" },
      why: {
        en: "the line was deleted, or it is indented under another one",
        ja: "その行を消したか、字下げがずれて別の行に属しています",
      },
      try: {
        en: "compare line {line} and its neighbours with `kubectl explain`",
        ja: "{line} 行目のまわりを `kubectl explain` の説明と見比べてください",
      },
    },
    type: {
      actual: { en: "{where}: {got}", ja: "{where}: {got}" },
      why: {
        en: "in YAML, quotes decide whether a value is text",
        ja: "YAML では、引用符があるかどうかで文字列かどうかが決まります",
      },
      try: { en: "change line {line}", ja: "{line} 行目を直してください" },
    },
    different: {
      actual: { en: "{where}: {got}", ja: "{where}: {got}" },
      why: { en: "values that belong together are not the same", ja: "そろえるべき値が違っています" },
      try: { en: "make them equal", ja: "同じ値にしてください" },
    },
    count: {
      actual: { en: "{where}: {got}", ja: "{where}: {got}" },
      why: { en: "an entry is missing, or there is one too many", ja: "項目が足りないか、多すぎます" },
      try: { en: "count the entries that begin with a dash", ja: "`-` で始まる項目を数えてください" },
    },
    value: {
      actual: { en: "{where}: {got}", ja: "{where}: {got}" },
      why: { en: "another value stands there", ja: "別の値が書かれています" },
      try: { en: "change line {line}", ja: "{line} 行目を直してください" },
    },
  },
});

function noTodo({ file }: Args, text: string): Outcome<Code> {
  const want = wanted({ file, "no-todo": true });
  const open = openBlanks(text);
  const [first] = open;
  if (!first) return pass({ file, where: file, want, got: want });
  const lines = open.map(({ line }) => line).join(", ");
  return fail("todo", { file, line: first.line, where: `${file}:${lines}`, want, got: "TODO" });
}

/** What the found values come to, in the order of the lesson format: `same-as` and `all-equal` before `equals` and `matches`. */
function judge(args: Args, found: readonly Found[], at: (path?: YamlPath) => Place, document?: YamlDocument): Outcome<Code> {
  const want = wanted(args);
  const values = found.map(({ value }) => value);
  const first = values[0];
  if (args.absent) return found.length ? fail("value", { ...at(), want, got: shown(first) }) : pass({ ...at(), want, got: want });
  if (found.length === 0) return fail("missing", { ...at(), want, got: nothing });
  if (args.tolerates !== undefined) {
    const [key = "", effect = ""] = args.tolerates.split(":");
    const list = (Array.isArray(first) ? first : []) as Toleration[];
    const fields = { ...at(), want, got: list.map(inShort).join(", ") || nothing };
    return tolerates(list, { key, effect }) ? pass(fields) : fail("value", fields);
  }
  if (args.multiset) {
    const got = tally(values.map(toText));
    const fields = { ...at(), want, got };
    return got === tally(spread(args.multiset)) ? pass(fields) : fail("count", fields);
  }
  if (args.length !== undefined) {
    const fields = { ...at(), want: args.length, got: Array.isArray(first) ? first.length : 0 };
    return fields.got === args.length ? pass(fields) : fail("count", fields);
  }
  if (args["same-as"] !== undefined) {
    const other = findAll(document?.value, parsePath(args["same-as"]))[0]?.value;
    if (toText(other) !== toText(first)) return fail("different", { ...at(), want: toText(other), got: toText(first) });
  }
  if (args["all-equal"]) {
    const usual = mostCommon(values.map(toText));
    const odd = found.find(({ value }) => toText(value) !== usual);
    if (odd) return fail("different", { ...at(odd.path), want: usual, got: toText(odd.value) });
  }
  return eachOf(args, found, at);
}

function eachOf(args: Args, found: readonly Found[], at: (path?: YamlPath) => Place): Outcome<Code> {
  const want = wanted(args);
  for (const { value, path } of found) {
    const got = toText(value);
    if (args.equals !== undefined && value !== args.equals) {
      const slip = typeSlip(value, args.equals);
      return slip ? fail("type", { ...at(path), want, got: slip }) : fail("value", { ...at(path), want, got: shown(value) });
    }
    const fits = args.matches === undefined || new RegExp(args.matches, "m").test(got);
    const avoids = args["not-matches"] === undefined || !new RegExp(args["not-matches"], "m").test(got);
    if (!fits || !avoids) return fail("value", { ...at(path), want, got: shown(value) });
  }
  return pass({ ...at(), want, got: toText(found[0]?.value) });
}

/** Right but for its quotes. */
function typeSlip(value: unknown, equals: unknown): Words | undefined {
  if (typeof value === typeof equals || toText(value) !== toText(equals)) return undefined;
  if (typeof value === "string")
    return { en: `"${value}" is a string; remove the quotes`, ja: `"${value}" は文字列です。引用符を外してください` };
  return {
    en: `${toText(value)} is no string; put it in quotes`,
    ja: `${toText(value)} は文字列ではありません。引用符で囲んでください`,
  };
}

const inShort = ({ key, operator, value, effect }: Toleration): string =>
  [key ?? "*", operator ?? "Equal", value, effect ?? "*"].filter(Boolean).join(" ");

const nothing: Words = { en: "not there", ja: "ありません" };

const shown = (value: unknown): Field => (value === null || value === "" ? { en: "empty", ja: "空" } : toText(value));

/** What the arguments ask for, in words. */
function wanted(args: Args): Words {
  const same = (text: string): Words => ({ en: text, ja: text });
  if (args["no-todo"]) return { en: "no TODO left", ja: "TODO が残っていないこと" };
  if (args.absent) return { en: "not there", ja: "書かれていないこと" };
  if (args.tolerates !== undefined) return { en: `a toleration of ${args.tolerates}`, ja: `${args.tolerates} の許容` };
  if (args.multiset) return same(tally(spread(args.multiset)));
  if (args.length !== undefined) return { en: `${args.length} entries`, ja: `${args.length} 項目` };
  if (args.equals !== undefined) return same(toText(args.equals));
  if (args["same-as"] !== undefined) return { en: `the same as ${args["same-as"]}`, ja: `${args["same-as"]} と同じ値` };
  if (args["all-equal"]) return { en: "all the same", ja: "すべて同じ値" };
  if (args.matches !== undefined) return same(readable(args.matches));
  const avoided = args["not-matches"];
  if (avoided !== undefined) return { en: `anything but ${readable(avoided)}`, ja: `${readable(avoided)} 以外` };
  return { en: "a value", ja: "値" };
}

function mostCommon(values: readonly string[]): string {
  const count = (value: string): number => values.filter((one) => one === value).length;
  return values.reduce((best, value) => (count(value) > count(best) ? value : best), values[0] ?? "");
}

const spread = (multiset: Readonly<Record<string, number>>): string[] =>
  Object.entries(multiset).flatMap(([value, count]) => Array.from({ length: count }, () => value));

/** `1 control-plane + 3 worker`: how often each value is there. */
function tally(values: readonly string[]): string {
  const names = [...new Set(values)].sort();
  return names.map((name) => `${values.filter((value) => value === name).length} ${name || "—"}`).join(" + ") || "0";
}

function chosen(documents: readonly YamlDocument[], name: string | undefined): YamlDocument | undefined {
  if (name === undefined) return documents[0];
  return documents.find(({ value }) => {
    const metadata = isRecord(value) ? value["metadata"] : undefined;
    return isRecord(value) && `${toText(value["kind"])}/${isRecord(metadata) ? toText(metadata["name"]) : ""}` === name;
  });
}

/** As far as its steps are plain ones: to find the nearest line of something that isn't there. */
function parsed(path: string): YamlPath {
  return parsePath(path).flatMap<string | number>((step) =>
    step.step === "field" ? [step.name] : step.step === "index" ? [step.index] : [],
  );
}

const isOpen = (text: string, line: number): boolean => openBlanks(text).some((blank) => blank.line === line);
