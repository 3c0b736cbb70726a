import type { Env } from "../system/paths.ts";

/** What a piece of text is to the reader; how that looks is decided here alone. */
export interface Theme {
  heading(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
  /** Something to type, or a name from a file. */
  code(text: string): string;
  /** Around code amid words: where there is no colour, it must still be seen where it ends. */
  quote: "`" | "";
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
}

const asIs = (text: string): string => text;
export const plainTheme: Theme = {
  heading: asIs,
  strong: asIs,
  faint: asIs,
  code: asIs,
  quote: "`",
  good: asIs,
  warn: asIs,
  bad: asIs,
};

export interface ColourWish {
  isTTY: boolean;
  env: Env;
  /** `--no-color`. */
  refused: boolean;
}

/** Colours for a terminal that has them, unless `--no-color` or NO_COLOR says otherwise. */
export async function loadTheme(wish: ColourWish): Promise<Theme> {
  if (!wantsColour(wish)) return plainTheme;
  const { Chalk } = await import("chalk");
  const { bold, dim, cyan, green, yellow, red } = new Chalk({ level: 1 });
  return { heading: bold.cyan, strong: bold, faint: dim, code: cyan, quote: "", good: green, warn: yellow, bad: red };
}

function wantsColour({ isTTY, env, refused }: ColourWish): boolean {
  if (refused || env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"] !== undefined) return env["FORCE_COLOR"] !== "0";
  return isTTY && env["TERM"] !== "dumb";
}
