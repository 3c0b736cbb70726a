import { delimiter } from "node:path";
import type { Env, Paths } from "./paths.ts";

/** The environment with our own programs on PATH, behind the user's: a kubectl or kind of theirs wins. */
export const withOwnPrograms = (env: Env, { bin }: Pick<Paths, "bin">): Env => withPath(env, [...others(env, bin), bin]);

/** The user's programs alone, in a shell that `env` or `shell` has set, too. */
export const withoutOwnPrograms = (env: Env, { bin }: Pick<Paths, "bin">): Env => withPath(env, others(env, bin));

/** Whether a shell with this environment finds our own programs. */
export const findsOwnPrograms = (env: Env, { bin }: Pick<Paths, "bin">): boolean => foldersOf(env).includes(bin);

const others = (env: Env, bin: string): string[] => foldersOf(env).filter((folder) => folder !== bin);

const withPath = (env: Env, folders: readonly string[]): Env => ({ ...env, [nameOfPath(env)]: folders.join(delimiter) });

const foldersOf = (env: Env): string[] => env[nameOfPath(env)]?.split(delimiter) ?? [];

/** Windows writes the variable's name in its own way. */
const nameOfPath = (env: Env): string => Object.keys(env).find((one) => one.toUpperCase() === "PATH") ?? "PATH";
