import { replaceWords, solved, withBlanks } from "./blanks.ts";
import type { Action, Replacement, Step } from "./lesson.ts";
import type { CourseSource } from "./lint-source.ts";
import type { YamlPath } from "./yaml-source.ts";

interface Fault {
  path: YamlPath;
  what: string;
}

/** The learner's folder as an attempt would change it. Undefined is a file nobody knows the text of. */
type Folder = Map<string, string | undefined>;

/** Every manifest a step needs, in any of its attempts. */
export function manifestsNamed({ start, solution, wrong, routes }: Step): string[] {
  const written = [solution, ...wrong, ...routes].flatMap(({ do: actions }) =>
    actions.flatMap((action) => (action.type === "write" ? [action.from] : [])),
  );
  const names = [...start.objects.map(({ manifest }) => manifest), ...start.files.map(({ file }) => file), ...written];
  return [...new Set(names)];
}

/** Words that a step would replace and that are not there: in manifests of its start, and in files as its attempts change them. */
export function replaceFaults(step: Step, course: CourseSource): Fault[] {
  const { start, solution, wrong, routes } = step;
  const faults: Fault[] = [];
  const text = (name: string, form: "blanks" | "solved", replace: readonly Replacement[], path: YamlPath) => {
    const manifest = course.manifests.get(name)?.text;
    if (manifest === undefined) return undefined;
    return replaced(form === "blanks" ? withBlanks(manifest, "en") : solved(manifest), replace, name, path);
  };
  const replaced = (before: string, replace: readonly Replacement[], name: string, path: YamlPath): string | undefined => {
    const filled = replace.map(({ from, to }) => ({ from: withSettings(from, course), to }));
    if (filled.some(({ from }) => from.includes("{{"))) return undefined;
    const result = replaceWords(before, filled);
    if ("text" in result) return result.text;
    faults.push({ path, what: `"${result.missing}" is not in ${name}` });
    return undefined;
  };
  const files: Folder = new Map();
  for (const { manifest, replace } of start.objects) text(manifest, "solved", replace, ["start"]);
  for (const { file, form, replace } of start.files) files.set(file, text(file, form, replace, ["start"]));
  const go = (actions: readonly Action[], path: YamlPath): void => {
    const folder = new Map(files);
    for (const action of actions) {
      if (action.type === "write") folder.set(action.file, text(action.from, action.form, action.replace, path));
      if (action.type === "write-text") folder.set(action.file, action.text);
      if (action.type === "remove") folder.delete(action.file);
      if (action.type !== "edit") continue;
      const before = folder.get(action.file);
      if (!folder.has(action.file)) faults.push({ path, what: `there is no file ${action.file} to edit` });
      if (before !== undefined) folder.set(action.file, replaced(before, action.replace, action.file, path));
    }
  };
  go(solution.do, ["solution"]);
  wrong.forEach((attempt, index) => go(attempt.do, ["wrong", index]));
  routes.forEach((attempt, index) => go(attempt.do, ["routes", index]));
  return faults;
}

/** `{{images.app}}` filled in; what only a cluster knows stays. */
function withSettings(text: string, { header: { images } }: CourseSource): string {
  return text.replaceAll(/\{\{images\.(\w+)\}\}/g, (whole, name: string) => images[name]?.image ?? whole);
}
