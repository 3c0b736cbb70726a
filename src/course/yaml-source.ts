import { constructFromEvents, type Event, EVENT_ID, getScalarValue, parseEvents, YAMLException } from "js-yaml";

/** Keys and indices from the document's root. */
export type YamlPath = readonly (string | number)[];

/** Lines and columns count from 1. */
export interface Position {
  line: number;
  column: number;
}

export interface YamlDocument {
  value: unknown;
  /** Where a path is written: its key, or its list item; of a path that isn't there, its nearest parent. */
  positionOf(path: YamlPath): Position;
}

/** The text is not YAML. */
export class YamlSyntaxError extends Error {
  override readonly name = "YamlSyntaxError";
  readonly reason: string;
  readonly position: Position;

  constructor(reason: string, position: Position) {
    super(`${reason} (line ${position.line}, column ${position.column})`);
    this.reason = reason;
    this.position = position;
  }
}

/** All documents of a YAML text, each knowing where its parts stand. An empty text has none. @throws YamlSyntaxError */
export function parseYaml(text: string): YamlDocument[] {
  const source = text.replace(/^\uFEFF/, "");
  try {
    const events = parseEvents(source, {});
    const values = constructFromEvents(events, { source });
    const offsets = once(() => offsetsOf(events, source));
    return values.map((value, index) => ({ value, positionOf: (path) => positionAt(source, nearest(offsets()[index]!, path)) }));
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { line = 0, column = 0 } = error.mark ?? {};
    throw new YamlSyntaxError(error.reason, { line: line + 1, column: column + 1 });
  }
}

/** Positions are wanted for faults only. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

type Offsets = ReadonlyMap<string, number>;

interface Open {
  path: YamlPath;
  next: "item" | "key" | "value";
  index: number;
  key: string;
}

function offsetsOf(events: readonly Event[], source: string): Offsets[] {
  const documents: Map<string, number>[] = [];
  const stack: (Open | "document")[] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.POP) stack.pop();
    else if (event.type === EVENT_ID.DOCUMENT) {
      documents.push(new Map());
      stack.push("document");
    } else {
      const path = enter(stack.at(-1), event, source);
      const offset = offsetOf(event);
      const offsets = documents.at(-1)!;
      if (path && offset >= 0 && !offsets.has(key(path))) offsets.set(key(path), offset);
      if (event.type === EVENT_ID.MAPPING) stack.push({ path: path ?? [], next: "key", index: 0, key: "" });
      if (event.type === EVENT_ID.SEQUENCE) stack.push({ path: path ?? [], next: "item", index: 0, key: "" });
    }
  }
  return documents;
}

/** The path of the node that an event begins; moves its parent on. */
function enter(parent: Open | "document" | undefined, event: Event, source: string): YamlPath | undefined {
  if (parent === "document" || !parent) return [];
  if (parent.next === "item") return [...parent.path, parent.index++];
  if (parent.next === "key") {
    parent.key = event.type === EVENT_ID.SCALAR ? getScalarValue(source, event) : "";
    parent.next = "value";
    return [...parent.path, parent.key];
  }
  parent.next = "key";
  return [...parent.path, parent.key];
}

function offsetOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart;
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart;
  return event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE ? event.start : -1;
}

function nearest(offsets: Offsets, path: YamlPath): number {
  for (let length = path.length; length > 0; length--) {
    const offset = offsets.get(key(path.slice(0, length)));
    if (offset !== undefined) return offset;
  }
  return offsets.get(key([])) ?? 0;
}

const key = (path: YamlPath): string => JSON.stringify(path);

function positionAt(source: string, offset: number): Position {
  const before = source.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
