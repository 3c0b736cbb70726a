import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE_PLAIN, YAMLException, type Event } from "js-yaml";

/** A configuration that is none; `message` in Prometheus' words. */
export class ConfigFault extends Error {}

/** A part of a YAML document and the line it begins in. */
export type YamlNode = { line: number } & (
  | { kind: "scalar"; text: string; value: unknown }
  | { kind: "list"; items: readonly YamlNode[] }
  | { kind: "map"; entries: readonly { key: string; line: number; value: YamlNode }[] }
);

/** One YAML document; undefined when it is empty. Throws a ConfigFault in the words of Go's YAML reader. */
export function parseYaml(text: string): YamlNode | undefined {
  let events: Event[];
  try {
    events = parseEvents(text, {});
  } catch (error) {
    throw new ConfigFault(goWords(error));
  }
  const body = events.filter(({ type }) => type !== EVENT_ID.DOCUMENT);
  let at = 0;
  const next = (): YamlNode => {
    const event = body[at++]!;
    const line = lineOf(event, text);
    if (event.type === EVENT_ID.SCALAR) {
      const scalar = getScalarValue(text, event);
      return { kind: "scalar", line, text: scalar, value: event.style === SCALAR_STYLE_PLAIN ? plainValue(scalar) : scalar };
    }
    if (event.type === EVENT_ID.SEQUENCE) {
      const items: YamlNode[] = [];
      while (body[at]!.type !== EVENT_ID.POP) items.push(next());
      at++;
      return { kind: "list", line: items[0]?.line ?? line, items };
    }
    if (event.type === EVENT_ID.MAPPING) {
      const entries: { key: string; line: number; value: YamlNode }[] = [];
      while (body[at]!.type !== EVENT_ID.POP) {
        const key = next();
        entries.push({ key: key.kind === "scalar" ? key.text : "", line: key.line, value: next() });
      }
      at++;
      return { kind: "map", line: entries[0]?.line ?? line, entries };
    }
    throw new ConfigFault("the practice cluster's Prometheus reads no YAML aliases");
  };
  return body.length > 0 && body[0]!.type !== EVENT_ID.POP ? next() : undefined;
}

/** What a plain scalar means: YAML 1.1's words, as Go's reader takes them. */
function plainValue(text: string): unknown {
  if (/^(~|null|Null|NULL|)$/.test(text)) return null;
  if (/^(y|Y|yes|Yes|YES|on|On|ON|true|True|TRUE)$/.test(text)) return true;
  if (/^(n|N|no|No|NO|off|Off|OFF|false|False|FALSE)$/.test(text)) return false;
  return /^[-+]?(\d[\d_]*|0x[\da-fA-F]+|\d*\.\d+|\d+\.\d*)$/.test(text) ? Number(text.replaceAll("_", "")) : text;
}

function lineOf(event: Event, text: string): number {
  const start =
    "valueStart" in event ? event.valueStart : "start" in event ? event.start : "anchorStart" in event ? event.anchorStart : 0;
  return text.slice(0, start).split("\n").length;
}

const WORDS: readonly (readonly [reason: RegExp, words: string])[] = [
  [/tab/i, "found character that cannot start any token"],
  [
    /bad indentation of a mapping|nested mappings|mapping values|document separator/i,
    "mapping values are not allowed in this context",
  ],
  [/bad indentation of a sequence|missed comma|unexpected end of the stream within a flow/i, "did not find expected ',' or ']'"],
  [/can not read a block mapping|implicit mapping/i, "could not find expected ':'"],
  [/end of the stream|double.quoted|single.quoted/i, "found unexpected end of stream"],
  [/duplicated mapping key/i, "mapping key already defined"],
];

function goWords(error: unknown): string {
  if (!(error instanceof YAMLException)) return `yaml: ${(error as Error).message}`;
  const { reason, mark } = error;
  const words = WORDS.find(([pattern]) => pattern.test(reason))?.[1] ?? "did not find expected key";
  return `yaml: line ${(mark?.line ?? 0) + 1}: ${words}`;
}
