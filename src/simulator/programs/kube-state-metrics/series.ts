import type { KubeObject } from "../../api/object.ts";
import { familyHead, sampleLine, type Labels } from "../../metrics/exposition.ts";
import { sanitized, type Kind, type KindFamily, type Row } from "./kinds/kind.ts";
import type { Options } from "./options.ts";

/** The series of one resource's objects, written once per version of an object (pkg/metrics_store). */
export class SeriesStore {
  readonly #kind: Kind;
  readonly #options: Options;
  readonly #families: readonly KindFamily<KubeObject>[];
  readonly #heads: readonly string[];
  /** By uid, a text per family. */
  readonly #texts = new Map<string, readonly string[]>();

  constructor(kind: Kind, options: Options) {
    this.#kind = kind;
    this.#options = options;
    this.#families = kind.families.filter(({ name }) => options.wants(name));
    this.#heads = this.#families.map(familyHead);
  }

  replace(objects: readonly KubeObject[]): void {
    this.#texts.clear();
    for (const object of objects) this.put(object);
  }

  put(object: KubeObject): void {
    const own = this.#kind.labels(object);
    const texts = this.#families.map((family) =>
      this.#rows(family, object)
        .map(([labels, value]) => sampleLine(family.name, { labels: { ...own, ...labels }, value }))
        .join(""),
    );
    this.#texts.set(object.metadata.uid, texts);
  }

  remove(object: KubeObject): void {
    this.#texts.delete(object.metadata.uid);
  }

  /** Nothing, heads included, while there is no object. */
  text(): string {
    if (this.#texts.size === 0) return "";
    const all = [...this.#texts.values()];
    return this.#heads.map((head, index) => head + all.map((texts) => texts[index]).join("")).join("");
  }

  #rows(family: KindFamily<KubeObject>, object: KubeObject): readonly Row[] {
    const { resource } = this.#kind;
    const { labels, annotations } = this.#options;
    if (family.name.endsWith("_labels")) return chosen("label", object.metadata.labels, labels[resource] ?? labels["*"]);
    if (family.name.endsWith("_annotations"))
      return chosen("annotation", object.metadata.annotations, annotations[resource] ?? annotations["*"]);
    return family.rows(object);
  }
}

/** The object's own labels that the list allows, in one row. */
function chosen(prefix: string, all: Labels | undefined = {}, allowed: readonly string[] | undefined): readonly Row[] {
  if (!allowed?.length) return [];
  const names = Object.keys(all)
    .filter((name) => allowed.some((one) => one === "*" || one === name))
    .toSorted();
  return [[Object.fromEntries(names.map((name) => [labelName(prefix, name), all[name]!])), 1]];
}

const labelName = (prefix: string, name: string): string =>
  `${prefix}_${sanitized(name)
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()}`;
