import type { ProblemTable, ToolProblem } from "../problem.ts";
import { japaneseContextProblems } from "./context-ja.ts";
import { japaneseKindProblems } from "./kind-ja.ts";

export const japaneseProblems = (self: string): ProblemTable => ({
  ...japaneseContextProblems(self),
  ...japaneseKindProblems(self),
  "unknown-language": ({ given, known }) => ({
    what: `"${given}" という言語はありません`,
    why: `使えるのは ${known.join(" と ")} です`,
    try: [`${self} --lang ${known[0]}`],
  }),
  "unknown-command": ({ given, command, near }) => ({
    what: `"${[self, command].filter(Boolean).join(" ")}" に "${given}" というコマンドはありません`,
    try: near.length > 0 ? near.map((one) => [self, command, one].filter(Boolean).join(" ")) : [helpFor(self, command)],
  }),
  "unknown-flag": ({ given, command, near }) => ({
    what: `${given} というフラグはありません`,
    ...(near.length > 0 && { why: `${near.join(" または ")} のことですか` }),
    try: [helpFor(self, command)],
  }),
  "flag-needs-value": ({ flag, command }) => ({ what: `${flag} には値が必要です`, try: [helpFor(self, command)] }),
  "flag-value-invalid": ({ flag, given, known, near }) => ({
    what: `${flag} に "${given}" は使えません`,
    why: `使えるのは ${known.join("、")} です${near[0] ? `。${near[0]} のことですか` : ""}`,
  }),
  "argument-missing": ({ argument, command }) => ({ what: `${argument} がありません`, try: [helpFor(self, command)] }),
  "argument-unexpected": ({ given, command }) => ({
    what: `"${self} ${command}" に "${given}" は余分です`,
    try: [helpFor(self, command)],
  }),
  "answer-missing": ({ wanted, options }) => ({
    what: "このステップは質問をしますが、答えを入力する端末がありません",
    try: [`${self} verify --answer ${wanted === "option" ? options.join("|") : wanted === "list" ? "VALUE,VALUE" : "VALUE"}`],
  }),
  "yes-missing": ({ command }) => ({
    what: "実行してよいかを確かめる端末がありません",
    try: [`${self} ${command} --yes`],
  }),
  "nothing-to-apply": () => ({ what: "このステップに適用するマニフェストはありません", try: [`${self} apply -f FILE`] }),
  "step-not-begun": ({ step }) => ({ what: `${step} はまだ始めていません`, try: [`${self} next ${step}`] }),
  "unknown-lesson": ({ given, near }) => ({
    what: `"${given}" というレッスンやステップはありません`,
    try: near.length > 0 ? near.map((one) => `${self} next ${one}`) : [`${self} list`],
  }),
  "nothing-to-skip": ({ lesson }) => ({
    what: `レッスン ${lesson} には、全体の代わりになるステップがないので飛ばせません`,
    try: [`${self} next ${lesson}`],
  }),

  "course-missing": ({ dir }) => ({ what: `${dir} に講座がありません`, why: "講座は course.yaml のあるフォルダーです" }),
  "course-newer": ({ file, format }) => ({
    what: `${file}:1: 形式 ${String(format)} は、このバージョンより新しいものです`,
    try: ["npm install --global k8s-bootcamp@latest"],
  }),
  "lesson-invalid": ({ faults: [first, ...more] }) => ({
    what: `${first.file}:${first.line}:${first.column}: ${first.what}`,
    ...(more.length > 0 && { why: `ほかに ${more.length} 個あります` }),
    try: [`${self} course lint`],
  }),
  "text-missing": ({ lesson, language, file }) => ({
    what: `${file}:1: レッスン ${lesson} に言語 ${language} の文章がありません`,
  }),
  "manifest-missing": ({ manifest, file }) => ({ what: `${file}:1: レッスンが使うマニフェスト ${manifest} がありません` }),
  "edit-finds-nothing": ({ file, from }) => ({
    what: `${file}:1: 置き換えるはずの "${from}" が見つかりません`,
    try: [`${self} reset --files`],
  }),

  "progress-newer": ({ file, format }) => ({
    what: `${file} は、より新しいバージョンが書いたものです (形式 ${format})`,
    try: ["npm install --global k8s-bootcamp@latest", `${self} reset --progress`],
  }),
  "progress-locked": ({ file, pid }) => ({
    what: `ほかのコマンドが実行中です (プロセス ${pid})`,
    why: `${file} を使っています`,
    try: ["終わるのを待って、もう一度実行してください"],
  }),
  "workspace-missing": ({ dir }) => ({
    what: `フォルダー ${dir} がなくなっています`,
    try: [`${self} next --dir ${dir}`, `${self} next --dir ./k8s-bootcamp`],
  }),
  "workspace-unset": () => ({ what: "講座のファイルを置くフォルダーがまだありません", try: [`${self} next`] }),
  "file-unreadable": ({ file, reason }) => ({ what: `${file} を読めません`, why: systemReason(reason) }),
  "file-unwritable": ({ file, reason }) => ({
    what: `${file} に書き込めません`,
    why: systemReason(reason),
    try: [`${self} doctor`],
  }),

  "break-failed": ({ command, said }) => ({
    what: `ステップの準備ができませんでした: ${command}`,
    ...(said && { why: said }),
    try: [`${self} doctor`, `${self} reset`],
  }),
  "tool-unpublished": ({ tool, platform }) => ({
    what: `${platform} 用の ${tool} は公開されていません`,
    try: [`お使いのシステムの方法で ${tool} を入れて、PATH に置いてください`],
  }),
  "tool-not-fetched": ({ tool, version, failure, proxy, byHand, again }) => ({
    what: `${tool} ${version} を入手できず、何もインストールしていません`,
    why:
      downloadReason(failure) +
      (failure.why === "unreachable" && proxy
        ? `。${proxy} が設定されていますが、このコマンドはプロキシを使いません (curl は使います)`
        : ""),
    try: [
      ...(failure.why === "unwritable" ? [`${self} doctor`] : []),
      `${self} ${again}${failure.why === "broken-off" ? "   続きから再開します" : ""}`,
      ...(failure.why === "wrong-checksum" ? [] : [["または手作業で:", ...byHand].join("\n      ")]),
    ],
  }),

  busy: ({ pid }) => ({
    what: `ほかのコマンドが実行中です (プロセス ${pid})`,
    try: ["終わるのを待って、もう一度実行してください"],
  }),
  "state-unwritable": ({ folder, reason }) => ({
    what: `記録を置くフォルダー ${folder} に書き込めません`,
    why: systemReason(reason),
    try: [`${self} doctor`, "K8S_BOOTCAMP_HOME=フォルダー で別の場所に置けます"],
  }),
  "cluster-absent": () => ({ what: "クラスターがまだありません", try: [`${self} next`] }),
  "cluster-exists": () => ({
    what: "クラスターがすでにあります",
    why: "新しく作ると置き換わり、中のものはすべて失われます",
    try: [`${self} cluster create --recreate`],
  }),
  "cluster-start-failed": ({ log, lastLine }) => ({
    what: "練習用クラスターが起動しませんでした",
    ...(lastLine && { why: lastLine }),
    try: [`${self} doctor`, `${self} reset --cluster`, `${log} を読む`],
  }),
  "cluster-start-slow": ({ log, seconds }) => ({
    what: `練習用クラスターが ${seconds} 秒たっても応答しません`,
    try: ["もう一度実行してください", `${self} doctor`, `${log} を読む`],
  }),
  "cluster-unreachable": ({ server, reason }) => ({
    what: `${server} から、講座のクラスターの応答がありません`,
    why: reason,
    try: [`${self} cluster status`, `${self} doctor`],
  }),
  "kubeconfig-broken": ({ file }) => ({
    what: `講座の kubeconfig ${file} が使えません`,
    why: "手作業か kubectl config で書き換えられています",
    try: [`${file} を削除して、もう一度実行してください`],
  }),
  "cluster-refused": ({ message }) => ({
    what: `クラスターに断られました: ${message}`,
    try: [`${self} reset`, `${self} doctor`],
  }),
  "needs-unmet": ({ step, needs, rights }) => ({
    what: `ここでは ${step} を確かめられません`,
    why: [...needs.map((need) => needWords[need]), ...(rights.length > 0 ? [`足りない権限: ${rights.join("、")}`] : [])].join(
      "。",
    ),
    try: [`${self} next`],
  }),
  "cluster-config-missing": ({ file }) => ({ what: `${file} がありません` }),
  "cluster-config-invalid": ({ file, line, what }) => ({ what: `${file}:${line}: ${what.ja}` }),
  "cluster-config-blank": ({ file, line, question }) => ({ what: `${file}:${line} がまだ空欄です: ${question}` }),
});

