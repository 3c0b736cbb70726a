import type { Command } from "commander";
import { type DataFormat, dataFormats } from "../ui/data.ts";
import { commandPath, UsageError } from "./usage-error.ts";

export interface OutputFlag {
  output?: DataFormat;
}

/** `-o json|yaml`, for commands that have data to give. */
export function withOutputFlag(command: Command): Command {
  return command.option("-o, --output <FORMAT>", "", (given: string): DataFormat => {
    const format = dataFormats.find((one) => one === given);
    if (format) return format;
    throw new UsageError({ code: "flag-value-invalid", flag: "--output", given, known: dataFormats, command: commandPath(command) });
  });
}
