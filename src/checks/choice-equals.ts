import { defineCheck, fail, pass } from "./check.ts";

export const choiceEquals = defineCheck({
  type: "choice-equals",
  expected: { en: "the right one of {options}", ja: "{options} のうち正しいもの" },
  async run({ answer, options }, { option }: { option: string }) {
    const got = answer?.trim().toUpperCase() ?? "";
    const fields = { want: options.join(", "), got, options: options.join(", ") };
    if (!got) return fail("no-answer", fields);
    if (!options.includes(got)) return fail("no-option", fields);
    return got === option ? pass(fields) : fail("wrong", fields, { known: got });
  },
  words: {
    "no-answer": {
      actual: { en: "no answer", ja: "答えがありません" },
      why: { en: "the step asks before you look", ja: "このステップは、見る前に予想してもらいます" },
      try: {
        en: "`k8s-bootcamp verify --answer A`, or another letter",
        ja: "`k8s-bootcamp verify --answer A` のように、記号で答えてください",
      },
    },
    "no-option": {
      actual: { en: "{got} is none of {options}", ja: "{got} は {options} のどれでもありません" },
      try: { en: "answer with one letter", ja: "記号を 1 つ答えてください" },
    },
    wrong: {
      actual: { en: "{got}", ja: "{got}" },
      try: { en: "choose again", ja: "もう一度選んでください" },
    },
  },
});
