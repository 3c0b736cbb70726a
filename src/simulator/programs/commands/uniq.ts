import { readLine } from "../shell/descriptors.ts";
import { command, fileProblem } from "./command.ts";
import { open } from "./streams.ts";

/** uniq [-cdui] [-f FIELDS] [-s CHARS] [INPUT] */
export const uniq = command(async (context, args) => {
  const rest = [...args];
  const flags = new Set<string>();
  let [fields, chars] = [0, 0];
  let name = "-";
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (!/^-./.test(arg)) name = arg;
    else if (arg.startsWith("-f")) fields = Number(arg.slice(2) || rest.shift());
    else if (arg.startsWith("-s")) chars = Number(arg.slice(2) || rest.shift());
    else for (const letter of arg.slice(1)) flags.add(letter);
  }
  const keyOf = (line: string) => {
    const key = line.replace(new RegExp(`^(?:\\s*\\S+){0,${fields}}`), "").slice(chars);
    return flags.has("i") ? key.toLowerCase() : key;
  };
  const print = (line: string, count: number) => {
    if ((flags.has("d") && count === 1) || (flags.has("u") && count > 1)) return;
    context.stdout(`${flags.has("c") ? `${String(count).padStart(7)} ` : ""}${line}\n`);
  };
  try {
    const input = await open(name, context);
    let last: string | undefined;
    let count = 0;
    for (let line = await readLine(input); line; line = await readLine(input)) {
      if (last !== undefined && keyOf(last) === keyOf(line.text)) count++;
      else {
        if (last !== undefined) print(last, count);
        [last, count] = [line.text, 1];
      }
      await context.drained();
    }
    if (last !== undefined) print(last, count);
    return 0;
  } catch (error) {
    context.stderr(`uniq: ${name}: ${fileProblem(error)}\n`);
    return 1;
  }
});