const helpFor = (self: string, command: string): string => [self, command, "--help"].filter(Boolean).join(" ");

function downloadReason(failure: (ToolProblem & { code: "tool-not-fetched" })["failure"]): string {
  switch (failure.why) {
    case "unreachable":
      return `${new URL(failure.url).host}: ${networkReasons[failure.reason] ?? failure.reason}`;
    case "refused":
      return `${failure.url} の応答は ${failure.status} です${failure.status === 404 ? "。ファイルがありません" : ""}`;
    case "broken-off": {
      const { received, total } = failure;
      return `${total === undefined ? "" : `${total} バイト中 `}${received} バイトで接続が切れました。届いた分は残してあります`;
    }
    case "no-checksum":
      return `${failure.url} にチェックサムがありません`;
    case "wrong-checksum":
      return `${failure.url} から届いたものの SHA-256 は ${failure.actual} で、公開されている ${failure.expected} と違うため捨てました`;
    case "unwritable":
      return `${failure.file}: ${systemReason(failure.reason)}`;
  }
}

const networkReasons: Readonly<Record<string, string>> = {
  ENOTFOUND: "そのホストが見つからないか、このマシンがオフラインです",
  EAI_AGAIN: "名前を調べられません。このマシンがオフラインかもしれません",
  ECONNREFUSED: "接続を受け付けていません",
  ECONNRESET: "接続が切られました",
  EHOSTUNREACH: "そこへの経路がありません",
  ENETUNREACH: "そこへの経路がありません。このマシンがオフラインかもしれません",
  ETIMEDOUT: "時間内に応答がありません",
  UND_ERR_CONNECT_TIMEOUT: "時間内に応答がありません",
  UND_ERR_SOCKET: "接続が切られました",
  SELF_SIGNED_CERT_IN_CHAIN: "証明書を信頼できません (組織の証明書のファイルを NODE_EXTRA_CA_CERTS に設定できます)",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "証明書を信頼できません (組織の証明書のファイルを NODE_EXTRA_CA_CERTS に設定できます)",
};

const needWords = {
  exec: "コンテナの中でコマンドを実行する必要があります",
  "real-images": "本物のコンテナでしか動かないイメージが必要です",
  "nodes>=3": "ノードが 3 つ以上必要です",
  "cluster-admin": "自分の namespace の外を読み書きします",
  "own-cluster": "自分用のクラスターを作るステップです",
} as const;

const reasons: Readonly<Record<string, string>> = {
  EACCES: "権限がありません",
  EPERM: "権限がありません",
  EROFS: "ディスクが読み取り専用です",
  ENOSPC: "ディスクがいっぱいです",
  EDQUOT: "割り当てられたディスクを使い切りました",
  EFBIG: "ファイルが、このシェルの上限より大きくなります",
  ENOENT: "パスの途中のフォルダーがなく、作ることもできません",
  ENOTDIR: "パスの途中にあるのがフォルダーではなくファイルです",
  EEXIST: "フォルダーを置く場所にファイルがあります",
  EISDIR: "ファイルを置く場所にフォルダーがあります",
  EMFILE: "開いているファイルが多すぎます",
  ENAMETOOLONG: "名前が長すぎます",
};

const systemReason = (code: string): string => reasons[code] ?? code;
