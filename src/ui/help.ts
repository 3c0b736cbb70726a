/** Words of a command's help. Examples are a comment and a command line each, as kubectl has them. */
export interface CommandHelp {
  summary: string;
  text?: string;
  examples?: readonly (readonly [comment: string, command: string])[];
  /** By long flag. */
  flags?: Readonly<Record<string, string>>;
  arguments?: Readonly<Record<string, string>>;
}
