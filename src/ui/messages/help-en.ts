import type { CommandHelp } from "../help.ts";

export const englishHelp = (self: string) => ({
  moreOf: (command: string) => `Use "${command} COMMAND --help" for more about a command.`,
  commands: {
    "": {
      summary: "A tutor for Kubernetes, in your terminal",
      text: "Learn Kubernetes with the real kubectl, on a practice cluster that starts in a second.",
      examples: [
        ["Begin, or go on where you were", self],
        ["Have your work looked at", `${self} verify`],
      ],
      flags: {
        "--lang": "Language: en or ja",
        "--dir": "Your folder for the course's files",
        "--course": "A folder with a course of your own",
        "--image": "Another image in place of one of the course's; may be repeated",
        "--no-color": "No colours; NO_COLOR does the same",
        "--debug": "Print the stack of an error",
        "--version": "Print the version",
      },
    },
    next: {
      summary: "Show the next step and write its files",
      examples: [
        ["Go on where you were", `${self} next`],
        ["Go to a lesson", `${self} next deployments/first`],
      ],
    },
    verify: {
      summary: "Look at your files and the cluster, and mark the step",
      examples: [["Have your work looked at", `${self} verify`]],
    },
    list: { summary: "List all lessons and how far you are", examples: [["What there is, and how far you are", `${self} list`]] },
  } satisfies Record<string, CommandHelp>,
});
