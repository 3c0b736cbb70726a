import type { Event } from "js-yaml";
import { EVENT_ID, getScalarValue, parseEvents } from "js-yaml";

/** An object or list that the scan is inside of. */
interface Frame {
  /** The keys seen so far; undefined in a list. */
  keys: Set<string> | undefined;
  key: string;
  index: number;
}

/**
 * The fields that a JSON text sets twice, as the strict decoder reports them: `duplicate field "spec.replicas"`, in the order of
 * the document, each once. The text must be JSON that parses.
 */
export function findDuplicateFields(text: string): string[] {
  const found = new Set<string>();
  const frames: Frame[] = [];
  let top: Frame | undefined;
  let expectsKey = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        const end = endOfString(text, at);
        if (expectsKey && top?.keys) {
          const raw = text.slice(at + 1, end);
          top.key = raw.includes("\\") ? (JSON.parse(`"${raw}"`) as string) : raw;
          if (top.keys.has(top.key)) found.add(`duplicate field "${path(frames)}"`);
          else top.keys.add(top.key);
          expectsKey = false;
        }
        at = end;
        break;
      }
      case OPEN_OBJECT:
        frames.push((top = { keys: new Set(), key: "", index: 0 }));
        expectsKey = true;
        break;
      case OPEN_LIST:
        frames.push((top = { keys: undefined, key: "", index: 0 }));
        expectsKey = false;
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        frames.pop();
        top = frames.at(-1);
        expectsKey = false;
        break;
      case COMMA:
        if (top) top.index++;
        expectsKey = top?.keys !== undefined;
    }
  }
  return [...found];
}

/**
 * The same for a YAML body. There the server's strict reading gives one message with all of them, in the words of its YAML reader; the
 * text must be one document that parses with `json: true`.
 */
export function findDuplicateKeys(yaml: string): string[] {
  const found: string[] = [];
  const open: { keys: Set<string> | undefined; key?: string | undefined }[] = [];
  for (const event of parseEvents(yaml, {})) {
    if (event.type === EVENT_ID.POP) {
      open.pop();
      continue;
    }
    const around = open.at(-1);
    if (around?.keys) {
      if (around.key === undefined && event.type === EVENT_ID.SCALAR) {
        around.key = getScalarValue(yaml, event);
        continue;
      }
      const key = around.key ?? "";
      if (around.keys.has(key)) found.push(`  line ${lineOf(event, yaml)}: key ${JSON.stringify(key)} already set in map`);
      around.keys.add(key);
      around.key = undefined;
    }
    if (event.type === EVENT_ID.MAPPING) open.push({ keys: new Set() });
    else if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.DOCUMENT) open.push({ keys: undefined });
  }
  return found.length ? [`yaml: unmarshal errors:\n${found.join("\n")}`] : [];
}

function lineOf(event: Event, yaml: string): number {
  const start =
    "valueStart" in event ? event.valueStart : "start" in event ? event.start : "anchorStart" in event ? event.anchorStart : 0;
  return yaml.slice(0, start).split("\n").length;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BACKSLASH = 0x5c;

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
  return slashes % 2 === 1;
}

function path(frames: readonly Frame[]): string {
  let result = "";
  for (const { keys, key, index } of frames) result += keys ? `${result && "."}${key}` : `[${index}]`;
  return result;
}
