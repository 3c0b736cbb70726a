import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import { anchoredRegExp } from "../go-regexp.ts";
import { METRIC_NAME } from "../labels.ts";
import type { At, Binary, Expr, Grouping, Matcher, Matching, Selector, Subquery } from "./ast.ts";
import { SET_OPERATORS } from "./ast.ts";
import { checkTypes } from "./check-types.ts";
import { parseNumber, unquote } from "./literals.ts";
import { parseError } from "./query-error.ts";
import { EXPERIMENTAL_AGGREGATIONS, EXPERIMENTAL_FUNCTIONS, AGGREGATION_PARAMETERS, SIGNATURES } from "./signatures.ts";
import { syntaxError } from "./syntax-error.ts";

/** A PromQL expression, its types checked. Throws a QueryError with Prometheus' words. */
export function parseQuery(query: string): Expr {
  const tree = parser.parse(query);
  let fault: number | undefined;
  tree.iterate({
    enter(node) {
      if (node.type.isError) fault ??= node.from;
    },
  });
  const root = tree.topNode.firstChild;
  if (fault !== undefined || !root) throw syntaxError(query, fault ?? 0);
  const expr = new Reader(query).expr(root);
  checkTypes(expr, query);
  return expr;
}

/** Selectors as `match[]` gives them. */
export function parseSelector(text: string): Selector {
  const expr = parseQuery(text);
  if (expr.kind !== "selector") throw parseError(text, expr, "unexpected expression, a series selector is wanted");
  return expr;
}

/** Makes a matcher. Throws a RegExpFault. */
function matcher(name: string, op: Matcher["op"], value: string): Matcher {
  if (op === "=") return { name, op, value, matches: (text) => text === value };
  if (op === "!=") return { name, op, value, matches: (text) => text !== value };
  const pattern = anchoredRegExp(value);
  return { name, op, value, matches: (text) => pattern.test(text) === (op === "=~") };
}

class Reader {
  readonly #query: string;

  constructor(query: string) {
    this.#query = query;
  }

