/**
 * The formats of names, keys and ports, with upstream's texts (k8s.io/apimachinery/pkg/util/validation). Each check returns
 * what is wrong with the value, in upstream's order; an empty list means nothing is.
 */
export type NameCheck = (value: string) => string[];

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const UNDERSCORE_LABEL = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

export const tooManyCharacters = (limit: number): string => `must be no more than ${limit} characters`;
export const outOfRange = (low: number, high: number): string => `must be between ${low} and ${high}, inclusive`;

const regexText = (text: string, regex: string, ...examples: string[]): string => {
  if (examples.length === 0) return `${text} (regex used for validation is '${regex}')`;
  return `${text} (e.g. ${examples.map((example) => `'${example}', `).join(" or ")}regex used for validation is '${regex}')`;
};

/** At most `limit` characters, matching `regex` whole. */
const format = (limit: number, regex: string, text: string, ...examples: string[]): NameCheck => {
  const whole = new RegExp(`^${regex}$`);
  const mismatch = regexText(text, regex, ...examples);
  return (value) => [...(value.length > limit ? [tooManyCharacters(limit)] : []), ...(whole.test(value) ? [] : [mismatch])];
};

export const dns1123Subdomain = format(
  253,
  SUBDOMAIN,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  "example.com",
);

/** What resolv.conf's search list takes. */
export const dns1123SubdomainWithUnderscore = format(
  253,
  `${UNDERSCORE_LABEL}(\\.${UNDERSCORE_LABEL})*`,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
  "example.com",
);

export const wildcardDns1123Subdomain = format(
  253,
  `\\*\\.${SUBDOMAIN}`,
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  "*.example.com",
);

const undottedLabel = format(
  63,
  LABEL,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  "my-name",
  "123-abc",
);
const dotted = new RegExp(`^${LABEL}(\\.${LABEL})+$`);

export const dns1123Label: NameCheck = (value) =>
  dotted.test(value) ? [...(value.length > 63 ? [tooManyCharacters(63)] : []), "must not contain dots"] : undottedLabel(value);

export const dns1035Label = format(
  63,
  "[a-z]([-a-z0-9]*[a-z0-9])?",
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  "my-name",
  "abc-123",
);

const QUALIFIED_TEXT =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const namePart = format(63, QUALIFIED, `name part ${QUALIFIED_TEXT}`, "MyName", "my.name", "123-abc");
const severalSlashes = `a qualified name ${regexText(QUALIFIED_TEXT, QUALIFIED, "MyName", "my.name", "123-abc")} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;

/** A label key, annotation key, condition type…: `name` or `example.com/name`. */
export const qualifiedName: NameCheck = (value) => {
  const parts = value.split("/");
  if (parts.length > 2) return [severalSlashes];
  const name = parts.at(-1) as string;
  const prefix = parts.length === 2 ? (parts[0] as string) : undefined;
  const errors: string[] = [];
  if (prefix === "") errors.push("prefix part must be non-empty");
  else if (prefix) errors.push(...dns1123Subdomain(prefix).map((text) => `prefix part ${text}`));
  if (name === "") errors.push("name part must be non-empty");
  return [...errors, ...namePart(name).map((text) => (text.startsWith("name part") ? text : `name part ${text}`))];
};

export const labelValue = format(
  63,
  `(${QUALIFIED})?`,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  "MyValue",
  "my_value",
  "12345",
);

const configKey = format(
  253,
  "[-._a-zA-Z0-9]+",
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  "key.name",
  "KEY_NAME",
  "key-name",
);

/** A key of a ConfigMap or Secret: also a file name. */
export const configMapKey: NameCheck = (value) => [...configKey(value), ...pathPart(value)];

const pathPart = (value: string): string[] => {
  if (value === "." || value === "..") return [`must not be '${value}'`];
  return value.startsWith("..") ? ["must not start with '..'"] : [];
};

/** Any printable ASCII but `=`: environment variables since 1.32. */
export const envVarName: NameCheck = (value) => [
  ...(value === "" ? ["environment variable name must be non-empty"] : []),
  ...(/^[\x20-\x7e]*$/.test(value) && !value.includes("=")
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]),
];

export const httpHeaderName = format(
  Number.POSITIVE_INFINITY,
  "[-A-Za-z0-9]+",
  "a valid HTTP header must consist of alphanumeric characters or '-'",
  "X-Header-Name",
);

export const percent = format(
  Number.POSITIVE_INFINITY,
  "[0-9]+%",
  "a valid percent string must be a numeric string followed by an ending '%'",
  "1%",
  "93%",
);

/** A port's name (IANA service name): at most 15 characters, at least one letter. */
export const portName: NameCheck = (value) => [
  ...(value.length > 15 ? [tooManyCharacters(15)] : []),
  ...(/^[-a-z0-9]+$/.test(value) ? [] : ["must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"]),
  ...(/[a-z]/.test(value) ? [] : ["must contain at least one letter (a-z)"]),
  ...(value.includes("--") ? ["must not contain consecutive hyphens"] : []),
  ...(/^-|-$/.test(value) ? ["must not begin or end with a hyphen"] : []),
];

export const portNumber = (port: number): string[] => (port >= 1 && port <= 65_535 ? [] : [outOfRange(1, 65_535)]);
