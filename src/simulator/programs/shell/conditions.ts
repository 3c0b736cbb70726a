import type { FileStat } from "../program.ts";
import { ShellFault } from "./control.ts";
import type { Interpreter } from "./interpreter.ts";
import { matches } from "./patterns.ts";
import type { Condition } from "./syntax.ts";

/** `test` and `[`: 0 true, 1 false. Throws a ShellFault when the expression is none. */
export async function test(args: readonly string[], shell: Interpreter): Promise<number> {
  const parser = new TestExpression(args, shell);
  return (await parser.whole()) ? 0 : 1;
}

/** `[[ … ]]` */
export async function evaluateCondition(node: Condition, shell: Interpreter): Promise<boolean> {
  switch (node.type) {
    case "CondNot":
      return !(await evaluateCondition(node.operand, shell));
    case "CondAnd":
      return (await evaluateCondition(node.left, shell)) && evaluateCondition(node.right, shell);
    case "CondOr":
      return (await evaluateCondition(node.left, shell)) || evaluateCondition(node.right, shell);
    case "CondGroup":
      return evaluateCondition(node.expression, shell);
    case "CondWord":
      return (await shell.text(node.word)) !== "";
    case "CondUnary":
      return unary(node.operator, await shell.text(node.operand), shell);
    case "CondBinary": {
      const left = await shell.text(node.left);
      if (node.operator === "=~") return new RegExp(await shell.text(node.right), "u").test(left);
      if (["=", "==", "!="].includes(node.operator)) {
        return matches(left, await shell.pattern(node.right)) === (node.operator !== "!=");
      }
      return binary(left, node.operator, await shell.text(node.right), shell);
    }
  }
}

const UNARY = new Set([..."bcdefgGhkLnOprsStuwxz"].map((letter) => `-${letter}`));
const BINARY = new Set(["=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"]);

/** The words of `test`, read as POSIX orders them: or, and, not, one. */
class TestExpression {
  readonly #args: readonly string[];
  readonly #shell: Interpreter;
  #at = 0;

  constructor(args: readonly string[], shell: Interpreter) {
    this.#args = args;
    this.#shell = shell;
  }

  async whole(): Promise<boolean> {
    if (this.#args.length === 0) return false;
    const value = await this.#or();
    if (this.#at < this.#args.length) throw new ShellFault(`${this.#args[this.#at]}: unknown operand`);
    return value;
  }

  async #or(): Promise<boolean> {
    let value = await this.#and();
    while (this.#args[this.#at] === "-o") {
      this.#at++;
      value = (await this.#and()) || value;
    }
    return value;
  }

  async #and(): Promise<boolean> {
    let value = await this.#not();
    while (this.#args[this.#at] === "-a") {
      this.#at++;
      value = (await this.#not()) && value;
    }
    return value;
  }

  async #not(): Promise<boolean> {
    if (this.#args[this.#at] === "!" && this.#at + 1 < this.#args.length) {
      this.#at++;
      return !(await this.#not());
    }
    return this.#one();
  }

  async #one(): Promise<boolean> {
    const [first = "", second, third] = this.#args.slice(this.#at);
    if (second !== undefined && third !== undefined && BINARY.has(second)) {
      this.#at += 3;
      return binary(first, second, third, this.#shell);
    }
    if (first === "(" && second !== undefined) {
      this.#at++;
      const value = await this.#or();
      if (this.#args[this.#at++] !== ")") throw new ShellFault("closing paren expected");
      return value;
    }
    if (UNARY.has(first) && second !== undefined) {
      this.#at += 2;
      return unary(first, second, this.#shell);
    }
    if (this.#at >= this.#args.length) throw new ShellFault("argument expected");
    this.#at++;
    return first !== "";
  }
}

async function unary(operator: string, operand: string, shell: Interpreter): Promise<boolean> {
  if (operator === "-n") return operand !== "";
  if (operator === "-z") return operand === "";
  if (operator === "-v") return shell.state.get(operand) !== undefined;
  if (operator === "-t") return shell.context.tty !== undefined && Number(operand) <= 2;
  const link = operator === "-h" || operator === "-L";
  const stat = await shell.context.files.stat(pathOf(operand, shell), { follow: !link });
  if (!stat || operand === "") return false;
  switch (operator) {
    case "-d":
      return stat.kind === "folder";
    case "-f":
      return stat.kind === "file";
    case "-h":
    case "-L":
      return stat.kind === "link";
    case "-c":
      return stat.kind === "device";
    case "-s":
      return stat.size > 0;
    case "-x":
      return (stat.mode & 0o111) !== 0;
    case "-b":
    case "-p":
    case "-S":
    case "-g":
    case "-u":
    case "-k":
      return false;
    default:
      return true;
  }
}

async function binary(left: string, operator: string, right: string, shell: Interpreter): Promise<boolean> {
  switch (operator) {
    case "=":
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case ">":
      return left > right;
    case "-nt":
    case "-ot":
    case "-ef": {
      const stats = await Promise.all([left, right].map((path) => shell.context.files.stat(pathOf(path, shell))));
      return compareFiles(operator, stats[0], stats[1], left === right);
    }
  }
  const [a, b] = [wholeNumber(left), wholeNumber(right)];
  return { "-eq": a === b, "-ne": a !== b, "-lt": a < b, "-le": a <= b, "-gt": a > b, "-ge": a >= b }[operator] ?? false;
}

function compareFiles(operator: string, a: FileStat | undefined, b: FileStat | undefined, same: boolean): boolean {
  if (operator === "-ef") return same && a !== undefined;
  const difference = (a?.mtime ?? -1) - (b?.mtime ?? -1);
  return operator === "-nt" ? difference > 0 : difference < 0;
}

function wholeNumber(text: string): number {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new ShellFault(`${text}: bad number`);
  return Number(text);
}

const pathOf = (name: string, { state }: Interpreter) => (name.startsWith("/") ? name : `${state.workingDir}/${name}`);
