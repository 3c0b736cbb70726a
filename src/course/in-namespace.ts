import { solved } from "./blanks.ts";
import type { CourseFacts, CourseFiles } from "./course.ts";
import { manifestNames } from "./manifest-names.ts";
import { parseYaml, type YamlPath } from "./yaml-source.ts";

/** Kinds that the API has outside namespaces, and what else in a manifest names one of them. */
const clusterScoped: Readonly<Record<string, string | undefined>> = {
  ClusterRole: undefined,
  ClusterRoleBinding: undefined,
  IngressClass: "ingressClassName",
  Namespace: "namespace",
  PersistentVolume: "volumeName",
  PriorityClass: "priorityClassName",
  StorageClass: "storageClassName",
};

/** What the course has outside namespaces, by kind. */
type Names = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * A course as it is in a namespace of a cluster that others use, too: where it says `default` it means that namespace, and what it has
 * outside namespaces bears the namespace's name in front. Manifests keep their lines.
 */
export async function inNamespace(
  facts: CourseFacts,
  files: CourseFiles,
  namespace: string,
): Promise<{ facts: CourseFacts; files: CourseFiles }> {
  const manifests = await Promise.all([...manifestNames(facts.lessons)].map((name) => files.manifest(name)));
  const names = namesIn(manifests);
  const reword = rewording(names, namespace);
  const lessons = facts.lessons.map((lesson) => ({
    ...lesson,
    steps: lesson.steps.map(({ start, checks, solution, wrong, routes, ...step }) => ({
      ...step,
      ...reword({ start, checks, solution, wrong, routes }),
    })),
  }));
  return {
    facts: { ...facts, lessons },
    files: {
      titles: (language) => files.titles(language),
      text: async (lesson, language) => reword(await files.text(lesson, language)),
      manifest: async (name) => manifestIn(await files.manifest(name), names, namespace),
    },
  };
}

function namesIn(manifests: readonly string[]): Names {
  const names = new Map<string, Set<string>>();
  const hasOne = new RegExp(`^kind: (${Object.keys(clusterScoped).join("|")})\\b`, "m");
  for (const { value } of manifests.filter((text) => hasOne.test(text)).flatMap((text) => parseYaml(solved(text)))) {
    const { kind, metadata } = (value ?? {}) as { kind?: string; metadata?: { name?: string } };
    if (!kind || !(kind in clusterScoped) || !metadata?.name) continue;
    names.set(kind, (names.get(kind) ?? new Set()).add(metadata.name));
  }
  return names;
}

/** Whatever says none of these stays as it is: most texts do. */
const mentions = (names: Names): RegExp =>
  new RegExp([...[...names.values()].flatMap((own) => [...own]), "namespace: default"].join("|"));

/** A manifest there. Only values change, each in its line, so that blanks and comments stay where they are. */
function manifestIn(text: string, names: Names, namespace: string): string {
  if (!mentions(names).test(text)) return text;
  const lines = text.split("\n");
  for (const { value, positionOf } of parseYaml(solved(text))) {
    for (const { path, was, becomes } of changesIn(value, names, namespace)) {
      const at = positionOf(path).line - 1;
      const key = String(path.at(-1));
      lines[at] = lines[at]!.replace(new RegExp(`(\\b${key}:\\s*["']?)${was}(?![\\w-])`), `$1${becomes}`);
    }
  }
  return lines.join("\n");
}

interface Change {
  path: YamlPath;
  was: string;
  becomes: string;
}

function changesIn(document: unknown, names: Names, namespace: string): Change[] {
  const changes: Change[] = [];
  const add = (path: YamlPath, kind: string, was: unknown): void => {
    if (typeof was !== "string") return;
    if (names.get(kind)?.has(was)) changes.push({ path, was, becomes: `${namespace}-${was}` });
    else if (kind === "Namespace" && was === "default") changes.push({ path, was, becomes: namespace });
  };
  const walk = (value: unknown, path: YamlPath): void => {
    if (typeof value !== "object" || value === null) return;
    const { kind, name } = value as { kind?: unknown; name?: unknown };
    // A reference, such as a roleRef.
    if (path.length > 0 && typeof kind === "string") add([...path, "name"], kind, name);
    for (const [key, member] of Object.entries(value)) {
      const at = [...path, Array.isArray(value) ? Number(key) : key];
      for (const [referred, field] of Object.entries(clusterScoped)) if (field === key) add(at, referred, member);
      walk(member, at);
    }
  };
  const { kind = "", metadata } = (document ?? {}) as { kind?: string; metadata?: { name?: string } };
  add(["metadata", "name"], kind, metadata?.name);
  walk(document, []);
  return changes;
}

/**
 * The same data with its texts reworded; keys stay. In texts a namespace is known by its name alone, others behind their kind; a kind and
 * a name side by side belong together, as fields and as words of a command.
 */
function rewording(names: Names, namespace: string): <T>(data: T) => T {
  const isMentioned = mentions(names);
  const rules: [RegExp, string][] = [[/\bnamespace: default\b/g, `namespace: ${namespace}`]];
  for (const [kind, own] of names) {
    for (const name of own) {
      const to = `$1${namespace}-${name}`;
      if (kind === "Namespace") rules.push([new RegExp(`(?<![\\w-])()${name}(?![\\w-]|\\.ya?ml)`, "g"), to]);
      else {
        rules.push([new RegExp(`\\b(${kind}(?:es|s)?[ /=])${name}(?![\\w-])`, "gi"), to]);
        rules.push([new RegExp(`(\\bkind: ${kind}\\n(?:metadata:\\n)? +name: )${name}(?![\\w-])`, "g"), to]);
      }
    }
  }
  const say = (text: string): string => rules.reduce((result, [pattern, by]) => result.replace(pattern, by), text);
  const prefixed = (kind: unknown, name: unknown): string | undefined => {
    if (typeof kind !== "string" || typeof name !== "string" || !isMentioned.test(name)) return undefined;
    const known = [...names].find(([one]) => new RegExp(`^${one}(es|s)?$`, "i").test(kind));
    return known?.[1].has(name) ? `${namespace}-${name}` : undefined;
  };
  const map = (value: unknown): unknown => {
    if (typeof value === "string") return isMentioned.test(value) ? say(value) : value;
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((one, index) => prefixed(value[index - 1], one) ?? map(one));
    const { kind } = value as { kind?: unknown };
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, (key === "name" && prefixed(kind, member)) || map(member)]),
    );
  };
  return <T>(data: T) => map(data) as T;
}
