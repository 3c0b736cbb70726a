import { describe, expect, it } from "vitest";
import { loadCourse } from "../../src/course/course.ts";
import { languages } from "../../src/course/lesson.ts";
import { renderInline, renderMarkdown } from "../../src/ui/markdown.ts";
import { loadTheme, plainTheme } from "../../src/ui/theme.ts";
import { widthOf } from "../../src/ui/width.ts";

const options = { columns: 40, theme: plainTheme, self: "k8s-bootcamp" };
const render = (markdown: string, more: Partial<typeof options> = {}): string =>
  renderMarkdown(markdown, { ...options, ...more });

describe("Markdown in the terminal", () => {
  it("wraps paragraphs and leaves code as it is, indented alike", () => {
    const text =
      "Ask what is there, and wait\nuntil it answers.\n\n```\nkubectl get nodes --output=wide --all-namespaces\n  two\n```";
    expect(render(text)).toBe(
      "Ask what is there, and wait until it\nanswers.\n\n    kubectl get nodes --output=wide --all-namespaces\n      two",
    );
  });

  it("knows lists, with what belongs to an item, quotes, headings and tables", () => {
    expect(render("- one\n  more of it\n- two\n\n  ```\n  code\n  ```\n\n1. first\n2. second")).toBe(
      "- one more of it\n- two\n\n      code\n\n1. first\n2. second",
    );
    expect(render("# Head\n> said by\n> somebody\n\n| a | b |\n|---|---|\n| **1** | `2` |")).toBe(
      "Head\n\n│ said by somebody\n\na   b\n1   `2`",
    );
  });

  it("takes a star for emphasis only where a reader would", () => {
    expect(render("**Remember**: `*.yml`, nodes[*].role and *really* pods[*], a \\* b, [docs](https://x.y)")).toBe(
      "Remember: `*.yml`, nodes[*].role and\nreally pods[*], a * b, docs",
    );
    expect(renderInline("cluster.yml: nodes[*].role is *", { ...options, columns: 80 })).toEqual([
      "cluster.yml: nodes[*].role is *",
    ]);
  });

  it("marks code by colour where there is colour, by its quotes elsewhere", async () => {
    const theme = await loadTheme({ isTTY: true, env: {}, refused: false });
    expect(render("type `ls`", { theme })).toBe("type \u001B[36mls\u001B[39m");
    expect(render("type `ls`")).toBe("type `ls`");
  });

  it("names us as the learner does, in commands alone", () => {
    expect(render("k8s-bootcamp says: `k8s-bootcamp next`, in `./k8s-bootcamp`", { self: "kubectl bootcamp", columns: 80 })).toBe(
      "k8s-bootcamp says: `kubectl bootcamp next`, in `./k8s-bootcamp`",
    );
  });

  it("keeps every lesson inside the terminal, in both languages", async () => {
    const course = await loadCourse(new URL("../../lessons", import.meta.url).pathname);
    const texts = await Promise.all(languages.flatMap((language) => course.lessons.map(({ id }) => course.text(id, language))));
    const lines = texts
      .flatMap(({ steps }) => steps.flatMap(({ text, task, after, hints }) => [text, task, after, ...hints]))
      .flatMap((markdown) => render(markdown, { columns: 60 }).split("\n"));
    // Code and tables are as wide as they are.
    const prose = lines.filter((line) => !line.startsWith("    ") && line.includes(" ") && !/\S {3,}\S/.test(line));
    expect(prose.length).toBeGreaterThan(100);
    expect(prose.filter((line) => widthOf(line) > 60)).toEqual([]);
  });
});
