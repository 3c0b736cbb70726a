import type { Provider } from "../../course/lesson.ts";
import type { FindingTable } from "../doctor.ts";
import type { ClusterStatus, LearnerStatus } from "../learner-status.ts";
import type { Messages } from "./en.ts";
import { japaneseContext } from "./context-ja.ts";
import { japaneseHelp } from "./help-ja.ts";
import { japaneseClusterStep, japaneseMachine } from "./kind-ja.ts";
import { japaneseProblems } from "./problems-ja.ts";

/** Everything the program says, in Japanese. */
export const japanese = (self: string): Messages => ({
  help: japaneseHelp(self),
  problems: japaneseProblems(self),
  labels: { error: "エラー:", why: "原因:", try: "次に:", note: "注意:" },

  progressSetAside: (file, backup) =>
    `${file} を読めなかったので、${backup} に移しました。合格の記録は最初からになりますが、クラスターとファイルはそのままです。`,

  bug: ({ what, version, file }) => ({
    what: `k8s-bootcamp ${version} のバグです: ${what}`,
    why: "何を入力しても、これは起きてはいけないことです",
    try: [
      file === undefined
        ? "同じコマンドに --debug を付けて実行し、表示された内容を報告してください"
        : `${file} の内容を添えて報告してください`,
    ],
  }),

  step: {
    minutes: (minutes) => `${minutes} 分`,
    optional: "任意",
    position: (number, of) => `ステップ ${number}/${of}`,
    task: "課題",
    fromEarlier: "このファイルを作るレッスンより後から始めたので、完成した形で用意しました。",
    wrote: (files, folder) => `${folder} に ${files} を書き出しました`,
    there: (files, folder) => `${files} は ${folder} にあります`,
    kept: (files, folder) =>
      `${folder} の ${files} はあなたが変更したものなので、そのままにしました。${self} reset --files で書き直せます (いまのファイルは控えとして残ります)`,
    passed: "このステップは合格済みです。",
    afterwards: "終わったら:",
    connect: "このシェルの kubectl を講座のクラスターにつなぐには:",
    done: "最後まで終わりました。残っているステップはありません。",
  },

  waits: {
    clusterStart: (provider) => `${clusterNames[provider]}を起動しています`,
    clusterCreate: (provider, nodes) => `${nodes} ノードの${clusterNames[provider]}を作っています`,
    imagesLoad: (images) => `${images.join("、")} をノードに読み込んでいます`,
    prepare: "ステップの準備をしています",
    verify: "調べています",
  },

  ask: { option: "どれですか", value: "答え:", list: "答え (カンマ区切り):", sure: "続けますか" },

  verify: {
    labels: { expected: "期待", actual: "実際", why: "原因", try: "次に" },
    passed: "合格です。",
    lessonPassed: "ヒントなしで合格です。このレッスン全体が合格になりました。",
    after: "振り返り",
    next: "次へ:",
    last: "これが講座の最後のステップでした。",
    notYet: (passed, of) => `まだです。${of} 個のチェックのうち ${passed} 個が合格しています。`,
    hint: "行き詰まったら:",
  },

  hint: {
    number: (number, of) => `ヒント ${number}/${of}`,
    another: `次のヒントもあります: ${self} hint`,
    later: `次のヒントは verify をもう一度試した後に見られます。すぐにすべて見るには ${self} hint --all`,
    none: "このステップにヒントはありません。",
  },

  solution: {
    file: (file) => `${file} の完成形:`,
    edit: (file) => `${file} の次の箇所を変えます:`,
    remove: (file) => `${file} を削除します。`,
    answer: (answer) => `答え: ${answer}`,
    nothing: `することはありません: \`${self} verify\``,
  },

  files: {
    wrote: (file, folder) => `${folder} に ${file} を書き出しました`,
    backedUp: (backup) => `元のファイルは ${backup} に残してあります`,
  },

  prepared: {
    removed: (objects) => `このステップにないものなので削除しました: ${objects}`,
    changed: (objects) => `このステップの開始時の状態にしました: ${objects}`,
    context: "kubeconfig のコンテキストを講座のものに戻しました",
    unready: (object, trouble) => `${object} の準備ができていません${trouble ? `: ${trouble}` : ""}`,
  },

  skip: {
    placement: (lesson) => `このステップにヒントなしで合格すると、レッスン ${lesson} 全体が合格になります。`,
  },

  reset: {
    willStep: (step, namespace) =>
      `ステップ ${step} のオブジェクトを、開始時の状態に戻します。${namespace === undefined ? "" : `名前空間 ${namespace} のほかのオブジェクトは、すべて削除します。`}`,
    willFiles: (files, folder) => `${folder} の ${files} を書き直します。変更したファイルは控えとして残ります。`,
    willCluster: "クラスターを作り直します。中のオブジェクトはすべて失われます。",
    willProgress: "合格の記録をすべて消します。ファイルとクラスターはそのままです。",
    willAll: (folder) => `クラスターと合格の記録をすべて消します。${folder} にある講座のファイルは控えの名前に変えます。`,
    done: "完了しました。",
    noFiles: "このステップにファイルはありません。",
  },

  list: {
    progress: (passed, of) => `${of} ステップ中 ${passed} ステップに合格`,
    next: "次へ:",
    notHere: "ここではできません",
  },

  status: (status) => [
    ["ステップ", status.step ? `${status.step.id}  ${status.step.title}` : "残っていません"],
    ["合格", passedWords(status.steps)],
    ...predictionRow(status.predictions),
    ["フォルダー", status.workspace ?? `まだありません: ${self} next`],
    ["クラスター", clusterWords(status.cluster)],
    ["kubectl", status.connected ? "このシェルではこのクラスターにつながります" : "このシェルではこのクラスターにつながりません"],
  ],

  cluster: {
    created: (provider, nodes, from) =>
      `${from === undefined ? "講座の構成で" : `${from} のとおりに`}、${nodes} ノードの${clusterNames[provider]}を作りました。`,
    status: (status) => [
      ["クラスター", clusterWords(status)],
      ...(status.kubeconfig
        ? ([
            ["kubeconfig", status.kubeconfig],
            ["コンテキスト", status.context ?? ""],
          ] as [string, string][])
        : []),
    ],
    stopped: "クラスターを停止しました。中のものは残っていて、次に必要になったときに起動します。",
    wasStopped: "クラスターは動いていませんでした。",
    deleted: "クラスターを削除しました。ファイルと合格の記録は残っています。",
    none: "クラスターはありませんでした。",
    using: (provider, isThere) =>
      `これからは${clusterNames[provider]}で講座を進めます。${isThere ? "" : "まだないので、次に必要になったときに作ります。"}合格の記録とファイルはそのままです。`,
    prepareAgain: (step) => `${step} は別のクラスターで始めたので、こちらで準備し直します。`,
    oldNodes: (image) =>
      `${image} はサポートが終わった版です。いまの kind や Docker では起動しないことがあり、kubectl は版の差を警告します`,
    loaded: (images) => `すべてのノードに入りました: ${images.join("、")}`,
    loadsNone: (provider) => `${clusterNames[provider]}のノードは、このマシンのイメージを使いません。`,
  },

  context: japaneseContext(self),

  clusterStep: japaneseClusterStep,

  env: { howTo: "このシェルの kubectl を講座のクラスターにつなぐには、次を実行します:" },

  shell: {
    entering: (context) => `kubectl が ${context} につながるシェルです。exit で抜けます。`,
    left: "シェルを抜けました。kubectl は元のままです。",
    missing: (shell) => `エラー: ${shell} を起動できません。SHELL にお使いのシェルを設定してください`,
  },

  apply: {
    noFile: (file) => ({ what: `パス "${file}" は存在しません` }),
    conflict: (object, conflicts, file) => ({
      what: `${object}: ${conflicts.map(({ manager, field }) => `${field} の持ち主は "${manager}" です`).join("、")}`,
      why: "ほかの誰かが別の値にしました。apply が黙って奪うことはありません",
      try: [`${self} apply -f ${file} --force-conflicts   自分のものにする`, `または ${file} から取り除き、そのままにしておく`],
    }),
  },

  setup: {
    will: (tool, version, url, folder) => `${tool} ${version}: ${url} → ${folder}`,
    onPath: (tool, version) => `${tool} ${version} はすでに PATH にあり、そのまま使えます。`,
    inTheWay: (tool, version, ours) =>
      `PATH にある ${tool} ${version} が、講座の ${ours} より先に使われます。取り除くまではそのままです`,
    there: (tool, version, folder) => `${tool} ${version} は ${folder} にあります。`,
    fetching: (tool, version) => `${tool} ${version} をダウンロードしています`,
    path: "このシェルの PATH に加えるには (env と shell も同じことをします):",
  },

  doctor: findings(self),
  lint: {
    fine: (dir) => `${dir}: 間違いは見つかりませんでした`,
    faults: (count) => `間違いが ${count} 個あります`,
  },
  courseTest: {
    head: ["ステップ", "開始", "誤答", "別解", "正解", "戻す", "時間"],
    summary: ({ provider, steps, trials, leftOut, lacking, faults, seconds }) =>
      `${steps} ステップを ${provider} で ${trials} 回、${seconds} 秒で試しました。${faults === 0 ? "すべて期待どおりです" : `期待と違うものが ${faults} 個あります`}。` +
      `${lacking > 0 ? `${lacking} ステップはここでは確かめられません。` : ""}${leftOut > 0 ? `ここでは正解になる誤答 ${leftOut} 個を省きました。` : ""}`,
  },
  courseNew: { next: "このステップを、自分のものに書き換えてください。その後:" },
});

