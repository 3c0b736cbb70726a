/** Where a part of the query stands, in characters. */
export interface Span {
  from: number;
  to: number;
}

export type ValueType = "scalar" | "instant vector" | "range vector" | "string";

export interface Matcher {
  name: string;
  op: "=" | "!=" | "=~" | "!~";
  value: string;
  matches(value: string): boolean;
}

/** The `@` modifier: a moment in milliseconds, or an end of the query's range. */
export type At = number | "start" | "end";

interface Shifted {
  /** Milliseconds. */
  offset: number;
  at?: At;
}

export interface NumberLiteral extends Span {
  kind: "number";
  value: number;
}

export interface StringLiteral extends Span {
  kind: "string";
  value: string;
}

export interface Selector extends Span, Shifted {
  kind: "selector";
  /** The name before the braces. */
  metric?: string;
  /** The name's own matcher is the last. */
  matchers: readonly Matcher[];
}

export interface RangeSelector extends Span {
  kind: "range";
  selector: Selector;
  /** Milliseconds. */
  range: number;
}

export interface Subquery extends Span, Shifted {
  kind: "subquery";
  expr: Expr;
  range: number;
  /** Milliseconds; the global evaluation interval where none is given. */
  step?: number;
}

export interface Call extends Span {
  kind: "call";
  name: string;
  args: readonly Expr[];
}

export interface Grouping {
  without: boolean;
  labels: readonly string[];
}

export interface Aggregation extends Span {
  kind: "aggregation";
  op: string;
  grouping: Grouping;
  param?: Expr;
  expr: Expr;
}

export interface Matching {
  card: "one-to-one" | "many-to-one" | "one-to-many" | "many-to-many";
  on: boolean;
  labels: readonly string[];
  /** Labels that the "one" side gives to the result. */
  include: readonly string[];
}

export interface Binary extends Span {
  kind: "binary";
  op: string;
  left: Expr;
  right: Expr;
  bool: boolean;
  matching: Matching;
}

export interface Unary extends Span {
  kind: "unary";
  op: "+" | "-";
  expr: Expr;
}

export interface Paren extends Span {
  kind: "paren";
  expr: Expr;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | Selector
  | RangeSelector
  | Subquery
  | Call
  | Aggregation
  | Binary
  | Unary
  | Paren;

export const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", ">", "<", ">=", "<="]);
export const SET_OPERATORS: ReadonlySet<string> = new Set(["and", "or", "unless"]);

/** What stands inside any number of parentheses. */
export const unwrap = (expr: Expr): Expr => (expr.kind === "paren" ? unwrap(expr.expr) : expr);
