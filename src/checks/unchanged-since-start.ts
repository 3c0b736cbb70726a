import { parseLiveExpression } from "../course/live-expression.ts";
import { hashOf } from "../course/scaffold.ts";
import { type CheckContext, defineCheck, fail, type Field, type Outcome, pass } from "./check.ts";
import { toText } from "./path.ts";

interface Args {
  same?: readonly string[];
  changed?: readonly string[];
  files?: readonly string[];
}

type Code = "changed" | "not-changed" | "gone" | "file";

export const unchangedSinceStart = defineCheck({
  type: "unchanged-since-start",
  expected: { en: "{path}: {want}", ja: "{path}: {want}" },
  async run(context, { same = [], changed = [], files = [] }: Args) {
    for (const path of same) {
      const failure = await stillSame(context, path);
      if (failure) return failure;
    }
    for (const path of changed) {
      const failure = await hasChanged(context, path);
      if (failure) return failure;
    }
    for (const file of files) {
      const manifest = await context.manifests.read(file);
      const now = manifest.state === "no-file" ? undefined : hashOf(manifest.text);
      if (now !== context.snapshot.files[file]) return fail("file", { path: file, want: asAtStart, got: "" });
    }
    return pass({ path: listed([...same, ...files, ...changed]), want: changed.length ? another : asAtStart, got: "" });
  },
  words: {
    changed: {
      actual: { en: "{got}", ja: "{got}" },
      why: { en: "more was changed than the step asks for", ja: "このステップで変えるもの以外も変わっています" },
      try: {
        en: "`k8s-bootcamp reset`, then change only that",
        ja: "`k8s-bootcamp reset` の後、課題のところだけを変えてください",
      },
    },
    "not-changed": {
      actual: { en: "still {got}", ja: "{got}のままです" },
      why: { en: "what the step asks for wasn't done yet", ja: "課題のことが、まだ行われていません" },
      try: { en: "read the task again", ja: "課題をもう一度読んでください" },
    },
    gone: {
      actual: { en: "{before} is gone", ja: "{before} がなくなりました" },
      why: { en: "more was deleted than the step asks for", ja: "このステップで消すもの以外も消えています" },
      try: { en: "`k8s-bootcamp reset`", ja: "`k8s-bootcamp reset`" },
    },
    file: {
      actual: { en: "{path} was changed", ja: "{path} が変わっています" },
      why: { en: "this step does without changing the file", ja: "このステップでは、ファイルを変える必要はありません" },
      try: { en: "`k8s-bootcamp reset --files` writes it again", ja: "`k8s-bootcamp reset --files` で元に戻せます" },
    },
  },
});

const asAtStart = { en: "as when the step began", ja: "ステップを始めたときのまま" };
const another = { en: "another than when the step began", ja: "ステップを始めたときと違うもの" };

/** Nobody reads five expressions to learn that all is well. */
const listed = (paths: readonly string[]): string => (paths.length > 2 ? `${paths[0]}, … (${paths.length})` : paths.join(", "));

/** Of a list, everything noted must be there still; more may have come. */
async function stillSame({ live, snapshot }: CheckContext, path: string): Promise<Outcome<Code> | undefined> {
  const before = textsOf(snapshot.values[path]);
  const now = textsOf(await live.value(parseLiveExpression(path)));
  const fields = { path, want: asAtStart, before: shown(before) };
  if (before.length === 0 || now.length === 0) return fail("gone", { ...fields, got: "" });
  const lost = before.filter((value) => !now.includes(value));
  return lost.length === 0 ? undefined : fail("changed", { ...fields, got: changeOf(before, now, lost.length) });
}

async function hasChanged({ live, snapshot }: CheckContext, path: string): Promise<Outcome<Code> | undefined> {
  const before = textsOf(snapshot.values[path]);
  const now = textsOf(await live.value(parseLiveExpression(path)));
  const fields = { path, want: another, before: shown(before) };
  if (now.length === 0) return fail("gone", { ...fields, got: "" });
  return before.join() === now.join() ? fail("not-changed", { ...fields, got: shown(now) }) : undefined;
}

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(toText).filter(Boolean);

const isUid = (text: string): boolean => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(text);

/** A uid tells nobody anything, but which object it is. */
const shown = (values: readonly string[]): Field =>
  values.length > 0 && values.every(isUid) ? { en: "the same object", ja: "同じオブジェクト" } : values.join(", ");

function changeOf(before: readonly string[], now: readonly string[], lost: number): Field {
  if (!before.every(isUid)) return `${before.join(", ")} → ${now.join(", ")}`;
  if (before.length === 1) return { en: "another object by now", ja: "別のオブジェクトになっています" };
  return { en: `${lost} of ${before.length} objects are gone`, ja: `${before.length} 個のうち ${lost} 個がなくなりました` };
}