const findings = (self: string): FindingTable => ({
  ...japaneseMachine(self),
  node: ({ state, version, needed }) => ({
    what: `Node.js ${version}`,
    ...(state !== "good" && { try: `Node.js ${needed} 以降を入れてください: https://nodejs.org` }),
  }),
  kubectl: ({ state, version, server }) => {
    if (version === undefined) return { what: "kubectl が PATH にありません", try: `${self} setup tools kubectl` };
    const what = `kubectl ${version} (サーバーは ${server})`;
    return state === "good"
      ? { what }
      : { what: `${what}: マイナーバージョンが 2 つ以上離れています`, try: "https://kubernetes.io/ja/docs/tasks/tools/" };
  },
  state: ({ folder, reason }) => ({
    what: reason === undefined ? `記録は ${folder} にあります` : `${folder} に書き込めません: ${reason}`,
    ...(reason !== undefined && { try: "書き込めるようにするか、K8S_BOOTCAMP_HOME に別のフォルダーを設定してください" }),
  }),
  workspace: ({ folder, isMissing }) => {
    if (folder === undefined) return { what: "講座のファイルを置くフォルダーは、まだありません", try: `${self} next` };
    return isMissing
      ? { what: `フォルダー ${folder} がなくなっています`, try: `${self} next --dir ${folder}` }
      : { what: `ファイルは ${folder} にあります` };
  },
  progress: ({ passed, total, what }) =>
    what === undefined ? { what: `${total} ステップ中 ${passed} ステップに合格` } : { what },
  cluster: ({ found, nodes, trouble }) => {
    if (trouble !== undefined) return { what: trouble, try: `${self} cluster status` };
    if (found === "absent") return { what: "クラスターはまだありません", try: `${self} next` };
    if (found === "stopped") return { what: "クラスターは停止しています。次に必要になったときに起動します" };
    return { what: `クラスターは${nodes === undefined ? "" : ` ${nodes} ノードで`}動いていて、応答します` };
  },
  shell: ({ connect }) =>
    connect === undefined
      ? { what: "このシェルの kubectl は講座のクラスターにつながります" }
      : { what: "このシェルの kubectl は講座のクラスターにつながりません", try: connect },
});

const clusterNames: Readonly<Record<Provider, string>> = {
  practice: "練習用クラスター",
  kind: "kind クラスター",
  context: "お使いのクラスター",
};

const states = { absent: "なし", stopped: "停止中", running: "動作中" } as const;

function clusterWords({ state, provider, name, nodes, trial, trouble }: ClusterStatus): string {
  if (state === "absent") return "まだありません";
  const size = nodes === undefined ? "" : `、${nodes} ノード${trial ? " (お試し)" : ""}`;
  return `${provider} ${name}、${states[state]}${size}${trouble === undefined ? "" : `: ${trouble}`}`;
}

function passedWords({ passed, total, withHelp, placed, skipped }: LearnerStatus["steps"]): string {
  const more = [
    withHelp && `ヒントや解答を見て ${withHelp}`,
    placed && `飛び級で ${placed}`,
    skipped && `後回し ${skipped}`,
  ].filter(Boolean);
  return `${total} ステップ中 ${passed}${more.length > 0 ? ` (${more.join("、")})` : ""}`;
}

const predictionRow = ({ made, right }: LearnerStatus["predictions"]): [string, string][] =>
  made === 0 ? [] : [["予想", `${made} 問中 ${right} 問が最初の答えで正解`]];
