import { defineCheck, pass } from "./check.ts";

/** Only ever adds a remark: what somebody typed decides nothing, and often nobody knows it. */
export const commandUsed = defineCheck({
  type: "command-used",
  expected: { en: "{want}", ja: "{want}" },
  async run({ commands }, { matches }: { matches: string }) {
    const used = commands === undefined || commands.some((command) => new RegExp(matches).test(command));
    const want = { en: "only a suggestion", ja: "ただの提案です" };
    return pass({ want, got: want }, !used);
  },
  words: {},
});
