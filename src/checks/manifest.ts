import { join } from "node:path";
import { readIfThere } from "../course/text-file.ts";
import { parseYaml, type YamlDocument, YamlSyntaxError } from "../course/yaml-source.ts";
import { type Failure, fail, type FailureWords, type Words } from "./check.ts";
import { strangeIndent, yamlFault } from "./yaml-fault.ts";

/** A file of the learner's, as it is on disk now. */
export type Manifest =
  | { state: "no-file" }
  | { state: "not-yaml"; text: string; line: number; what: Words }
  | { state: "read"; text: string; documents: readonly YamlDocument[] };

/** The workspace's files, each read once a round. */
export class Manifests {
  readonly #dir: string;
  readonly #read = new Map<string, Promise<Manifest>>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** @throws CourseError file-unreadable */
  read(file: string): Promise<Manifest> {
    const reading = this.#read.get(file) ?? readManifest(join(this.#dir, file));
    this.#read.set(file, reading);
    return reading;
  }
}

const readManifest = async (path: string): Promise<Manifest> => toManifest(await readIfThere(path));

/** What a file's text is; undefined stands for no file. */
export function toManifest(text: string | undefined): Manifest {
  if (text === undefined) return { state: "no-file" };
  const strange = strangeIndent(text);
  if (strange) return { state: "not-yaml", text, ...strange };
  try {
    const documents = parseYaml(text).filter(({ value }) => value !== null);
    if (documents.length > 0) return { state: "read", text, documents };
    return { state: "not-yaml", text, line: 1, what: { en: "the file on disk is empty", ja: "ディスク上のファイルは空です" } };
  } catch (error) {
    if (error instanceof YamlSyntaxError) return { state: "not-yaml", text, ...yamlFault(text, error) };
    throw error;
  }
}

/** The failure of a check whose file can't be read. */
export function unreadable(
  file: string,
  manifest: Exclude<Manifest, { state: "read" }>,
  want: Words,
): Failure<"no-file" | "not-yaml"> {
  if (manifest.state === "no-file") return fail("no-file", { file, want, got: "", where: file });
  return fail("not-yaml", { file, want, got: manifest.what, line: manifest.line, where: `${file}:${manifest.line}` });
}

/** Words for these failures, the same in all checks of a file. */
export const unreadableWords: Readonly<Record<"no-file" | "not-yaml", FailureWords>> = {
  "no-file": {
    actual: { en: "{file} is not in this folder", ja: "{file} がこのフォルダーにありません" },
    why: { en: "the file was deleted, moved or renamed", ja: "削除したか、移動したか、名前を変えたようです" },
    try: {
      en: "`k8s-bootcamp reset --files` writes it again",
      ja: "`k8s-bootcamp reset --files` でもう一度作れます",
    },
  },
  "not-yaml": {
    actual: { en: "{file}: {got}", ja: "{file}: {got}" },
    why: { en: "the file can't be read as YAML", ja: "このファイルは YAML として読めません" },
    try: { en: "look at line {line} and the one above it", ja: "{line} 行目とその上の行を見てください" },
  },
};
