import type { Span } from "./ast.ts";

/** A query that cannot be answered: one that is none, or one that fails over the data (promql/parser/parse.go, promql/engine.go). */
export class QueryError extends Error {
  readonly type: "bad_data" | "execution";

  constructor(type: QueryError["type"], message: string) {
    super(message);
    this.type = type;
  }
}

/** `1:5: parse error: unexpected end of input`; columns count bytes. */
export function parseError(query: string, { from }: Pick<Span, "from">, message: string): QueryError {
  const before = query.slice(0, from);
  const line = before.split("\n").length;
  const column = Buffer.byteLength(before.slice(before.lastIndexOf("\n") + 1)) + 1;
  const where =
    query === "" || (message === "no expression found in input" && query.trim() === "")
      ? "unknown position"
      : `${line}:${column}`;
  return new QueryError("bad_data", `${where}: parse error: ${message}`);
}

/** A failure while a query is evaluated. */
export const executionError = (message: string): QueryError => new QueryError("execution", message);
