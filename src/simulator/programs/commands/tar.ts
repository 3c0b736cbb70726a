import { command, type Wording } from "./command.ts";
import { textCommand } from "./text-command.ts";

/** tar: just-bash's, which takes the slash off names without a word. */
export const tar = (wording: Wording) => {
  const run = textCommand("tar", wording.translate);
  return command((context, args) => {
    const [mode = "", ...rest] = args;
    const creates = /^-?\w*c/.test(mode);
    if (creates && rest.some((arg) => arg.startsWith("/"))) {
      context.stderr(wording.translate("tar: Removing leading `/' from member names\n"));
    }
    return run(context);
  });
};
