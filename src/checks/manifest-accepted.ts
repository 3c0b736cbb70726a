import type { YamlDocument, YamlPath } from "../course/yaml-source.ts";
import { addressed } from "./document.ts";
import { type CheckContext, defineCheck, fail, pass, type Words } from "./check.ts";
import { type ConfigFault, kindConfigFaults } from "./kind-config.ts";
import { unreadable, unreadableWords } from "./manifest.ts";
import { type ManifestFault, refusalFault } from "./server-words.ts";

interface Args {
  file: string;
  as?: "kubernetes" | "kind-v1alpha4";
}

export const manifestAccepted = defineCheck({
  type: "manifest-accepted",
  expected: { en: "{want}", ja: "{want}" },
  async run(context, { file, as = "kubernetes" }: Args) {
    const want: Words =
      as === "kubernetes"
        ? { en: `the server accepts ${file}`, ja: `サーバーが ${file} を受け付ける` }
        : { en: `kind accepts ${file}`, ja: `kind が ${file} を受け付ける` };
    const manifest = await context.manifests.read(file);
    if (manifest.state !== "read") return unreadable(file, manifest, want);
    for (const document of manifest.documents) {
      const fault = as === "kubernetes" ? await serverFault(context, document.value) : kindConfigFaults(document.value)[0];
      if (fault) return fail(fault.code, { file, want, got: fault.what, ...placeOf(document, fault, file) });
    }
    return pass({ file, want, got: want, where: file });
  },
  words: {
    ...unreadableWords,
    "no-match": {
      actual: { en: "{where}: {got}", ja: "{where}: {got}" },
      why: {
        en: "apiVersion and kind don't belong together on this server",
        ja: "apiVersion と kind の組み合わせが、このサーバーのものと違います",
      },
      try: { en: "`kubectl api-resources` lists the pairs", ja: "`kubectl api-resources` で組み合わせを確かめてください" },
    },
    "unknown-field": {
      actual: { en: "{where}: {got}", ja: "{where}: {got}" },
      why: {
        en: "a field is misspelt, or it stands at the wrong depth",
        ja: "フィールド名の書き間違いか、字下げの深さの間違いです",
      },
      try: { en: "compare line {line} with `kubectl explain`", ja: "{line} 行目を `kubectl explain` の説明と見比べてください" },
    },
    invalid: {
      actual: { en: "{where}: {got}", ja: "{where}: {got}" },
      why: { en: "the words are those of the server", ja: "サーバーがこの値を受け付けませんでした" },
      try: { en: "change line {line}", ja: "{line} 行目を直してください" },
    },
  },
});

/** What an API server would say to one document; undefined when it would take it. */
async function serverFault({ cluster }: CheckContext, value: unknown): Promise<ManifestFault | undefined> {
  const kube = await cluster.kube();
  const document = await addressed(kube, value);
  if ("fault" in document) return document.fault;
  const trial = await kube.tryOut(document.object);
  return trial.accepted ? undefined : refusalFault(trial.refusal, document.resource, kube);
}

function placeOf(
  document: YamlDocument,
  { path }: ManifestFault | ConfigFault,
  file: string,
): { line: number; path: string; where: string } {
  const { line } = document.positionOf(path);
  return { line, path: pathText(path), where: `${file}:${line}` };
}

const pathText = (path: YamlPath): string =>
  path.reduce<string>((text, part) => (typeof part === "number" ? `${text}[${part}]` : text ? `${text}.${part}` : part), "");
