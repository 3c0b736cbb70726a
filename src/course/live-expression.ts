/**
 * Values that exist only in a live cluster, written as text in lessons and parsed to data here; src/checks evaluates them.
 *
 *     fact.kubectl.client                          a fact of curriculum 3.2; an argument in brackets: fact.discovery(cronjobs).preferred
 *     ns · images.app · images.app.reply           settings, known without a cluster
 *     Service/kube-dns@kube-system.spec.clusterIP  one object: Kind/name, @namespace if not the course's, a path
 *     pods(app=bootcamp)[0].spec.nodeName          objects by label selector (may be empty), in order of name
 *
 * A path goes on with `.field`, `["any key"]`, `[0]`, `[-1]`, `[*]`, `[field=value]`, `[field!=value]`, `[/regexp/]` (group 1 of the
 * text); right after a list also `[ready]`, `[new]` and `[kept]` (not there, or there, when the step began) and `[current]` (the
 * ReplicaSet of the newest revision).
 */
export type LiveExpression =
  | { source: "setting"; name: string; text: string }
  | { source: "fact"; parts: readonly FactPart[]; text: string }
  | { source: "object"; kind: string; name: string; namespace?: string; path: readonly PathStep[]; text: string }
  | { source: "list"; resource: string; selector: string; namespace?: string; path: readonly PathStep[]; text: string };

export interface FactPart {
  name: string;
  argument?: string;
}

export type PathStep =
  | { step: "field"; name: string }
  | { step: "index"; index: number }
  | { step: "all" }
  | { step: "where"; path: readonly string[]; equal: boolean; value: string }
  | { step: "capture"; pattern: string }
  | { step: "filter"; name: ListFilter };

const listFilters = ["ready", "new", "kept", "current"] as const;
export type ListFilter = (typeof listFilters)[number];

/** Why a text is no expression, and where (0-based offset into it). */
export class LiveExpressionError extends Error {
  override readonly name = "LiveExpressionError";
  readonly offset: number;

  constructor(reason: string, text: string, offset: number) {
    super(`${reason} at position ${offset + 1} of "${text}"`);
    this.offset = offset;
  }
}

/** @throws LiveExpressionError */
export function parseLiveExpression(text: string): LiveExpression {
  const reader = new Reader(text);
  const expression = readSource(reader);
  if (!reader.done) reader.fail("unexpected text");
  return expression;
}

/** A path alone, as checks name fields of a file or an object: `spec.ports[0].port`. @throws LiveExpressionError */
export function parsePath(text: string): PathStep[] {
  return readPath(new Reader(text.startsWith("[") ? text : `.${text}`), false);
}

/** Whether the value is a list even when it has one member. */
export function isManyValued(expression: LiveExpression): boolean {
  if (expression.source === "setting" || expression.source === "fact") return false;
  let many = expression.source === "list";
  for (const step of expression.path) {
    if (step.step === "index") many = false;
    else if (step.step === "all" || step.step === "where") many = true;
    else if (step.step === "filter") many = step.name !== "current";
  }
  return many;
}

function readSource(reader: Reader): LiveExpression {
  const { text } = reader;
  if (/^(ns$|images\.)/.test(text)) return { source: "setting", name: reader.take(/[\w.-]+/y, "a setting"), text };
  if (reader.skip("fact.")) return { source: "fact", parts: readFact(reader), text };
  const word = reader.take(/[A-Za-z]+/y, "fact., Kind/name or resource(selector)");
  if (reader.skip("/")) {
    const name = reader.skip('"') ? reader.takeUntil('"') : reader.take(/[a-z0-9-]+/y, "an object's name");
    return { source: "object", kind: word, name, ...readNamespace(reader), path: readPath(reader, false), text };
  }
  if (reader.skip("(")) {
    const selector = reader.takeBalanced();
    return { source: "list", resource: word, selector, ...readNamespace(reader), path: readPath(reader, true), text };
  }
  return reader.fail("expected / or (");
}

function readFact(reader: Reader): FactPart[] {
  const parts: FactPart[] = [];
  do {
    const name = reader.take(/[A-Za-z][\w-]*/y, "a fact's name");
    parts.push(reader.skip("(") ? { name, argument: reader.takeBalanced() } : { name });
  } while (reader.skip("."));
  return parts;
}

function readNamespace(reader: Reader): { namespace?: string } {
  return reader.skip("@") ? { namespace: reader.take(/[a-z0-9-]+/y, "a namespace") } : {};
}

function readPath(reader: Reader, ofList: boolean): PathStep[] {
  const path: PathStep[] = [];
  while (!reader.done) {
    if (reader.skip(".")) path.push({ step: "field", name: reader.take(/[\w-]+/y, "a field's name") });
    else if (reader.skip("[")) path.push(readBracket(reader, ofList && path.every(({ step }) => step === "filter")));
    else reader.fail("expected . or [");
  }
  return path;
}

function readBracket(reader: Reader, afterList: boolean): PathStep {
  if (reader.skip('"')) {
    const name = reader.takeUntil('"');
    reader.takeUntil("]");
    return { step: "field", name };
  }
  if (reader.skip("/")) return { step: "capture", pattern: reader.takeUntil("/]") };
  const offset = reader.offset;
  const inside = reader.takeUntil("]");
  if (inside === "*") return { step: "all" };
  if (/^-?\d+$/.test(inside)) return { step: "index", index: Number(inside) };
  const where = /^([\w.-]+)(!?=)(.*)$/.exec(inside);
  if (where) return { step: "where", path: where[1]!.split("."), equal: where[2] === "=", value: where[3]! };
  const filter = listFilters.find((name) => name === inside);
  if (filter && afterList) return { step: "filter", name: filter };
  return reader.fail(filter ? `[${filter}] stands right after a list only` : `[${inside}] is no step of a path`, offset);
}

class Reader {
  readonly text: string;
  offset = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.offset === this.text.length;
  }

  skip(literal: string): boolean {
    const there = this.text.startsWith(literal, this.offset);
    if (there) this.offset += literal.length;
    return there;
  }

  /** `pattern` must be sticky. */
  take(pattern: RegExp, what: string): string {
    pattern.lastIndex = this.offset;
    const found = pattern.exec(this.text)?.[0];
    if (!found) return this.fail(`expected ${what}`);
    this.offset += found.length;
    return found;
  }

  takeUntil(end: string): string {
    const at = this.text.indexOf(end, this.offset);
    if (at < 0) return this.fail(`expected ${end}`);
    const found = this.text.slice(this.offset, at);
    this.offset = at + end.length;
    return found;
  }

  /** Up to the bracket that closes the one just read: selectors have brackets of their own. */
  takeBalanced(): string {
    const start = this.offset;
    for (let depth = 1; depth > 0; this.offset++) {
      if (this.done) return this.fail("expected )");
      if (this.text[this.offset] === "(") depth++;
      if (this.text[this.offset] === ")") depth--;
    }
    return this.text.slice(start, this.offset - 1);
  }

  fail(reason: string, offset = this.offset): never {
    throw new LiveExpressionError(reason, this.text, offset);
  }
}
