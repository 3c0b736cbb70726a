import type { Messages } from "./en.ts";
import { english } from "./en.ts";
export const japanese = (self: string): Messages => english(self);
