import type { Builtin } from "./builtins.ts";
import { ShellFault } from "./control.ts";
import type { Interpreter } from "./interpreter.ts";

const LONG_OPTIONS: Record<string, string> = {
  errexit: "e",
  nounset: "u",
  xtrace: "x",
  noglob: "f",
  noexec: "n",
  verbose: "v",
  allexport: "a",
  noclobber: "C",
  pipefail: "pipefail",
};

export const variableBuiltins: Record<string, Builtin> = {
  export: (shell, args) => declare(shell, args, "exported"),
  readonly: (shell, args) => declare(shell, args, "readOnly"),
  async local(shell, args) {
    const scope = shell.state.locals.at(-1);
    if (!scope) throw new ShellFault("local: not in a function");
    for (const arg of args) {
      const { name, value } = assignment(arg);
      const before = shell.state.variables.get(name);
      if (!scope.has(name)) scope.set(name, before);
      shell.state.variables.set(name, { value: value ?? before?.value, exported: before?.exported ?? false, readOnly: false });
    }
    return 0;
  },
  async unset(shell, args) {
    const functions = args[0] === "-f";
    for (const name of args.filter((arg) => !/^-[fv]$/.test(arg))) {
      if (functions) shell.state.functions.delete(name);
      else if (shell.state.variables.get(name)?.readOnly) throw new ShellFault(`${name}: is read only`);
      else shell.state.variables.delete(name);
    }
    return 0;
  },
  async set(shell, args) {
    const { state } = shell;
    if (args.length === 0) {
      const lines = [...state.variables].map(([name, { value }]) => `${name}='${(value ?? "").replaceAll("'", `'"'"'`)}'\n`);
      await shell.write(1, lines.toSorted().join(""));
      return 0;
    }
    const rest = [...args];
    while (rest[0] && /^[-+]./.test(rest[0]) && rest[0] !== "--") {
      const option = rest.shift()!;
      const on = option.startsWith("-");
      const letters = option.slice(1);
      if (letters === "o") {
        const long = LONG_OPTIONS[rest[0] ?? ""];
        if (!long) throw new ShellFault(`set: illegal option ${option} ${rest[0] ?? ""}`.trimEnd());
        setOption(shell, long, on);
        rest.shift();
      } else for (const letter of letters) setOption(shell, letter, on);
    }
    const explicit = rest[0] === "--";
    if (explicit || rest.length) state.positional = explicit ? rest.slice(1) : rest;
    return 0;
  },
  async alias(shell, args) {
    for (const arg of args) {
      const { name, value } = assignment(arg);
      if (value !== undefined) shell.state.aliases.set(name, value);
    }
    const shown = args.length ? [] : [...shell.state.aliases].map(([name, value]) => `${name}='${value}'\n`);
    await shell.write(1, shown.join(""));
    return 0;
  },
  async unalias(shell, args) {
    for (const name of args) shell.state.aliases.delete(name);
    return 0;
  },
  async getopts(shell, [letters = "", name = "", ...args]) {
    const { state } = shell;
    const words = args.length ? args : state.positional;
    const [index, inner] = (state.get("OPTIND") ?? "1").split(":").map(Number) as [number, number | undefined];
    const word = words[index - 1];
    const place = inner ?? 1;
    if (!word || !/^-./.test(word) || word === "--") {
      state.set(name, "?");
      return 1;
    }
    const letter = word[place]!;
    const at = letters.indexOf(letter);
    const takesValue = at >= 0 && letters[at + 1] === ":";
    const tail = word.slice(place + 1);
    if (takesValue) {
      state.set("OPTARG", tail || (words[index] ?? ""));
      state.set("OPTIND", String(index + (tail ? 1 : 2)));
    } else state.set("OPTIND", tail ? `${index}:${place + 1}` : String(index + 1));
    if (at < 0 && !letters.startsWith(":")) await shell.complain(`illegal option -- ${letter}`);
    if (at < 0) state.set("OPTARG", letter);
    state.set(name, at < 0 ? "?" : letter);
    return 0;
  },
};

function setOption(shell: Interpreter, option: string, on: boolean): void {
  if (!Object.values(LONG_OPTIONS).includes(option) && !"hmbi".includes(option))
    throw new ShellFault(`set: illegal option -${option}`);
  if (on) shell.state.options.add(option);
  else shell.state.options.delete(option);
}

async function declare(shell: Interpreter, args: readonly string[], mark: "exported" | "readOnly"): Promise<number> {
  const names = args.filter((arg) => arg !== "-p");
  const { variables } = shell.state;
  if (names.length === 0) {
    const word = mark === "exported" ? "export" : "readonly";
    const marked = [...variables].filter(([, variable]) => variable[mark]);
    await shell.write(
      1,
      marked
        .map(([name, { value }]) => `${word} ${name}='${value ?? ""}'\n`)
        .toSorted()
        .join(""),
    );
    return 0;
  }
  for (const arg of names) {
    const { name, value } = assignment(arg);
    if (!/^[A-Za-z_]\w*$/.test(name))
      throw new ShellFault(`${mark === "exported" ? "export" : "readonly"}: ${name}: bad variable name`);
    if (value !== undefined) shell.state.set(name, value);
    const variable = variables.get(name) ?? { value: undefined, exported: false, readOnly: false };
    variables.set(name, Object.assign(variable, { [mark]: true }));
  }
  return 0;
}

function assignment(arg: string): { name: string; value: string | undefined } {
  const equals = arg.indexOf("=");
  return equals < 0 ? { name: arg, value: undefined } : { name: arg.slice(0, equals), value: arg.slice(equals + 1) };
}
