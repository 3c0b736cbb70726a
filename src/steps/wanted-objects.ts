import { solved } from "../course/blanks.ts";
import type { Course } from "../course/course.ts";
import type { Step } from "../course/lesson.ts";
import { manifestNames } from "../course/manifest-names.ts";
import { startObjects } from "../course/scaffold.ts";
import { parseYaml } from "../course/yaml-source.ts";
import type { KubeObject, Metadata } from "../kube/objects.ts";
import { knownResources, resourceNamed } from "../kube/resources.ts";

/** An object with all that one needs to address it; its namespace is empty where its kind has none. */
export type NamedObject = KubeObject & {
  apiVersion: string;
  kind: string;
  metadata: Metadata & { name: string; namespace: string };
};

/** The objects of a step's start state, in the order of its list. @throws CourseError manifest-missing, edit-finds-nothing */
export async function wantedObjects(course: Course, step: Step, namespace: string): Promise<NamedObject[]> {
  const texts = await Promise.all(step.start.objects.map((use) => startObjects(course, use)));
  return texts.flatMap((text) => objectsIn(text, namespace));
}

/** Every object that some manifest of the course names. */
export async function courseObjects(course: Course, namespace: string): Promise<NamedObject[]> {
  const objects = await Promise.all([...manifestNames(course.lessons)].map((name) => manifestObjects(course, name, namespace)));
  return objects.flat();
}

/** The objects of one manifest, complete. @throws CourseError manifest-missing */
export async function manifestObjects(course: Course, name: string, namespace: string): Promise<NamedObject[]> {
  return objectsIn(solved(await course.manifest(name)), namespace);
}

/** The same object, whatever its version. */
export const keyOf = ({ kind, metadata }: NamedObject): string => `${kind}/${metadata.name}@${metadata.namespace ?? ""}`;

/** Labels by which the Pods of these objects are known: of templates, and of Pods among them. */
export function podLabels(objects: readonly NamedObject[]): Readonly<Record<string, string>>[] {
  const all = objects.flatMap(({ kind, metadata, ...object }) => {
    const { template } = (object["spec"] ?? {}) as { template?: { metadata?: Metadata } };
    const labels = kind === "Pod" ? metadata.labels : template?.metadata?.labels;
    return labels ? [labels] : [];
  });
  return [...new Map(all.map((labels) => [JSON.stringify(labels), labels])).values()];
}

/** Objects of the API, not cluster.yml, which is kind's. */
function objectsIn(text: string, namespace: string): NamedObject[] {
  return parseYaml(text)
    .map(({ value }) => value as KubeObject | null)
    .filter((object) => object !== null)
    .filter(({ apiVersion, kind, metadata }) => apiVersion && kind && metadata?.name && !apiVersion.startsWith("kind.x-k8s.io/"))
    .map((object) => ({ ...object, metadata: { namespace: placeOf(object, namespace), ...object.metadata } }) as NamedObject);
}

/** Kinds that the course's manifests have are known without asking; the others live in namespaces. */
const placeOf = ({ kind = "" }: KubeObject, namespace: string): string =>
  (resourceNamed(knownResources, kind)?.namespaced ?? true) ? namespace : "";
