import { command, fileProblem, pathOf, type Wording } from "./command.ts";

/** rm [-rRf] FILE... */
export const rm = (wording: Wording) =>
  command(async (context, args) => {
    const flags = args.filter((arg) => arg.startsWith("-")).join("");
    const force = flags.includes("f");
    let status = 0;
    const complain = (text: string) => {
      context.stderr(wording.translate(`rm: ${text}\n`));
      status = 1;
    };
    for (const name of args.filter((arg) => !arg.startsWith("-"))) {
      const path = pathOf(name, context);
      const stat = await context.files.stat(path, { follow: false });
      if (!stat) {
        if (!force) complain(`cannot remove '${name}': No such file or directory`);
      } else if (stat.kind === "folder" && !/r/i.test(flags)) complain(`cannot remove '${name}': Is a directory`);
      else {
        try {
          await context.files.remove(path);
        } catch (error) {
          complain(`cannot remove '${name}': ${fileProblem(error)}`);
        }
      }
    }
    return status;
  });
