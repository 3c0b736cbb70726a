import { blanksOf, solved, withBlanks } from "./blanks.ts";
import { languages } from "./lesson.ts";
import { type Found, type Rule, unless } from "./lint-rule.ts";
import type { ManifestSource } from "./lint-source.ts";
import type { Place } from "./problem.ts";
import { widthOf } from "../system/text-width.ts";
import { parseYaml, type YamlDocument, YamlSyntaxError } from "./yaml-source.ts";

/** Of each file of manifests/. */
export const manifestRules: readonly Rule<ManifestSource>[] = [
  {
    id: "blank-form",
    holds: "a blank is the whole value, with its question behind it",
    find: (manifest) => {
      const blanks = new Set(blanksOf(manifest.text).map(({ line }) => line));
      return manifest.text
        .split("\n")
        .flatMap((line, index) =>
          unless(
            !line.includes("# blank") || blanks.has(index + 1),
            at(manifest, index + 1),
            "a blank is: key: value # blank: question | 質問",
          ),
        );
    },
  },
  {
    id: "blank-both-languages",
    holds: "a blank asks in both languages",
    find: (manifest) =>
      blanksOf(manifest.text).flatMap(({ line, question }) =>
        unless(question.ja !== question.en, at(manifest, line), "the question lacks Japanese"),
      ),
  },
  {
    id: "manifest-yaml",
    holds: "a manifest is YAML, solved and with its blanks open",
    find: (manifest) =>
      [solved(manifest.text), withBlanks(manifest.text, "en")].flatMap((text): Found[] => {
        const read = documents(text);
        return "reason" in read ? [{ place: at(manifest, read.line), what: read.reason }] : [];
      }),
  },
  {
    id: "manifest-objects",
    holds: "each document has apiVersion and kind, and a name unless it is kind's",
    find: (manifest) => {
      const read = documents(solved(manifest.text));
      if ("reason" in read) return [];
      return read.flatMap(({ value, positionOf }) => {
        const lacks = lackOf(value as Partial<Named> | null);
        return unless(lacks === undefined, at(manifest, positionOf([]).line), `this document lacks ${lacks}`);
      });
    },
  },
  {
    id: "manifest-images",
    holds: "images are those of course.yaml, literally",
    find: (manifest, { header }) => {
      const known = Object.values(header.images).map(({ image }) => image);
      return manifest.text.split("\n").flatMap((line, index) => {
        const [, image] = /^\s*(?:- )?image: +["']?([^\s"']+)/.exec(line) ?? [];
        return unless(image === undefined || known.includes(image), at(manifest, index + 1), `course.yaml has no image ${image}`);
      });
    },
  },
  {
    id: "manifest-width",
    holds: "a manifest as a learner gets it takes 80 columns",
    find: (manifest) =>
      languages.flatMap((language) =>
        withBlanks(manifest.text, language)
          .split("\n")
          .flatMap((line, index) => {
            // A digest can't be shorter.
            const width = widthOf(line.replace(/@sha256:\w+/, ""));
            return unless(width <= 80, at(manifest, index + 1), `${width} columns in ${language}; 80 are there`);
          }),
      ),
  },
];

interface Named {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
}

function lackOf(value: Partial<Named> | null): string | undefined {
  if (!value?.apiVersion) return "apiVersion";
  if (!value.kind) return "kind";
  return value.metadata?.name || value.apiVersion.startsWith("kind.x-k8s.io/") ? undefined : "metadata.name";
}

function documents(text: string): YamlDocument[] | { reason: string; line: number } {
  try {
    return parseYaml(text);
  } catch (error) {
    if (error instanceof YamlSyntaxError) return { reason: error.reason, line: error.position.line };
    throw error;
  }
}

const at = ({ file }: ManifestSource, line: number): Place => ({ file, line, column: 1 });
