import { parseError, type QueryError } from "./query-error.ts";

interface Token {
  kind: "identifier" | "metric identifier" | "number" | "string" | "keyword" | "operator" | "aggregation" | "mark" | "end";
  from: number;
  text: string;
  /** What it stands in. */
  inside: "braces" | "brackets" | "parens" | "none";
}

const OPERATORS = new Set(["and", "or", "unless", "atan2"]);
const AGGREGATIONS = new Set(
  "sum avg count min max group stddev stdvar topk bottomk count_values quantile limitk limit_ratio".split(" "),
);
const KEYWORDS = new Set("offset by without on ignoring group_left group_right bool start end".split(" "));
const GROUPING = new Set("by without on ignoring group_left group_right".split(" "));

/**
 * What Prometheus says of a query its grammar does not take (promql/parser/lex.go, the messages of generated_parser.y). `at` is where
 * the grammar stopped.
 */
export function syntaxError(query: string, at: number): QueryError {
  const { tokens, error } = tokenize(query);
  if (tokens.length === 1 && !error) return parseError(query, { from: 0 }, "no expression found in input");
  const index = tokens.findIndex(({ from }) => from >= at);
  const token = tokens[index];
  const called = tokens[index - 1];
  if (token?.text === "(" && called?.kind === "identifier" && called.inside !== "braces")
    return parseError(query, called, `unknown function with name ${JSON.stringify(called.text)}`);
  if (!token || (error && error.from <= token.from))
    return parseError(query, error ?? { from: query.length }, error?.message ?? "unexpected end of input");
  return parseError(query, token, `unexpected ${describe(token)}${expected(tokens, index)}`);
}

function describe({ kind, text }: Token): string {
  const quoted = JSON.stringify(text);
  if (kind === "end") return "end of input";
  if (kind === "keyword") return `<${text}>`;
  if (kind === "operator") return `<op:${text}>`;
  if (kind === "aggregation") return `<aggr:${text}>`;
  if (kind === "mark") return quoted;
  return `${kind} ${text.length > 10 && (kind === "number" || kind === "string") ? `${JSON.stringify(text.slice(0, 10))}...` : quoted}`;
}

/** What the grammar waited for, by what stands before. */
function expected(tokens: readonly Token[], index: number): string {
  const token = tokens[index]!;
  const before = tokens[index - 1];
  const earlier = tokens[index - 2];
  if (before?.text === "offset") return " in offset, expected number or duration";
  if (before?.text === "@") return " in @, expected timestamp";
  if (before && GROUPING.has(before.text) && token.inside !== "braces") return ' in grouping opts, expected "("';
  if (earlier && GROUPING.has(earlier.text) && before?.text === "(") return " in grouping opts, expected label";
  if (token.inside === "braces") {
    if (before?.text === "{" || before?.text === ",") return ' in label matching, expected identifier or "}"';
    if (before?.kind === "identifier") return " in label matching, expected label matching operator";
    return before?.kind === "string" ? ' in label matching, expected "," or "}"' : " in label matching, expected string";
  }
  if (before?.kind === "aggregation") return " in aggregation";
  if (token.inside === "brackets") return ' in subquery or range, expected ":" or "]"';
  return before?.text === ")" && tokens.some(({ kind }) => kind === "aggregation") ? " in aggregation" : "";
}

const TOKEN =
  /(?<space>\s+|#[^\n]*)|(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)|(?<number>0x[0-9a-fA-F]+|(?:\d[\d_]*(?:ms|[ywdhms]))+(?!\w)|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))|(?<word>[A-Za-z_:][A-Za-z0-9_:]*)|(?<mark>==|!=|=~|!~|<=|>=|[-+*/%^=<>(){}[\],@:])/y;

const CLOSERS: Readonly<Record<string, string>> = { "(": ")", "{": "}", "[": "]" };
const PLACES = { "(": "parens", "{": "braces", "[": "brackets" } as const;

/** The tokens before the first fault, and the fault. */
function tokenize(query: string): { tokens: readonly Token[]; error?: { from: number; message: string } } {
  const tokens: Token[] = [];
  const open: ("(" | "{" | "[")[] = [];
  const inside = () => (open.length ? PLACES[open.at(-1)!] : "none");
  const fail = (from: number, message: string) => ({ tokens, error: { from, message } });
  let at = 0;
  while (at < query.length) {
    TOKEN.lastIndex = at;
    const { space, string, number, word, mark } = TOKEN.exec(query)?.groups ?? {};
    const text = space ?? string ?? number ?? word ?? mark;
    if (text === undefined) return fail(at, unknown(query, at, inside()));
    if (mark === ")" && open.at(-1) !== "(") return fail(at + 1, `unexpected right parenthesis ')'`);
    if (mark === "]" && open.at(-1) !== "[") return fail(at, `unexpected right bracket ']'`);
    if (mark === "}" && open.at(-1) !== "{") return fail(at, "unexpected character: '}'");
    if (mark === "{" && inside() === "braces") return fail(at, "unexpected left brace '{'");
    if (mark && mark === CLOSERS[open.at(-1)!]) {
      tokens.push({ kind: "mark", from: at, text, inside: inside() });
      open.pop();
    } else if (!space) tokens.push({ kind: kindOf({ string, number, word, mark }, inside()), from: at, text, inside: inside() });
    if (mark === "(" || mark === "{" || mark === "[") open.push(mark);
    at += text.length;
  }
  const closing = {
    parens: "unclosed left parenthesis",
    brackets: "unclosed left bracket",
    braces: "unexpected end of input inside braces",
  };
  const place = inside();
  if (place === "brackets" && tokens.at(-1)?.text === "[") return fail(at, "unexpected end of input in duration expression");
  if (place !== "none") return fail(at, closing[place]);
  tokens.push({ kind: "end", from: at, text: "", inside: "none" });
  return { tokens };
}

function kindOf(
  { string, number, word }: Partial<Record<"string" | "number" | "word" | "mark", string | undefined>>,
  inside: Token["inside"],
): Token["kind"] {
  if (string !== undefined) return "string";
  if (number !== undefined) return "number";
  if (word === undefined) return "mark";
  if (inside === "braces") return "identifier";
  if (OPERATORS.has(word)) return "operator";
  if (AGGREGATIONS.has(word)) return "aggregation";
  if (KEYWORDS.has(word)) return "keyword";
  return word.includes(":") ? "metric identifier" : "identifier";
}

function unknown(query: string, at: number, inside: Token["inside"]): string {
  const char = query[at]!;
  if (char === '"' || char === "'") return "unterminated quoted string";
  if (char === "`") return "unterminated raw string";
  const [number] = /^[\d.][\w.]*?(?=[^\d]|$)/.exec(query.slice(at)) ?? [];
  if (number) return `bad number or duration syntax: ${JSON.stringify(number)}`;
  if (char === "!") return `unexpected character after '!': '${query[at + 1] ?? ""}'`;
  if (inside === "braces") return `unexpected character inside braces: '${char}'`;
  return inside === "brackets" ? `unexpected character in duration expression: '${char}'` : `unexpected character: '${char}'`;
}
