import { ShellFault } from "./control.ts";
import type { Evaluation } from "./evaluation.ts";
import { parameterValue } from "./parameters.ts";
import type { Arithmetic } from "./syntax.ts";

type Operator = Extract<Arithmetic, { type: "ArithBinary" }>["operator"];

/** `$((…))`: whole numbers, and the variables it assigns. */
export async function expandArithmetic(node: Arithmetic, shell: Evaluation): Promise<number> {
  switch (node.type) {
    case "ArithNumber":
      return node.value;
    case "ArithVariable":
      return variable(node.name, shell);
    case "ArithSpecialVar":
      return toNumber(parameterValue(node.name, shell.state) ?? "", shell);
    case "ArithGroup":
    case "ArithNested":
      return expandArithmetic(node.expression, shell);
    case "ArithCommandSubst":
      return toNumber((await shell.substitute(shell.parse(node.command))).trim(), shell);
    case "ArithBracedExpansion":
      return toNumber(await substituteBraced(node.content, shell), shell);
    case "ArithTernary": {
      const branch = (await expandArithmetic(node.condition, shell)) ? node.consequent : node.alternate;
      return expandArithmetic(branch, shell);
    }
    case "ArithUnary":
      return unary(node, shell);
    case "ArithBinary":
      return binary(node, shell);
    case "ArithAssignment": {
      const value = await expandArithmetic(node.value, shell);
      const operator = node.operator.slice(0, -1) as Operator | "";
      const result = operator ? calculate(operator, await variable(node.variable, shell), value) : value;
      shell.state.set(node.variable, String(result));
      return result;
    }
    default:
      throw new ShellFault("arithmetic syntax error");
  }
}

/** `${name…}` inside an expression, which the grammar leaves as text. */
async function substituteBraced(content: string, shell: Evaluation): Promise<string> {
  const [statement] = shell.parse(`: \${${content}}`).statements;
  const [command] = statement!.pipelines[0]!.commands;
  return shell.text(command!.type === "SimpleCommand" ? command!.args[0]! : null);
}

const variable = (name: string, shell: Evaluation) => toNumber(parameterValue(name, shell.state) ?? "", shell);

/** A variable may hold an expression itself. */
async function toNumber(text: string, shell: Evaluation): Promise<number> {
  const trimmed = text.trim();
  if (trimmed === "") return 0;
  if (/^[-+]?0[0-7]+$/.test(trimmed)) return Number.parseInt(trimmed, 8);
  if (/^[-+]?(\d+|0x[\da-f]+)$/i.test(trimmed)) return Number(trimmed);
  if (/^[A-Za-z_]\w*$/.test(trimmed)) return variable(trimmed, shell);
  throw new ShellFault("arithmetic syntax error");
}

async function unary(node: Extract<Arithmetic, { type: "ArithUnary" }>, shell: Evaluation): Promise<number> {
  const value = await expandArithmetic(node.operand, shell);
  switch (node.operator) {
    case "-":
      return -value;
    case "+":
      return value;
    case "!":
      return value ? 0 : 1;
    case "~":
      return ~value;
    default: {
      if (node.operand.type !== "ArithVariable") throw new ShellFault("arithmetic syntax error");
      const changed = node.operator === "++" ? value + 1 : value - 1;
      shell.state.set(node.operand.name, String(changed));
      return node.prefix ? changed : value;
    }
  }
}

async function binary(
  { operator, left, right }: Extract<Arithmetic, { type: "ArithBinary" }>,
  shell: Evaluation,
): Promise<number> {
  const first = await expandArithmetic(left, shell);
  if (operator === "&&" && !first) return 0;
  if (operator === "||" && first) return 1;
  return calculate(operator, first, await expandArithmetic(right, shell));
}

function calculate(operator: Operator, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
    case "%":
      if (b === 0) throw new ShellFault("divide by zero");
      return operator === "/" ? Math.trunc(a / b) : a % b;
    case "**":
      return a ** b;
    case "<<":
      return a << b;
    case ">>":
      return a >> b;
    case "&":
      return a & b;
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "<":
      return Number(a < b);
    case "<=":
      return Number(a <= b);
    case ">":
      return Number(a > b);
    case ">=":
      return Number(a >= b);
    case "==":
      return Number(a === b);
    case "!=":
      return Number(a !== b);
    case "&&":
    case "||":
      return Number(Boolean(b));
    case ",":
      return b;
  }
}
