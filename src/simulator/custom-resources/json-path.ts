type Values = unknown[];
type Step = (values: Values) => Values;

/**
 * A JSONPath of a printer column or selectable field, ready to ask: `.spec.color`, `.status.conditions[?(@.type=="Ready")].status`,
 * `.metadata.labels.app\.kubernetes\.io/name`, `.spec.ports[*].port` (client-go util/jsonpath, as far as columns use it).
 * Returns undefined for a text that is no path.
 */
export function jsonPath(text: string): ((value: unknown) => Values) | undefined {
  const steps: Step[] = [];
  let rest = text.trim();
  while (rest !== "") {
    const parsed = field(rest) ?? subscript(rest);
    if (!parsed) return undefined;
    steps.push(parsed.step);
    rest = rest.slice(parsed.length);
  }
  return (value) => steps.reduce((values, step) => step(values), [value] as Values);
}

interface Parsed {
  step: Step;
  length: number;
}

function field(text: string): Parsed | undefined {
  const match = /^(\.\.?)((?:\\.|[^.[\]\\])*)/.exec(text);
  if (!match) return undefined;
  const [{ length }, dots, name = ""] = match;
  if (name === "") return dots === "." ? { step: (values) => values, length } : undefined;
  const pick = name === "*" ? members : (value: unknown) => member(value, name.replaceAll(/\\(.)/g, "$1"));
  return { step: (values) => (dots === ".." ? values.flatMap(descendants) : values).flatMap(pick), length };
}

function subscript(text: string): Parsed | undefined {
  const filter = /^\[\?\(\s*@((?:\.|\[)[^=!<>)]*?)\s*(?:(==|!=|<=|>=|<|>)\s*("[^"]*"|'[^']*'|[^)]*?)\s*)?\)\]/.exec(text);
  if (filter) {
    const [{ length }, path = "", operator, operand = ""] = filter;
    const read = jsonPath(path);
    return read && { step: (values) => values.flatMap(members).filter(filterOf(read, operator, operand)), length };
  }
  const match = /^\[(?:\*|(-?\d*):(-?\d*)|(-?\d+)|'([^']*)'|"([^"]*)")\]/.exec(text);
  if (!match) return undefined;
  const [{ length }, from, to, index, single, double] = match;
  const name = single ?? double;
  const pick = (value: unknown): Values => {
    if (name !== undefined) return member(value, name);
    if (index !== undefined) return Array.isArray(value) ? (value as unknown[]).slice(Number(index)).slice(0, 1) : [];
    if (from === undefined) return members(value);
    return Array.isArray(value) ? (value as unknown[]).slice(Number(from), to ? Number(to) : undefined) : [];
  };
  return { step: (values) => values.flatMap(pick), length };
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const member = (value: unknown, name: string): Values => (isMap(value) && Object.hasOwn(value, name) ? [value[name]] : []);

const members = (value: unknown): Values =>
  Array.isArray(value) ? (value as unknown[]) : isMap(value) ? Object.values(value) : [];

const descendants = (value: unknown): Values => [value, ...members(value).flatMap(descendants)];

function filterOf(read: (value: unknown) => Values, operator: string | undefined, operand: string) {
  const wanted = /^["']/.test(operand) ? operand.slice(1, -1) : operand;
  return (value: unknown): boolean => {
    const [found] = read(value);
    if (operator === undefined || found === undefined) return found !== undefined;
    const order =
      typeof found === "number"
        ? found - Number(wanted)
        : compare(typeof found === "string" ? found : JSON.stringify(found), wanted);
    switch (operator) {
      case "==":
        return order === 0;
      case "!=":
        return order !== 0;
      case "<":
        return order < 0;
      case "<=":
        return order <= 0;
      case ">":
        return order > 0;
      default:
        return order >= 0;
    }
  };
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
