import type { Deps } from "./deps.ts";

export const shellNames = ["bash", "zsh", "fish", "powershell"] as const;
export type ShellName = (typeof shellNames)[number];

interface ShellKind {
  /** A line that sets a variable for this shell and what it starts. */
  set(name: string, value: string): string;
  /** A line that puts a folder behind those of a variable as PATH is. */
  append(name: string, folder: string): string;
  /** One word, whatever is in it. */
  quote(text: string): string;
  /** Runs in this shell what a command prints. */
  evaluate(command: string): string;
}

const posixQuote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const fishQuote = (text: string): string => `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
const powershellQuote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const posix: ShellKind = {
  set: (name, value) => `export ${name}=${posixQuote(value)}`,
  append: (name, folder) => `export ${name}="$${name}":${posixQuote(folder)}`,
  quote: posixQuote,
  evaluate: (command) => `eval "$(${command})"`,
};

/** What differs between shells. */
export const shellKinds: Readonly<Record<ShellName, ShellKind>> = {
  bash: posix,
  zsh: posix,
  fish: {
    set: (name, value) => `set -gx ${name} ${fishQuote(value)}`,
    append: (name, folder) => `set -gx ${name} $${name} ${fishQuote(folder)}`,
    quote: fishQuote,
    evaluate: (command) => `${command} | source`,
  },
  powershell: {
    set: (name, value) => `$Env:${name} = ${powershellQuote(value)}`,
    append: (name, folder) => `$Env:${name} += [IO.Path]::PathSeparator + ${powershellQuote(folder)}`,
    quote: powershellQuote,
    evaluate: (command) => `${command} | Out-String | Invoke-Expression`,
  },
};

/** The learner's login shell as far as its name tells; what is none of these speaks as bash does. */
export function shellOf({ env, platform }: Pick<Deps, "env" | "platform">): ShellName {
  const shell = env["SHELL"];
  if (!shell) return platform === "win32" ? "powershell" : "bash";
  const name = shell
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.exe$/, "");
  if (name === "pwsh") return "powershell";
  return shellNames.find((one) => one === name) ?? "bash";
}