  expr(node: SyntaxNode): Expr {
    const { from, to, name } = node;
    const span = { from, to };
    switch (name) {
      case "NumberDurationLiteral":
        return { kind: "number", value: this.#number(node), ...span };
      case "StringLiteral":
        return { kind: "string", value: this.#string(node), ...span };
      case "ParenExpr":
        return { kind: "paren", expr: this.#child(node), ...span };
      case "UnaryExpr": {
        const op = this.#text(node.getChild("UnaryOp")!) as "+" | "-";
        return { kind: "unary", op, expr: this.#child(node), ...span };
      }
      case "VectorSelector":
        return this.#selector(node);
      case "MatrixSelector":
        return this.#range(node);
      case "SubqueryExpr": {
        const [range, step] = node.getChildren("DurationExpr").map((one) => this.#duration(one));
        return this.#atEnd(this.#child(node), (inner) => ({
          kind: "subquery",
          expr: inner,
          range: range!,
          offset: 0,
          from: inner.from,
          to,
          ...(step !== undefined && { step }),
        }));
      }
      case "OffsetExpr":
        return this.#shift(node, { offset: this.#duration(node.getChild("OffsetDurationExpr")!) });
      case "StepInvariantExpr":
        return this.#shift(node, { at: this.#at(node) });
      case "FunctionCall":
        return this.#call(node);
      case "AggregateExpr":
        return this.#aggregation(node);
      case "BinaryExpr":
        return this.#binary(node);
      default:
        throw parseError(this.#query, node, `${this.#text(node)}: the practice cluster's Prometheus does not know this syntax`);
    }
  }

  #text = ({ from, to }: SyntaxNode) => this.#query.slice(from, to);

  #child = (node: SyntaxNode): Expr => this.expr(node.getChild("Expr")!);

  #number(node: SyntaxNode): number {
    const text = this.#text(node);
    const value = parseNumber(text.replace(/^([-+])\s+/, "$1"));
    if (Number.isNaN(value) && !/^[-+]?nan$/i.test(text))
      throw parseError(this.#query, node, `bad number or duration syntax: ${JSON.stringify(text)}`);
    return value;
  }

  #string(node: SyntaxNode): string {
    const literal = this.#text(node);
    const text = literal.length > 1 && literal.endsWith(literal[0]!) ? unquote(literal) : undefined;
    if (text === undefined) throw parseError(this.#query, node, "unterminated quoted string");
    return text;
  }

  /** Milliseconds of a plain duration; expressions of them are experimental. */
  #duration(node: SyntaxNode): number {
    const inner = node.firstChild;
    if (inner?.name === "UnaryOp") return (this.#text(inner) === "-" ? -1 : 1) * this.#duration(inner.nextSibling!);
    if (inner?.name !== "NumberDurationLiteralInDurationContext")
      throw parseError(this.#query, node, "experimental duration expression is not enabled");
    const seconds = this.#number(inner);
    if (node.name === "DurationExpr" && seconds <= 0) throw parseError(this.#query, node, "duration must be greater than 0");
    return Math.round(seconds * 1000);
  }

  #selector(node: SyntaxNode): Selector {
    const matchers: Matcher[] = [];
    const add = (at: SyntaxNode, name: string, op: Matcher["op"], value: string) => {
      try {
        matchers.push(matcher(name, op, value));
      } catch (error) {
        throw parseError(this.#query, at, (error as Error).message);
      }
    };
    for (let part = node.getChild("LabelMatchers")?.firstChild; part; part = part.nextSibling) {
      if (part.name === "QuotedLabelName") add(part, METRIC_NAME, "=", this.#string(part.firstChild!));
      else {
        const quoted = part.getChild("QuotedLabelName");
        const name = quoted ? this.#string(quoted.firstChild!) : this.#text(part.getChild("LabelName")!);
        add(part, name, this.#text(part.getChild("MatchOp")!) as Matcher["op"], this.#string(part.getChild("StringLiteral")!));
      }
    }
    const identifier = node.getChild("Identifier");
    const metric = identifier && this.#text(identifier);
    if (metric) matchers.push(matcher(METRIC_NAME, "=", metric));
    return { kind: "selector", ...(metric && { metric }), matchers, offset: 0, from: node.from, to: node.to };
  }

  #range(node: SyntaxNode): Expr {
    const range = this.#duration(node.getChild("DurationExpr")!);
    return this.#atEnd(this.#child(node), (selector) => {
      const fail = (message: string) => parseError(this.#query, { from: selector.from }, message);
      if (selector.kind !== "selector") throw fail("ranges only allowed for vector selectors");
      if (selector.offset !== 0) throw fail("no offset modifiers allowed before range");
      if (selector.at !== undefined) throw fail("no @ modifiers allowed before range");
      return { kind: "range", selector, range, from: selector.from, to: node.to };
    });
  }

  /** An expression with `offset` or `@` set. */
  #shift(node: SyntaxNode, change: { offset: number } | { at: At }): Expr {
    const fail = (expr: Expr, message: string) => parseError(this.#query, expr, message);
    const set = <T extends Selector | Subquery>(target: T, whole: Expr): T => {
      if ("at" in change ? target.at !== undefined : target.offset !== 0)
        throw fail(whole, `${"at" in change ? "@ <timestamp>" : "offset"} may not be set multiple times`);
      return { ...target, ...change, to: node.to };
    };
    return this.#atEnd(this.#child(node), (expr) => {
      if (expr.kind === "selector" || expr.kind === "subquery") return set(expr, expr);
      if (expr.kind === "range") return { ...expr, selector: set(expr.selector, expr), to: node.to };
      throw fail(
        expr,
        `${"at" in change ? "@" : "offset"} modifier must be preceded by an instant vector selector or range vector selector or a subquery`,
      );
    });
  }

  /** The grammar lets what follows an expression belong to all of it; by precedence it belongs to its last operand. */
  #atEnd(expr: Expr, change: (last: Expr) => Expr): Expr {
    if (expr.kind === "binary") {
      const right = this.#atEnd(expr.right, change);
      return { ...expr, right, to: right.to };
    }
    if (expr.kind === "unary") {
      const inner = this.#atEnd(expr.expr, change);
      return { ...expr, expr: inner, to: inner.to };
    }
    return change(expr);
  }

  #at(node: SyntaxNode): At {
    const end = node.getChild("AtModifierPreprocessors");
    if (end) return this.#text(end).startsWith("start") ? "start" : "end";
    const literal = node.getChildren("NumberDurationLiteral").at(-1)!;
    const seconds = this.#number(literal);
    if (!Number.isFinite(seconds)) throw parseError(this.#query, node, `timestamp out of bounds for @ modifier: ${seconds}`);
    return Math.round(seconds * 1000);
  }

  #arguments(node: SyntaxNode): Expr[] {
    return node
      .getChild("FunctionCallBody")!
      .getChildren("Expr")
      .map((one) => this.expr(one));
  }

  #call(node: SyntaxNode): Expr {
    const name = this.#text(node.getChild("FunctionIdentifier")!);
    if (EXPERIMENTAL_FUNCTIONS.has(name)) throw parseError(this.#query, node, `function ${JSON.stringify(name)} is not enabled`);
    if (!SIGNATURES.has(name)) throw parseError(this.#query, node, `unknown function with name ${JSON.stringify(name)}`);
    return { kind: "call", name, args: this.#arguments(node), from: node.from, to: node.to };
  }

  #aggregation(node: SyntaxNode): Expr {
    const op = this.#text(node.getChild("AggregateOp")!).toLowerCase();
    const args = this.#arguments(node);
    const fail = (message: string) => parseError(this.#query, node, message);
    if (args.length === 0) throw fail("no arguments for aggregate expression provided");
    if (EXPERIMENTAL_AGGREGATIONS.has(op))
      throw fail(`${op}() is experimental and must be enabled with --enable-feature=promql-experimental-functions`);
    const wanted = op in AGGREGATION_PARAMETERS ? 2 : 1;
    if (args.length !== wanted)
      throw fail(`wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`);
    const modifier = node.getChild("AggregateModifier");
    const grouping: Grouping = {
      without: modifier?.getChild("Without") !== null && modifier !== null,
      labels: modifier ? this.#labels(modifier.getChild("GroupingLabels")!) : [],
    };
    return {
      kind: "aggregation",
      op,
      grouping,
      ...(wanted === 2 && { param: args[0]! }),
      expr: args.at(-1)!,
      from: node.from,
      to: node.to,
    };
  }

  #labels = (node: SyntaxNode): string[] => {
    const names: string[] = [];
    for (let one = node.firstChild; one; one = one.nextSibling)
      names.push(one.name === "LabelName" ? this.#text(one) : this.#string(one.firstChild!));
    return names;
  };

  #binary(node: SyntaxNode): Expr {
    const [first, second] = node.getChildren("Expr");
    const fill = node.getChild("FillModifier");
    if (fill) throw parseError(this.#query, fill, "the practice cluster's Prometheus does not know fill modifiers");
    const operator = first!.nextSibling!;
    const op = this.#text(operator).toLowerCase();
    const matching = this.#matching(node.getChild("MatchingModifierClause"), op);
    const base = { kind: "binary", op, bool: node.getChild("BoolModifier") !== null, matching, to: node.to } as const;
    const left = this.expr(first!);
    const right = this.expr(second!);
    // The grammar takes a sign into a number; by precedence it stands before the whole power.
    const sign = op === "^" && left.kind === "number" && /^[-+]/.exec(this.#text(first!))?.[0];
    if (!sign) return { ...base, left, right, from: node.from };
    const bare = { ...left, value: sign === "-" ? -left.value : left.value, from: left.from + 1 };
    const power: Binary = { ...base, left: bare, right, from: bare.from };
    return { kind: "unary", op: sign as "+" | "-", expr: power, from: node.from, to: node.to };
  }

  #matching(node: SyntaxNode | null, op: string): Matching {
    const [labels, include] = node?.getChildren("GroupingLabels").map((one) => this.#labels(one)) ?? [];
    const card = node?.getChild("GroupLeft") ? "many-to-one" : node?.getChild("GroupRight") ? "one-to-many" : undefined;
    return {
      card: card ?? (SET_OPERATORS.has(op) ? "many-to-many" : "one-to-one"),
      on: node?.getChild("On") !== null && node !== null,
      labels: labels ?? [],
      include: include ?? [],
    };
  }
}
