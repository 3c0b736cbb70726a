import { Option } from "commander";
import { nearestOf } from "../course/nearest.ts";
import { UsageError } from "./usage-error.ts";

/** A flag whose value is one of a few words. @throws UsageError flag-value-invalid */
export function wordOption<W extends string>(flags: string, known: readonly W[]): Option {
  const option = new Option(flags).choices(known);
  return option.argParser((given): W => oneOf(known, given, option.long ?? flags));
}

export function oneOf<W extends string>(known: readonly W[], given: string, flag: string): W {
  const word = known.find((one) => one === given);
  if (word !== undefined) return word;
  throw new UsageError({ code: "flag-value-invalid", flag, given, known, near: nearestOf(given, known) });
}
