import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readCourseFile } from "./course-folder.ts";
import { CourseError, systemCode } from "./problem.ts";
import { readIfThere, writeAtomically } from "./text-file.ts";

/** What stands in the way of a new lesson. */
export type NewLesson = { outcome: "written"; files: readonly string[] } | { outcome: "exists"; folder: string };

/**
 * Makes a lesson of one step that lint and test find nothing wrong with, to be changed into another; where there is no course yet, one
 * around it. `id` is CHAPTER/LESSON. @throws CourseError file-unwritable, lesson-invalid
 */
export async function newLesson(dir: string, id: string): Promise<NewLesson> {
  const [chapter = "", name = ""] = id.split("/");
  const chapterFolder = join(dir, await numbered(dir, chapter));
  const folderName = await numbered(chapterFolder, name);
  const folder = join(chapterFolder, folderName);
  if (await isThere(chapterFolder, folderName)) return { outcome: "exists", folder };
  const header = await courseFile(dir, chapter);
  const manifests = resolve(dir, header.manifests, `${name}.yml`);
  const texts: Record<string, string> = {
    ...header.write,
    [manifests]: manifest(name),
    [join(folder, "lesson.yaml")]: facts(name),
    [join(folder, "text.en.md")]: english(name),
    [join(folder, "text.ja.md")]: japanese(name),
  };
  for (const [file, text] of Object.entries(texts)) await writeAtomically(file, text);
  return { outcome: "written", files: Object.keys(texts) };
}

/** The folder of that name, whatever its number; else the next number with it. */
async function numbered(dir: string, name: string): Promise<string> {
  const folders = await foldersIn(dir);
  const known = folders.find((one) => one.replace(/^\d+-/, "") === name);
  if (known !== undefined) return known;
  const last = Math.max(0, ...folders.map((one) => Number(/^\d+/.exec(one)?.[0] ?? 0)));
  return `${String(last + 1).padStart(2, "0")}-${name}`;
}

const isThere = async (dir: string, name: string): Promise<boolean> => (await foldersIn(dir)).includes(name);

async function foldersIn(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** course.yaml as it must be for the chapter; nothing to write where it is so already. */
async function courseFile(dir: string, chapter: string): Promise<{ manifests: string; write: Record<string, string> }> {
  const file = join(dir, "course.yaml");
  const title = `  ${chapter}: { en: ${capital(chapter)}, ja: ${capital(chapter)} }\n`;
  const text = await readIfThere(file);
  if (text === undefined) return { manifests: "manifests", write: { [file]: course(title) } };
  const { chapters, manifests = "manifests" } = await readCourseFile(dir);
  if (Object.hasOwn(chapters, chapter)) return { manifests, write: {} };
  const longer = text.replace(/^chapters:\n(?: .*\n)*/m, (block) => block + title);
  if (longer === text) throw new CourseError({ code: "edit-finds-nothing", file, from: "chapters:" });
  return { manifests, write: { [file]: longer } };
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const course = (title: string): string => `format: 1
manifests: manifests

chapters:
${title}
images: {}
`;

const manifest = (name: string): string => `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
data:
  color: green # blank: which color? green | 何色にしますか。green
`;

const facts = (name: string): string => `start:
  cluster: trial

steps:
  - id: first
    kind: edit
    minutes: 3
    star: true
    start:
      files: { ${name}.yml: blanks }
    checks:
      color:
        field-equals: { kind: ConfigMap, name: ${name}, path: data.color, equals: green }
      as-written:
        live-matches-file: { file: ${name}.yml }
    solution:
      do:
        - write: ${name}.yml
        - kubectl: apply -f ${name}.yml
    wrong:
      - id: W1
        do:
          - write: ${name}.yml
        fails: color
        says: not found
      - id: W2
        do:
          - write: { file: ${name}.yml, replace: { "color: green": "color: red" } }
          - kubectl: apply -f ${name}.yml
        fails: color
        says: it should be green
    routes:
      - id: server-side
        do:
          - write: ${name}.yml
          - kubectl: apply --server-side -f ${name}.yml
`;

const english = (name: string): string => `# ${capital(name)}

## first — A first step

### goal

Know what a ConfigMap holds.

### text

A ConfigMap keeps settings: names and their values. Programs read them, and nobody has to
build an image anew to change one.

### task

Fill the blank of \`${name}.yml\`, then apply it.

\`\`\`
kubectl apply -f ${name}.yml
\`\`\`

### hints

> hint The question stands behind \`# TODO\`.

> hint It is the name of a color.

> hint \`color: green\`, then \`kubectl apply -f ${name}.yml\`.

### checks

- color/value: it is {got}, and it should be {want} → change the file, and apply it again

### after

A setting has its own life: it can change while the program stays the same.
`;

const japanese = (name: string): string => `# ${capital(name)}

## first — 最初のステップ

### goal

ConfigMap に何が入っているかを知る。

### text

ConfigMap には、名前と値の組で設定を入れておきます。プログラムはそれを読むので、設定を変えるためにイメージを作り直す必要はありません。

### task

\`${name}.yml\` の空欄を埋めて、適用してください。

\`\`\`
kubectl apply -f ${name}.yml
\`\`\`

### hints

> hint \`# TODO\` の後ろに質問があります。

> hint 色の名前です。

> hint \`color: green\` と書いて \`kubectl apply -f ${name}.yml\` を実行します。

### checks

- color/value: いまは {got} です。{want} にする必要があります → ファイルを直して、もう一度適用してください

### after

設定には設定の都合があり、プログラムがそのままでも変えられます。
`;
