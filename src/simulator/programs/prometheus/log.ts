import type { ProgramContext } from "../program.ts";
import { slogLine, type LogLevel, type LogPairs } from "../slog.ts";

const LEVELS: readonly LogLevel[] = ["DEBUG", "INFO", "WARN", "ERROR"];

type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface LogOptions {
  /** The least that is written. */
  level: LogLevel;
  format: "logfmt" | "json";
  /** Prometheus 2 wrote go-kit's format. */
  old: boolean;
}

/** Prometheus' log: `time=… level=INFO source=main.go:711 msg="Starting Prometheus Server" mode=server`. */
export class Log {
  readonly #context: Pick<ProgramContext, "clock" | "stderr">;
  readonly #options: LogOptions;

  constructor(context: Pick<ProgramContext, "clock" | "stderr">, options: LogOptions) {
    this.#context = context;
    this.#options = options;
  }

  debug = (source: string, message: string, fields?: Fields): void => this.#write("DEBUG", source, message, fields);
  info = (source: string, message: string, fields?: Fields): void => this.#write("INFO", source, message, fields);
  warn = (source: string, message: string, fields?: Fields): void => this.#write("WARN", source, message, fields);
  error = (source: string, message: string, fields?: Fields): void => this.#write("ERROR", source, message, fields);

  #write(level: LogLevel, source: string, message: string, fields: Fields = {}): void {
    const { level: least, format, old } = this.#options;
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
    const pairs = Object.entries(fields).filter(([, value]) => value !== undefined) as unknown as LogPairs;
    const line = slogLine(format, this.#context.clock.now(), level, source, message, pairs);
    const goKit = (_: string, time: string) => `ts=${time} caller=${source} level=${level.toLowerCase()}`;
    this.#context.stderr(old && format === "logfmt" ? line.replace(/^time=(\S+) level=\S+ source=\S+/, goKit) : line);
  }
}
