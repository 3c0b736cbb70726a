import type { UserInfo } from "../user.ts";

/** What a write carries besides the object. */
export interface WriteContext {
  user: UserInfo;
  /** metadata.managedFields' manager. */
  fieldManager: string;
  dryRun: boolean;
  fieldValidation: "Ignore" | "Warn" | "Strict";
  /** A `Warning:` header for the writer. */
  warn(text: string): void;
  /** Made by the simulator's own parts: typed by construction, so unknown fields need not be looked for. */
  trusted: boolean;
}
