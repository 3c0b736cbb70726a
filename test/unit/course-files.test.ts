import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { factNames } from "../../src/checks/facts.ts";
import { checkCodes } from "../../src/checks/index.ts";
import { loadCourse } from "../../src/course/course.ts";
import { parseLessonFile } from "../../src/course/lesson-file.ts";
import { parseLessonText, wordsFor } from "../../src/course/lesson-text.ts";
import { lintCourse } from "../../src/course/lint.ts";
import { newLesson } from "../../src/course/new-lesson.ts";
import { CourseError, type CourseProblem } from "../../src/course/problem.ts";
import { textHeight } from "../../src/course/text-height.ts";

function problemOf(run: () => unknown): CourseProblem {
  try {
    run();
  } catch (error) {
    if (error instanceof CourseError) return error.problem;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const faultsOf = (yaml: string): string[] => {
  const problem = problemOf(() => parseLessonFile(yaml, "lesson.yaml", "a/b"));
  return problem.code === "lesson-invalid" ? problem.faults.map(({ line, column, what }) => `${line}:${column} ${what}`) : [];
};

describe("lesson.yaml", () => {
  it("becomes data: start inherited field by field, actions and checks in one shape", () => {
    const lesson = parseLessonFile(
      `
start: { cluster: trial, objects: [app.yml], files: { app.yml: blanks } }
steps:
  - id: one
    kind: break-fix
    minutes: 3
    start:
      files: { app.yml: { replace: { "replicas: 2": "replicas: 4" } } }
      break: [{ kubectl: "delete pod {{pods(app=bootcamp)[0].metadata.name}} --now" }]
    checks:
      ready: { workload-ready: { kind: Deployment, name: web, replicas: 2 }, within: 60 }
    wrong:
      - { id: W1, do: [{ write: app.yml }, { remove: app.yml }], fails: ready, says: x, unless-equal: [ns, fact.a] }
`,
      "lesson.yaml",
      "deployments/first",
    );
    expect(lesson).toMatchObject({ id: "deployments/first", chapter: "deployments" });
    expect(lesson.steps[0]).toMatchObject({
      id: "deployments/first/one",
      name: "one",
      optional: false,
      start: {
        cluster: "trial",
        objects: [{ manifest: "app.yml", replace: [] }],
        files: [{ file: "app.yml", form: "solved", replace: [{ from: "replicas: 2", to: "replicas: 4" }] }],
        break: [{ type: "kubectl", args: ["delete", "pod", "{{pods(app=bootcamp)[0].metadata.name}}", "--now"] }],
      },
      checks: [{ name: "ready", type: "workload-ready", within: 60, args: { kind: "Deployment", name: "web", replicas: 2 } }],
      wrong: [
        {
          id: "W1",
          do: [
            { type: "write", file: "app.yml", from: "app.yml", form: "solved", replace: [] },
            { type: "remove", file: "app.yml" },
          ],
          unlessEqual: [{ source: "setting" }, { source: "fact" }],
        },
      ],
    });
  });

  const step = "steps:\n  - id: one\n    kind: do\n    minutes: 1\n";
  it.each([
    ["a misspelt field", `${step}    mintues: 2\n`, ['5:5 steps[0] knows no "mintues"; did you mean "minutes"?']],
    [
      "a wrong value",
      step.replace("do", "doo"),
      ['3:5 steps[0].kind must be one of do, edit, observe, predict, break-fix, read, not "doo"'],
    ],
    ["a missing field", "steps:\n  - id: one\n    kind: do\n", ["2:5 steps[0] lacks minutes"]],
    ["a wrong type", step.replace("1", "soon"), ['4:5 steps[0].minutes must be a whole number, not "soon"']],
    ["a name out of style", step.replace("one", "One"), ['2:5 steps[0].id is "One": names are small letters, digits and dashes']],
    [
      "two check types",
      `${step}    checks:\n      x: { choice-equals: { option: A }, live-matches-file: { file: a.yml } }\n`,
      ["6:7 a check has one type, not choice-equals and live-matches-file"],
    ],
    [
      "an argument its check doesn't know",
      `${step}    checks:\n      x: { live-matches-file: { fil: a.yml } }\n`,
      [
        "6:12 steps[0].checks.x.live-matches-file lacks file",
        '6:33 steps[0].checks.x.live-matches-file knows no "fil"; did you mean "file"?',
      ],
    ],
    [
      "a path that leaves the folder",
      `${step}    solution: { do: [{ remove: ../../x }] }\n`,
      ['5:24 steps[0].solution.do[0].remove is "../../x": files are named from the folder down, without . or ..'],
    ],
    [
      "an expression that doesn't parse",
      `${step}    solution: { answer: "{{pods}}" }\n`,
      ['5:17 expected / or ( at position 5 of "pods"'],
    ],
    ["a TAB", "steps:\n\t- id: one\n", ["2:1 tab characters must not be used in indentation"]],
    ["no document", "", ["1:1 the file must hold one YAML document"]],
  ])("says where it has %s", (_, yaml, faults) => {
    expect(faultsOf(yaml)).toEqual(faults);
  });
});

describe("text.md", () => {
  const text = parseLessonText(
    `# Title

## one — First — and more

### goal

Know it.

### text

Read this:

\`\`\`
# a comment, no heading
\`\`\`

### task

Do it.

### hints

> hint Look
> twice.

> hint Turn.

> hint \`do it\`

### options

- A: This. → Because
  of that.
- B: That. → No.

### labels

- known: that is → known

### checks

- ready: why → \`try\`
- ready/absent: gone
- other: → only this

### after

Done.
`,
    "text.en.md",
    "en",
  );

  it("becomes data", () => {
    expect(text.title).toBe("Title");
    expect(text.steps).toHaveLength(1);
    expect(text.steps[0]).toEqual({
      name: "one",
      title: "First — and more",
      goal: "Know it.",
      text: "Read this:\n\n```\n# a comment, no heading\n```",
      task: "Do it.",
      hints: ["Look\ntwice.", "Turn.", "`do it`"],
      options: [
        { id: "A", text: "This.", why: "Because of that." },
        { id: "B", text: "That.", why: "No." },
      ],
      labels: { known: "that is → known" },
      words: [
        { check: "ready", why: "why", try: "`try`" },
        { check: "ready", code: "absent", why: "gone" },
        { check: "other", try: "only this" },
      ],
      after: "Done.",
    });
  });

  it("has words for a failure: the code's own first, the check's where that says nothing", () => {
    const [section] = text.steps;
    expect(wordsFor(section!, "ready", "absent")).toEqual({ why: "gone", try: "`try`" });
    expect(wordsFor(section!, "ready", "image")).toEqual({ why: "why", try: "`try`" });
    expect(wordsFor(section!, "unknown", "x")).toEqual({});
  });

  it("says at which line it can't be read", () => {
    const markdown = "stray\n## One - no dash\n### gaol\nx\n### goal\n### goal\n### hints\nnaked\n### checks\n* star\n";
    const problem = problemOf(() => parseLessonText(markdown, "text.en.md", "en"));
    expect(problem.code === "lesson-invalid" && problem.faults.map(({ line, what }) => `${line} ${what}`)).toEqual([
      "1 text stands under a heading of a part: ### goal, ### text…",
      "1 the first line must be the lesson's title: # Title",
      "2 a step's heading is: ## id — Title",
      "2 One - no dash lacks ### goal",
      "2 One - no dash lacks ### text",
      "2 One - no dash lacks ### after",
      '3 "gaol" is no part of a step; there are goal, text, task, hints, options, labels, checks, after',
      "6 goal stands here twice",
      "8 a hint is a block of lines that begin with >, the first with > hint",
      "10 an item is: - name: words → words",
    ]);
  });

  it.each([
    ["one short line", "Hello.", 1],
    ["lines that flow together", `${"word ".repeat(10)}\n${"word ".repeat(10)}`, 2],
    ["wide characters, two columns each", "あ".repeat(41), 2],
    ["a list, a table and a code block", "- a\n- b\n\n| x |\n|---|\n| y |\n\n```\none\n\ntwo\n```", 7],
  ])("is measured at 80 columns: %s", (_, markdown, height) => {
    expect(textHeight(markdown, 80)).toBe(height);
  });
});

describe("a course folder of one's own", () => {
  let dir = "";
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "course-"));
    await mkdir(join(dir, "1-a", "1-x"), { recursive: true });
    await mkdir(join(dir, "manifests"));
    await writeFile(
      join(dir, "course.yaml"),
      "format: 1\nchapters: { a: { en: A, ja: あ } }\nimages: { app: { image: echo:1 } }\n",
    );
    await writeFile(join(dir, "manifests", "web.yml"), "image: echo:1 # blank: which? echo:1\n");
    await writeFile(
      join(dir, "1-a", "1-x", "lesson.yaml"),
      `steps:
  - id: one
    kind: observe
    minutes: 1
    start: { objects: [wbe.yml] }
    checks: { it: { answer-equals-live: { value: ns, labels: { known: { text: x } } } } }
    solution: { do: [] }
    wrong: [{ id: W2, answer: x, fails: them, says: no }]
`,
    );
    const section = (hint: string, code: string): string =>
      `# T\n\n## one — One\n\n### goal\ng\n### text\n${"line\n\n".repeat(15)}\n### task\n\`\`\`\n${code}\n\`\`\`\n### hints\n${hint}\n### after\na\n`;
    await writeFile(
      join(dir, "1-a", "1-x", "text.en.md"),
      section("> hint 1\n\n> hint 2\n\n> hint 3", "kubectl get pods | grep x"),
    );
    await writeFile(join(dir, "1-a", "1-x", "text.ja.md"), section("> hint 1", "kubectl get pods"));
  });
  afterAll(() => rm(dir, { recursive: true }));

  it("is linted: every fault at its place", async () => {
    const findings = await lintCourse(dir, { codes: {} });
    const shown = findings.map(({ file, line, what, rule }) => `${file.slice(dir.length + 1)}:${line} ${what} [${rule}]`);
    expect(shown).toEqual([
      "1-a/1-x/lesson.yaml:1 a lesson has one step with star: true, not 0 [star-once]",
      "1-a/1-x/lesson.yaml:5 there is no manifest wbe.yml [manifest-there]",
      "1-a/1-x/lesson.yaml:7 the solution answers when a check asks [solution-answers]",
      "1-a/1-x/lesson.yaml:8 a step needs two wrong answers or more, not 1 [two-wrong-answers]",
      "1-a/1-x/lesson.yaml:8 wrong answers are numbered in order: this is W1 [wrong-in-order]",
      '1-a/1-x/lesson.yaml:8 this step has no check "them"; it has it [wrong-fails-check]',
      "1-a/1-x/text.en.md:3 labels in lesson.yaml: known; here: none [labels-told]",
      "1-a/1-x/text.en.md:7 the text takes 15 lines at 80 columns; 14 are allowed [text-height]",
      "1-a/1-x/text.en.md:41 commands do without pipes and what only some shells know, so that they run in any [plain-commands]",
      "1-a/1-x/text.ja.md:3 labels in lesson.yaml: known; here: none [labels-told]",
      "1-a/1-x/text.ja.md:7 the text takes 15 lines at 80 columns; 14 are allowed [text-height]",
      "1-a/1-x/text.ja.md:39 code blocks of task differ from the English ones [same-code]",
      "1-a/1-x/text.ja.md:43 it has 1 hints, not 3 [three-hints]",
      "manifests/web.yml:1 no lesson uses this manifest [manifest-used]",
      "manifests/web.yml:1 the question lacks Japanese [blank-both-languages]",
      "manifests/web.yml:1 this document lacks apiVersion [manifest-objects]",
    ]);
  });

  it("loads, with an image replaced wherever a manifest names it", async () => {
    const course = await loadCourse(dir, { images: { app: "mirror/echo:2" } });
    expect(course.chapters).toMatchObject([{ id: "a", title: { ja: "あ" }, lessons: [{ id: "a/x" }] }]);
    expect(course.images["app"]).toEqual({ image: "mirror/echo:2" });
    expect(await course.manifest("web.yml")).toBe("image: mirror/echo:2 # blank: which? mirror/echo:2\n");
  });

  it("names lessons that look like a misspelt one, and says where there is no course", async () => {
    const course = await loadCourse(dir);
    expect(course.step("a/x").id).toBe("a/x/one");
    expect(problemOf(() => course.step("a/y"))).toEqual({ code: "unknown-lesson", given: "a/y", near: ["a/x"] });
    await expect(loadCourse(join(dir, "nowhere"))).rejects.toMatchObject({ problem: { code: "course-missing" } });
    await expect(lintCourse(join(dir, "nowhere"))).rejects.toMatchObject({ problem: { code: "course-missing" } });
    await expect(course.manifest("none.yml")).rejects.toMatchObject({ problem: { code: "manifest-missing" } });
  });
});

describe("a new lesson", () => {
  let dir = "";
  beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), "new-"))));
  afterAll(() => rm(dir, { recursive: true }));

  it("comes with a course around it, and lint finds nothing wrong with either", async () => {
    expect(await newLesson(dir, "basics/hello")).toMatchObject({ outcome: "written" });
    expect(await newLesson(dir, "basics/more")).toMatchObject({ outcome: "written" });
    expect(await newLesson(dir, "advanced/third")).toMatchObject({ outcome: "written" });
    const course = await loadCourse(dir);
    expect(course.lessons.map(({ id }) => id)).toEqual(["basics/hello", "basics/more", "advanced/third"]);
    expect(course.chapters.map(({ title }) => title.en)).toEqual(["Basics", "Advanced"]);
    expect(await lintCourse(dir, { codes: checkCodes, facts: factNames })).toEqual([]);
  });

  it("never takes the place of one that is there", async () => {
    expect(await newLesson(dir, "basics/hello")).toEqual({ outcome: "exists", folder: join(dir, "01-basics", "01-hello") });
  });
});
