import type { ContextProblem } from "../../clusters/context-problem.ts";
import type { ProductionSign } from "../../clusters/production-signs.ts";
import type { ProblemTable } from "../problem.ts";
import type { englishContext } from "./context-en.ts";

type ContextTable = Pick<ProblemTable, ContextProblem["code"]>;

export const japaneseContextProblems = (self: string): ContextTable => ({
  "context-unknown": ({ given, files, near }) => ({
    what: `${files.join("、")} に "${given}" というコンテキストはありません`,
    ...(near.length > 0 && { why: `${near.join(" か ")} のことですか` }),
    try: near.length > 0 ? near.map((one) => use(self, one)) : ["kubectl config get-contexts"],
  }),
  "user-kubeconfig-broken": ({ file }) => ({ what: `あなたの kubeconfig ${file} は YAML として読めません` }),
  "context-in-production": ({ context, namespace, signs }) => ({
    what: `"${context}" は、本番で使われているクラスターのように見えます`,
    why: signs.map(({ where, text }) => `${places[where]}が "${text}"`).join("、"),
    try: [`${use(self, context, namespace)} --yes   練習に使ってよいとわかっている場合`],
  }),
  "namespace-wanted": ({ context, suggested }) => ({
    what: `"${context}" のどの namespace で講座を進めますか`,
    why: "講座は 1 つの namespace の中だけで動き、そこを自分のものとして使います",
    try: [use(self, context, suggested)],
  }),
  "namespace-reserved": ({ context, namespace, suggested }) => ({
    what: `借りたクラスターでは、講座は namespace ${namespace} を使いません`,
    why: namespace === "default" ? "誰のものでも置かれる場所です" : "クラスター自身のものです",
    try: [use(self, context, suggested)],
  }),
  "namespace-missing": ({ namespace }) => ({
    what: `namespace ${namespace} はなく、あなたには作れません`,
    why: "足りない権限: create namespaces",
    try: ["クラスターの管理者から namespace をもらい、--namespace で指定してください"],
  }),
  "namespace-going": ({ namespace }) => ({
    what: `namespace ${namespace} は削除の途中です`,
    try: ["消えるのを待って、もう一度実行してください"],
  }),
  "namespace-closed": ({ context, namespace, right }) => ({
    what: `"${context}" の namespace ${namespace} であなたにできることがないか、その namespace がありません`,
    why: `足りない権限: ${right}`,
    try: ["クラスターの管理者から namespace をもらい、--namespace で指定してください"],
  }),
  "namespace-in-use": ({ context, namespace, objects }) => ({
    what: `namespace ${namespace} は使われています: ${some(objects)}`,
    why: "講座はその中に同居することになります。講座が作っていないものには触れません",
    try: [use(self, context, `${namespace}-bootcamp`), `${use(self, context, namespace)} --yes   同居してよい場合`],
  }),
  "namespace-taken": ({ namespace, objects }) => ({
    what: `namespace ${namespace} に、講座が置き換えてしまうものがあります: ${some(objects)}`,
    why: "講座のものと同じ名前かラベルを持ち、講座が作ったものではありません",
    try: ["別の namespace を使うか、自分で削除してください"],
  }),
  "credentials-refused": ({ message }) => ({
    what: `kubeconfig にある資格情報を、クラスターが受け付けません: ${message}`,
    why: "おそらくトークンか証明書の期限が切れています",
    try: ["自分の kubeconfig を更新してください。次のコマンドがそこから読み直します", `${self} cluster use practice`],
  }),
  "cluster-borrowed": ({ context }) => ({
    what: `コンテキスト "${context}" のクラスターは、講座が作ったり止めたりできるものではありません`,
    try: [`${self} cluster use practice`, `${self} reset --cluster   講座のオブジェクトだけを取り除く`],
  }),
});

export const japaneseContext = (self: string): ReturnType<typeof englishContext> => ({
  using: (context, namespace, made) =>
    `講座は "${context}" の namespace ${namespace} で進みます${made ? "（講座が作りました）" : ""}。あなたの kubeconfig は元のままです。`,
  notHere: (count) => `あなたの権限では、ここでできないステップが ${count} 個あります。\`${self} list\` に表示されます。`,
  passedOver: (steps) => `ここではできないので飛ばしました: ${steps}`,
  willEmpty: (namespace) => `namespace ${namespace} にある講座のオブジェクトを削除します。ほかのものには触れません。`,
  willLeave: (namespace, made) =>
    made
      ? `講座が作った namespace ${namespace} を、中のものすべてとともに削除します。`
      : `namespace ${namespace} にある講座のオブジェクトを削除します。ほかのものには触れません。`,
  left: (namespace) => `namespace ${namespace} を離れました。講座は練習用クラスターに戻ります。`,
  looking: (context) => `${context} での権限を確かめています`,
  leaving: (namespace) => `namespace ${namespace} を片付けています`,
});

const use = (self: string, context: string, namespace?: string): string =>
  `${self} cluster use context ${/^[\w@%+=:,./-]+$/.test(context) ? context : `'${context}'`}${namespace === undefined ? "" : ` --namespace ${namespace}`}`;

const places: Readonly<Record<ProductionSign["where"], string>> = {
  context: "名前",
  cluster: "クラスターの名前",
  server: "サーバー",
  namespace: "namespace の名前",
  label: "namespace のラベル",
};

function some(objects: readonly string[]): string {
  const shown = objects.slice(0, 4).join("、");
  return objects.length > 4 ? `${shown}、ほか ${objects.length - 4} 個` : shown;
}
