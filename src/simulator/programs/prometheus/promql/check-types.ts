import { COMPARISONS, SET_OPERATORS, type Aggregation, type Binary, type Call, type Expr, type ValueType } from "./ast.ts";
import { parseError } from "./query-error.ts";
import { AGGREGATION_PARAMETERS, SIGNATURES } from "./signatures.ts";
import { METRIC_NAME } from "../labels.ts";

/** Throws a QueryError for an expression that makes no sense (promql/parser/parse.go, checkAST). */
export function checkTypes(expr: Expr, query: string): void {
  new Checker(query).check(expr);
}

export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case "number":
      return "scalar";
    case "string":
      return "string";
    case "selector":
    case "aggregation":
      return "instant vector";
    case "range":
    case "subquery":
      return "range vector";
    case "call":
      return SIGNATURES.get(expr.name)!.returns;
    case "unary":
    case "paren":
      return typeOf(expr.expr);
    case "binary":
      return typeOf(expr.left) === "scalar" && typeOf(expr.right) === "scalar" ? "scalar" : "instant vector";
  }
}

class Checker {
  readonly #query: string;

  constructor(query: string) {
    this.#query = query;
  }

  check(expr: Expr): void {
    const fail = (message: string) => parseError(this.#query, expr, message);
    switch (expr.kind) {
      case "aggregation":
        return this.#aggregation(expr);
      case "binary":
        return this.#binary(expr);
      case "call":
        return this.#call(expr);
      case "paren":
        return this.check(expr.expr);
      case "range":
        return this.check(expr.selector);
      case "subquery": {
        this.check(expr.expr);
        const type = typeOf(expr.expr);
        if (type !== "instant vector")
          throw fail(`subquery is only allowed on instant vector, got ${type === "range vector" ? "matrix" : type} instead`);
        return;
      }
      case "unary": {
        this.check(expr.expr);
        const type = typeOf(expr.expr);
        if (type !== "scalar" && type !== "instant vector")
          throw fail(
            `unary expression only allowed on expressions of type scalar or instant vector, got ${JSON.stringify(type)}`,
          );
        return;
      }
      case "selector": {
        const { metric, matchers } = expr;
        const again = metric !== undefined && matchers.slice(0, -1).find(({ name }) => name === METRIC_NAME);
        if (again) throw fail(`metric name must not be set twice: ${JSON.stringify(metric)} or ${JSON.stringify(again.value)}`);
        if (metric === undefined && matchers.every((one) => one.matches("")))
          throw fail("vector selector must contain at least one non-empty matcher");
      }
    }
  }

  #expect(expr: Expr, wanted: ValueType, context: string): void {
    this.check(expr);
    const type = typeOf(expr);
    if (type !== wanted) throw parseError(this.#query, expr, `expected type ${wanted} in ${context}, got ${type}`);
  }

  #aggregation({ op, expr, param }: Aggregation): void {
    this.#expect(expr, "instant vector", "aggregation expression");
    if (param) this.#expect(param, AGGREGATION_PARAMETERS[op]!, "aggregation parameter");
  }

  #call(call: Call): void {
    const { args, optional, endless } = SIGNATURES.get(call.name)!;
    const { length } = call.args;
    const fail = (how: string, count: number) =>
      parseError(this.#query, call, `expected ${how}${count} argument(s) in call to ${JSON.stringify(call.name)}, got ${length}`);
    if (!optional && length !== args.length) throw fail("", args.length);
    if (length < args.length - optional) throw fail("at least ", args.length - optional);
    if (!endless && length > args.length) throw fail("at most ", args.length);
    for (const [index, arg] of call.args.entries())
      this.#expect(arg, args[index] ?? args.at(-1)!, `call to function ${JSON.stringify(call.name)}`);
  }

  #binary(expr: Binary): void {
    const { op, left, right, bool, matching } = expr;
    this.check(left);
    this.check(right);
    const types = [typeOf(left), typeOf(right)];
    const operator = { from: left.to + /^\s*/.exec(this.#query.slice(left.to))![0].length };
    const fail = (message: string, where: { from: number } = expr) => parseError(this.#query, where, message);
    if (bool && !COMPARISONS.has(op)) throw fail("bool modifier can only be used on comparison operators", operator);
    if (COMPARISONS.has(op) && !bool && types.every((type) => type === "scalar"))
      throw fail("comparisons between scalars must use BOOL modifier", operator);
    const both = matching.on && matching.labels.find((label) => matching.include.includes(label));
    if (both) throw fail(`label ${JSON.stringify(both)} must not occur in ON and GROUP clause at once`, operator);
    for (const [index, side] of [left, right].entries()) {
      if (types[index] !== "scalar" && types[index] !== "instant vector")
        throw fail("binary expression must contain only scalar and instant vector types", side);
    }
    if (types.includes("scalar")) {
      if (matching.labels.length > 0) throw fail("vector matching only allowed between instant vectors");
      if (SET_OPERATORS.has(op)) throw fail(`set operator ${JSON.stringify(op)} not allowed in binary scalar expression`);
    } else if (SET_OPERATORS.has(op) && matching.card !== "many-to-many")
      throw fail(`no grouping allowed for ${JSON.stringify(op)} operation`);
  }
}
