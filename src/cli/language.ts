import { type Language, languages } from "../course/lesson.ts";
import { nearestOf } from "../course/nearest.ts";
import type { Env } from "../system/paths.ts";
import { UsageError } from "./usage-error.ts";

/** `--lang`, else K8S_BOOTCAMP_LANG, else the locale, else English. Known before arguments are parsed, since errors have words. */
export function chooseLanguage(argv: readonly string[], env: Env): Language {
  const given = flagValue(argv, "--lang") ?? (env["K8S_BOOTCAMP_LANG"] || undefined);
  if (given === undefined) return languageOfLocale(env);
  const language = languages.find((one) => one === given.toLowerCase());
  if (language) return language;
  throw new UsageError({ code: "unknown-language", given, known: languages, near: nearestOf(given, languages) });
}

/** POSIX: the first one set counts, even when we don't speak it. */
function languageOfLocale(env: Env): Language {
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  return languages.find((one) => locale.toLowerCase().startsWith(one)) ?? "en";
}

function flagValue(argv: readonly string[], flag: string): string | undefined {
  const end = argv.indexOf("--");
  const flags = end < 0 ? argv : argv.slice(0, end);
  const at = flags.findLastIndex((word) => word === flag || word.startsWith(`${flag}=`));
  if (at < 0) return undefined;
  return flags[at]!.startsWith(`${flag}=`) ? flags[at]!.slice(flag.length + 1) : flags[at + 1];
}
