import { isMap } from "./json-value.ts";

/** A decoded JSON value as Go's fmt prints it with %v: `map[a:1 b:[x y]]`. Upstream puts whole patches into messages this way. */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goValue).join(" ")}]`;
  if (isMap(value)) {
    const members = Object.keys(value).sort(byCodeUnits);
    return `map[${members.map((key) => `${key}:${goValue(value[key])}`).join(" ")}]`;
  }
  if (typeof value === "number") return goNumber(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The Go type a decoded JSON value has inside an interface{}. */
export function goTypeName(value: unknown): string {
  if (value === null || value === undefined) return "%!s(<nil>)";
  if (Array.isArray(value)) return "[]interface {}";
  if (isMap(value)) return "map[string]interface {}";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return typeof value === "boolean" ? "bool" : "string";
}

/** %#v of a decoded JSON value: strings quoted, types spelled out. */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return "interface {}(nil)";
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(", ")}}`;
  if (isMap(value)) {
    const members = Object.keys(value).sort(byCodeUnits);
    return `map[string]interface {}{${members.map((key) => `${JSON.stringify(key)}:${goSyntax(value[key])}`).join(", ")}}`;
  }
  return typeof value === "string" ? JSON.stringify(value) : goValue(value);
}

/** encoding/json's output: members sorted, `<`, `>` and `&` escaped. */
export function goJson(value: unknown): string {
  const text = JSON.stringify(sortMembers(value));
  return text.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Whole numbers are int64 and print plainly; the others are float64 and print as %v does. */
function goNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (exponent >= -4 && exponent < 21) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}

const sortMembers = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort(byCodeUnits)
      .map((key) => [key, sortMembers(value[key])]),
  );
};
