import { describe, expect, it } from "vitest";
import type { CheckResult } from "../../src/checks/result.ts";
import { english } from "../../src/ui/messages/en.ts";
import { japanese } from "../../src/ui/messages/ja.ts";
import { renderStep, type StepView } from "../../src/ui/step-view.ts";
import { plainTheme } from "../../src/ui/theme.ts";
import { renderVerdict, type VerdictView } from "../../src/ui/verdict-view.ts";

const en = { columns: 72, theme: plainTheme, self: "k8s-bootcamp", messages: english("k8s-bootcamp") };
const ja = { ...en, messages: japanese("k8s-bootcamp") };

const step: StepView = {
  chapter: "Run it",
  lesson: "Change the number",
  number: 1,
  of: 3,
  minutes: 2,
  passed: 7,
  steps: 23,
  isOptional: true,
  isPassed: false,
  title: "From two to four",
  text: "You have two Pods running.",
  task: "Which happens?\n\n```\nkubectl get pods\n```",
  options: [
    { id: "A", text: "Two stay, two are new." },
    { id: "B", text: "All four are new ones, which is a long sentence that goes on over the end of its line." },
  ],
  files: [
    { file: "app.yml", outcome: "written", hash: "" },
    { file: "service.yml", outcome: "kept" },
  ],
  worksOnFiles: true,
  folder: "./k8s-bootcamp",
  connect: 'eval "$(k8s-bootcamp env)"',
  next: "k8s-bootcamp verify",
};

describe("a step's page", () => {
  it("says where one is, what to do, what was written, and what to type next", () => {
    expect(renderStep(step, en)).toMatchInlineSnapshot(`
      "Run it › Change the number                step 1 of 3 · optional · 2 min
      From two to four                                    7 of 23 steps passed

      You have two Pods running.

      Task
      Which happens?

          kubectl get pods

        A Two stay, two are new.
        B All four are new ones, which is a long sentence that goes on over
          the end of its line.

      Wrote app.yml into ./k8s-bootcamp
      Kept your service.yml in ./k8s-bootcamp; k8s-bootcamp reset --files
      would write it anew and keep yours as a copy
      To point kubectl in this shell at the course's cluster:
          eval "$(k8s-bootcamp env)"
      Then: k8s-bootcamp verify
      "
    `);
  });

  it("is the same in Japanese", () => {
    const { chapter, lesson } = { chapter: "動かす", lesson: "数を変える" };
    expect(renderStep({ ...step, chapter, lesson, title: "2 つから 4 つへ", options: [], isPassed: true }, ja))
      .toMatchInlineSnapshot(`
        "動かす › 数を変える                           ステップ 1/3 · 任意 · 2 分
        2 つから 4 つへ                           23 ステップ中 7 ステップに合格

        You have two Pods running.

        課題
        Which happens?

            kubectl get pods

        このステップは合格済みです。
        ./k8s-bootcamp に app.yml を書き出しました
        ./k8s-bootcamp の service.yml はあなたが変更したものなので、そのままにし
        ました。k8s-bootcamp reset --files で書き直せます (いまのファイルは控え
        として残ります)
        このシェルの kubectl を講座のクラスターにつなぐには:
            eval "$(k8s-bootcamp env)"
        終わったら: k8s-bootcamp verify
        "
      `);
  });
});

const check = (name: string, more: Partial<CheckResult>): CheckResult => ({
  name,
  passed: true,
  expected: "",
  actual: "",
  why: "",
  try: "",
  fields: {},
  ...more,
});

const verdict: VerdictView = {
  passed: false,
  checks: [
    check("accepted", { expected: "the server accepts app.yml" }),
    check("two", {
      passed: false,
      expected: "2 ready",
      actual: "1 of 2; bootcamp-abc: ImagePullBackOff: Back-off pulling image, which is told at length",
      why: "the image can't be found",
      try: "`kubectl describe pod bootcamp-abc`",
    }),
    check("labels", { passed: false, expected: "not shown", actual: "selector says bootcamp, template says bootcmp" }),
  ],
  after: "**Remember**: it waits.",
  nextTitle: "Watch them",
  isPlacement: false,
  hint: { shown: 0, offered: 2 },
};

describe("a verdict", () => {
  it("shows every check, and of the first failure all there is to know", () => {
    expect(renderVerdict(verdict, en)).toMatchInlineSnapshot(`
      "✓ accepted  the server accepts app.yml
      ✗ two
          expected  2 ready
          actual    1 of 2; bootcamp-abc: ImagePullBackOff: Back-off pulling
                    image, which is told at length
          why       the image can't be found
          try       \`kubectl describe pod bootcamp-abc\`
      ✗ labels    selector says bootcamp, template says bootcmp

      Not yet: 1 of 3 checks pass.
      Stuck? k8s-bootcamp hint
      "
    `);
  });

  it("offers no hint where none is due", () => {
    expect(
      renderVerdict({ ...verdict, hint: { shown: 2, offered: 2 } }, ja)
        .split("\n")
        .at(-2),
    ).toBe("まだです。3 個のチェックのうち 1 個が合格しています。");
  });

  it("ends in what to remember and what comes next", () => {
    const passed = {
      ...verdict,
      passed: true,
      checks: [check("two", { expected: "2 ready", why: "you could also watch:", try: "`kubectl get pods -w`" })],
    };
    expect(renderVerdict(passed, en)).toMatchInlineSnapshot(`
      "✓ two  2 ready
          you could also watch: \`kubectl get pods -w\`

      Passed.

      After
      Remember: it waits.

      Next: k8s-bootcamp next  Watch them
      "
    `);
  });
});
