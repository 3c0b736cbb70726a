import { type LiveExpression, parseLiveExpression } from "../course/live-expression.ts";
import { isOfCluster } from "../kube/api-error.ts";
import { answerParts, isSameAnswer } from "./answer.ts";
import { type CheckContext, defineCheck, fail, type Outcome, pass, type Words } from "./check.ts";
import { identify } from "./identify.ts";
import { toText } from "./path.ts";

interface Args {
  value: string;
  /** All values, in any order. */
  set?: boolean;
  /** One of several is enough. */
  any?: boolean;
  tolerance?: number;
  labels?: Readonly<Record<string, Label>>;
}

/** How to recognise a known wrong answer. */
interface Label {
  live?: string;
  text?: string;
  matches?: string;
}

type Code = "no-answer" | "no-value" | "missing" | "too-many" | "wrong";

export const answerEqualsLive = defineCheck({
  type: "answer-equals-live",
  expected: { en: "the value your cluster shows", ja: "あなたのクラスターが表示する値" },
  async run(context, args: Args) {
    const given = context.answer?.trim() ?? "";
    if (!given) return fail("no-answer", { want: secret, got: "" });
    const expression = parseLiveExpression(args.value);
    const wanted = await valuesOf(context, expression);
    const isRight = (part: string): boolean => wanted.some((value) => isSameAnswer(part, value, args.tolerance));
    const parts = args.set || (args.any && !isRight(given)) ? answerParts(given) : [given];
    const outcome = judge(args, parts, wanted, isRight);
    if (outcome.passed) return outcome;
    const known = await knownAs(context, args, given, wanted);
    if (known !== undefined) return { ...outcome, code: "wrong" as const, known };
    if (outcome.code === "no-value")
      return { ...outcome, settling: (await context.live.isComing(expression)) ? "moments" : undefined };
    const odd = parts.find((part) => !isRight(part));
    const what = odd === undefined ? undefined : await identify(odd, context.cluster, context.namespace);
    return what ? { ...outcome, fields: { ...outcome.fields, is: isWords(odd!, what, parts.length > 1) } } : outcome;
  },
  words: {
    "no-answer": {
      actual: { en: "no answer", ja: "答えがありません" },
      why: { en: "this step asks a question", ja: "このステップには質問があります" },
      try: { en: "`k8s-bootcamp verify --answer VALUE`", ja: "`k8s-bootcamp verify --answer 値`" },
    },
    "no-value": {
      actual: {
        en: "nothing in the cluster has the value that is asked for",
        ja: "聞いている値を持つものが、クラスターにまだありません",
      },
      why: { en: "something comes before the question", ja: "答える前にすることが残っています" },
      try: { en: "read the task again", ja: "課題をもう一度読んでください" },
    },
    missing: {
      actual: { en: "{got} of {want}", ja: "{want} 個のうち {got} 個" },
      why: { en: "right so far, but there are more", ja: "ここまでは正解ですが、まだあります" },
      try: { en: "answer with all of them, commas between them", ja: "カンマで区切って、すべて答えてください" },
    },
    "too-many": {
      actual: { en: "{odd} is one too many{is}", ja: "{odd} は余分です{is}" },
      why: { en: "all the right ones are there, and more", ja: "正しいものはすべてありますが、余分なものが混じっています" },
      try: { en: "leave it out", ja: "それを除いて答えてください" },
    },
    wrong: {
      actual: { en: "{given}{is}", ja: "{given}{is}" },
      why: { en: "another column, or another object", ja: "別の列か、別のオブジェクトを読んでいます" },
      try: { en: "`k8s-bootcamp hint` has the command", ja: "コマンドは `k8s-bootcamp hint` で見られます" },
    },
  },
});

/** Never printed before it is right. */
const secret: Words = { en: "the value your cluster shows", ja: "あなたのクラスターが表示する値" };

async function valuesOf({ live }: CheckContext, expression: LiveExpression): Promise<string[]> {
  const value = await live.value(expression);
  return (Array.isArray(value) ? value : [value]).map(toText).filter(Boolean);
}

function judge(
  { set, any }: Args,
  parts: readonly string[],
  wanted: readonly string[],
  isRight: (part: string) => boolean,
): Outcome<Code> {
  const given = parts.join(", ");
  const fields = { want: secret, got: given, given, is: "" };
  if (wanted.length === 0) return fail("no-value", fields);
  const right = parts.filter(isRight);
  if (!set) {
    const enough = any ? right.length === parts.length : isRight(parts[0]!) && wanted.length === 1;
    return enough ? pass({ ...fields, want: given }) : fail("wrong", fields);
  }
  const odd = parts.filter((part) => !isRight(part)).join(", ");
  const counts = { ...fields, want: wanted.length, got: right.length, odd };
  if (right.length < new Set(wanted).size) return odd ? fail("wrong", { ...counts, got: given }) : fail("missing", counts);
  return odd ? fail("too-many", counts) : pass({ ...counts, want: given, got: given });
}

/** The first label that fits the answer; one whose value can't be read, or is right, is passed over. */
async function knownAs(
  context: CheckContext,
  { labels = {}, tolerance }: Args,
  given: string,
  wanted: readonly string[],
): Promise<string | undefined> {
  for (const [name, label] of Object.entries(labels)) {
    if (label.matches !== undefined && new RegExp(label.matches, "i").test(given)) return name;
    const values = label.text !== undefined ? [label.text] : await readable(context, label.live);
    const wrong = values.filter((value) => !wanted.some((right) => isSameAnswer(value, right, tolerance)));
    const isKnown = (part: string): boolean => wrong.some((value) => isSameAnswer(part, value));
    if (isKnown(given) || (values.length > 1 && answerParts(given).every(isKnown))) return name;
  }
  return undefined;
}

async function readable(context: CheckContext, live: string | undefined): Promise<string[]> {
  if (live === undefined) return [];
  try {
    return await valuesOf(context, parseLiveExpression(live));
  } catch (error) {
    if (isOfCluster(error)) return [];
    throw error;
  }
}

const isWords = (odd: string, { en, ja }: Words, several: boolean): Words => ({
  en: `${several ? ` (${odd})` : ""}: that is ${en}`,
  ja: `${several ? `（${odd}）` : ""}: それは ${ja} です`,
});
