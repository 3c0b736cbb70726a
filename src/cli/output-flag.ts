import type { Option } from "commander";
import { type DataFormat, dataFormats } from "../ui/data.ts";
import { wordOption } from "./word-option.ts";

export interface OutputFlag {
  output?: DataFormat;
}

/** `-o json|yaml`, for commands that have data to give. */
export const outputOption = (): Option => wordOption("-o, --output <FORMAT>", dataFormats);
