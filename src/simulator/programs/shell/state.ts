import type { Compound } from "./syntax.ts";

export interface Variable {
  value: string | undefined;
  exported: boolean;
  readOnly: boolean;
}

export interface Job {
  pid: number;
  text: string;
  /** Undefined while it runs. */
  status?: number;
  exited: Promise<number>;
}

/** Whose habits and words a shell has: busybox' ash, Debian's dash, or bash. */
export type Dialect = "ash" | "dash" | "bash";

/** What a subshell copies from its parent. */
export class ShellState {
  readonly dialect: Dialect;
  readonly variables: Map<string, Variable>;
  readonly functions: Map<string, Compound<"FunctionDef">>;
  readonly aliases: Map<string, string>;
  readonly options: Set<string>;
  /** By signal name or EXIT; empty text ignores. */
  readonly traps: Map<string, string>;
  jobs: readonly Job[] = [];
  /** Per running function, the variables it made local, as they were. */
  readonly locals: Map<string, Variable | undefined>[] = [];
  name: string;
  positional: readonly string[];
  workingDir: string;
  /** `$$`, which subshells keep. */
  pid: number;
  /** `$!` */
  lastJob: number | undefined;
  /** `$?` */
  status = 0;
  line = 0;
  /** How many loops the shell is in. */
  loops = 0;

  constructor(from: Pick<ShellState, "dialect" | "name" | "positional" | "workingDir" | "pid"> & Partial<ShellState>) {
    this.dialect = from.dialect;
    this.name = from.name;
    this.positional = from.positional;
    this.workingDir = from.workingDir;
    this.pid = from.pid;
    this.lastJob = from.lastJob;
    this.status = from.status ?? 0;
    this.variables = new Map([...(from.variables ?? [])].map(([name, variable]) => [name, { ...variable }]));
    this.functions = new Map(from.functions);
    this.aliases = new Map(from.aliases);
    this.options = new Set(from.options);
    // A subshell keeps ignoring what its parent ignores, and forgets its other traps.
    this.traps = new Map([...(from.traps ?? [])].filter(([, text]) => text === ""));
    this.locals = (from.locals ?? []).map((scope) => new Map(scope));
  }

  get(name: string): string | undefined {
    return this.variables.get(name)?.value;
  }

  /** Throws a ReadOnlyFault. */
  set(name: string, value: string): void {
    const variable = this.variables.get(name);
    if (variable?.readOnly) throw new ReadOnlyFault(name);
    if (variable) variable.value = value;
    else this.variables.set(name, { value, exported: this.options.has("a"), readOnly: false });
  }

  /** The environment of a child. */
  exported(): Record<string, string> {
    const env: Record<string, string> = {};
    for (const [name, { value, exported }] of this.variables) if (exported && value !== undefined) env[name] = value;
    return env;
  }
}

export class ReadOnlyFault extends Error {
  constructor(name: string) {
    super(`${name}: is read only`);
  }
}
