import { describe, expect, it } from "vitest";
import { buildProgram } from "../../src/cli/program.ts";
import { commandPath } from "../../src/cli/usage-error.ts";
import { english } from "../../src/ui/messages/en.ts";
import { japanese } from "../../src/ui/messages/ja.ts";
import { plainTheme } from "../../src/ui/theme.ts";
import { memoryDeps } from "../helpers/memory-io.ts";

const voices = [
  { language: "en" as const, messages: english("k8s-bootcamp"), theme: plainTheme },
  { language: "ja" as const, messages: japanese("k8s-bootcamp"), theme: plainTheme },
];

describe.each(voices)("the words in $language", (voice) => {
  const { program } = buildProgram(memoryDeps("/nowhere"), voice);
  const visible = [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)].filter(
    (one) => !one.name().startsWith("_"),
  );

  it("help with every command and every flag, and none that is not there", () => {
    const { commands } = voice.messages.help;
    expect(Object.keys(commands).toSorted()).toEqual(visible.map(commandPath).toSorted());
    const described = visible.map((command) => Object.keys(commands[commandPath(command)]!.flags ?? {}).toSorted());
    expect(described).toEqual(visible.map(({ options }) => options.map(({ long }) => String(long)).toSorted()));
  });

  it("give an example for every command that does something", () => {
    const without = visible.filter(
      (one) => one.commands.length === 0 && voice.messages.help.commands[commandPath(one)]!.examples.length === 0,
    );
    expect(without.map(commandPath)).toEqual([]);
  });

  it("put every command on the first page", () => {
    const named = [...program.helpInformation().matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name);
    expect(named.toSorted((a, b) => a!.localeCompare(b!))).toEqual(
      visible.flatMap((one) => (one.parent === program ? [one.name()] : [])).toSorted((a, b) => a.localeCompare(b)),
    );
  });
});

it("the same examples stand in both languages", () => {
  const [en, ja] = voices.map(({ messages }) =>
    Object.entries(messages.help.commands).map(([name, { examples }]) => [name, examples.map(([, command]) => command)]),
  );
  expect(ja).toEqual(en);
});
