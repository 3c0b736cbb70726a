import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderTable } from "../../src/ui/table.ts";
import { padded, widthOf } from "../../src/ui/width.ts";
import { wrap } from "../../src/ui/wrap.ts";

const plain = (text: string): string => text;
const lines = (text: string, columns: number): string[] => wrap([{ text, style: plain }], { columns });

describe("the width of a text", () => {
  it.each([
    ["", 0],
    ["kubectl", 7],
    ["デプロイ", 8],
    ["Pod を 2 つ", 11],
    ["✓ → … “”", 8],
    ["e\u0301", 1],
    ["a\u200Db", 2],
  ])("counts wide signs twice and joiners not at all: %j is %i columns", (text, columns) => {
    expect(widthOf(text)).toBe(columns);
  });

  it("fills up to columns, not to signs", () => {
    expect(padded("デプロイ", 10)).toBe("デプロイ  ");
    expect(
      renderTable([
        ["名前", "値"],
        ["a", "b"],
      ]),
    ).toBe("名前   値\na      b\n");
  });
});

describe("wrapping", () => {
  it("breaks English at spaces and Japanese anywhere but where it must not", () => {
    expect(lines("one two three", 8)).toEqual(["one two", "three"]);
    expect(lines("これは長い文です。次の文。", 16)).toEqual(["これは長い文で", "す。次の文。"]);
    expect(lines("「ポッド」です", 8)).toEqual(["「ポッ", "ド」です"]);
    expect(lines("サーバーへ", 6)).toEqual(["サー", "バーへ"]);
    expect(lines("Pod、Service。", 6)).toEqual(["Pod、", "Service。"]);
  });

  it("keeps what shall stay whole on one line, and hangs what follows a mark", () => {
    const runs = [
      { text: "type ", style: plain },
      { text: "k8s-bootcamp reset", style: plain, whole: true },
      { text: " now", style: plain },
    ];
    expect(wrap(runs, { columns: 20, first: "- ", rest: "  " })).toEqual(["- type", "  k8s-bootcamp reset", "  now"]);
  });

  it("paints each run on each line, and never the space at the end", () => {
    const runs = [
      { text: "a ", style: plain },
      { text: "bold words", style: (text: string) => `<${text}>` },
    ];
    expect(wrap(runs, { columns: 6 })).toEqual(["a <bold>", "<words>"]);
  });

  it("loses and adds nothing, and no line is longer than it may be or begins with a closing mark", () => {
    const word = fc.constantFrom(
      "Pod",
      "kubectl",
      "a",
      "ノード",
      "を",
      "デプロイメント",
      "README",
      "「名前」",
      "です。",
      "、",
      "サーバー",
    );
    const text = fc.array(fc.tuple(word, fc.constantFrom("", " ")), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(text, fc.integer({ min: 40, max: 90 }), (parts, columns) => {
        const given = parts.flat().join("");
        const wrapped = lines(given, columns);
        expect(wrapped.join("").replaceAll(" ", "")).toBe(given.replaceAll(" ", ""));
        expect(wrapped.filter((line) => widthOf(line) > columns && !/[A-Za-z、]{20,}/.test(line))).toEqual([]);
        expect(wrapped.slice(1).filter((line) => /^[。」ー]/.test(line))).toEqual([]);
      }),
    );
  });
});
