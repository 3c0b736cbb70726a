import type { KindProblem } from "../../clusters/kind-failures.ts";
import type { ClusterStep, MachineFinding } from "../../clusters/provider.ts";
import type { FindingTable } from "../doctor.ts";
import type { ProblemTable, ProblemWords } from "../problem.ts";

type KindTable = Pick<ProblemTable, KindProblem["code"]>;

/** kind と Docker で起きること。 */
export const japaneseKindProblems = (self: string): KindTable => ({
  "docker-missing": () => ({
    what: "PATH に docker がありません。kind はノードを Docker で作ります",
    try: ["https://docs.docker.com/get-started/get-docker/", `${self} cluster use practice   Docker なしで続けられます`],
  }),
  "docker-down": ({ address }) => ({
    what: `${address} の Docker デーモンが応答しません`,
    why: "起動していないか、DOCKER_HOST または docker context が別のデーモンを指しています",
    try: ["sudo systemctl start docker   または Docker Desktop を起動する", `${self} doctor --provider kind`],
  }),
  "docker-denied": () => ({
    what: "Docker デーモンを使う権限がありません",
    why: "ソケットを使えるのは root と docker グループだけです",
    try: ["sudo usermod -aG docker $USER   その後、ログインし直す", "docker ps   sudo なしで動くことを確かめる"],
  }),
  "docker-slow": ({ command }) => ({
    what: `${command} が終わらないので、打ち切りました`,
    why: "マシンの負荷が高すぎるか、Docker デーモンが止まっています",
    try: ["docker ps   すぐに応答することを確かめる", "その後、もう一度コマンドを実行する"],
  }),
  "docker-network": ({ said }) => ({
    what: "kind のノードどうしをつなぐネットワークを、Docker が作れませんでした",
    why: said,
    try: ["docker network ls", "https://kind.sigs.k8s.io/docs/user/known-issues/"],
  }),
  "docker-unprivileged": ({ said }) => ({
    what: "ここの Docker は特権コンテナーを起動できません。kind のノードは特権コンテナーです",
    why: said,
    try: ["コンテナーの中ではなく、マシンで直接実行する", `${self} cluster use practice`],
  }),
  "kind-missing": () => ({
    what: "PATH に kind がありません",
    try: [`${self} setup tools`, "https://kind.sigs.k8s.io/docs/user/quick-start/#installation"],
  }),
  "kind-old": ({ version, needed, image }) => ({
    what: version ? `kind ${version} は古すぎます` : "この kind は古すぎます",
    ...(needed && { why: `${image ?? "いまのノードイメージ"} には kind ${needed} 以降が必要です` }),
    try: [`${self} setup tools`, "kind version"],
  }),
  "kind-name-taken": ({ name }) => ({
    what: `${name} という名前の kind クラスターがありますが、${self} が作ったものではありません`,
    why: "勝手に置き換えることはしません",
    try: [`kind delete cluster --name ${name}   不要なら削除する`, "その後、もう一度コマンドを実行する"],
  }),
  "kind-config-refused": ({ said }) => ({ what: `kind がクラスターの記述を受け付けません: ${said}`, try: ["ファイルを直す"] }),
  "port-taken": ({ address }) => ({
    what: `${address} は、ほかのプログラムが使っています`,
    why: "クラスターの記述の extraPortMappings が、このポートをノードに割り当てようとしました",
    try: [
      `ss -ltnp | grep :${address.split(":").at(-1)}   使っているプログラムを調べる`,
      "そのプログラムを終えるか、別の hostPort にする",
    ],
  }),
  "inotify-short": ({ log }) =>
    withLog(log, {
      what: "ノードが inotify を使い切りました (システムの表示では too many open files)",
      why: "ノードごとに消費しますが、このマシンの上限は小さめです",
      try: [
        "sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512",
        "その後、もう一度コマンドを実行する",
      ],
    }),
  "disk-full": ({ log }) =>
    withLog(log, { what: "Docker が書き込むディスクがいっぱいです", try: ["docker system df", "docker system prune"] }),
  "memory-short": ({ log }) =>
    withLog(log, {
      what: "メモリー不足で、ノードが強制終了されました",
      why: "4 ノードには 4 GiB ほど必要です",
      try: ["Docker に割り当てるメモリーを増やすか、ほかのプログラムを終える", `${self} cluster create --trial   1 ノードにする`],
    }),
  "cgroup-v1": ({ image, log }) =>
    withLog(log, {
      what: "このマシンには cgroup v1 しかなく、1.35 以降の kubelet は起動しません",
      why: "クラスターのノードイメージがそれより新しいためです",
      try: [
        ...(image ? [`${self} cluster create --provider kind --image node=${image}`] : []),
        "または cgroup v2 のシステムに移る: https://kubernetes.io/docs/concepts/architecture/cgroups/",
      ],
    }),
  "image-unknown": ({ image }) => ({
    what: `イメージ ${image} はありません`,
    why: "レジストリーにありません",
    try: ["名前かタグを直す"],
  }),
  "image-unreachable": ({ image, said }) => ({
    what: `イメージ ${image} を取得できませんでした`,
    why: said,
    try: [
      `docker pull ${image}   成功するまで試す。ネットワークと、プロキシーの内側なら Docker のプロキシー設定が必要です`,
      "その後、もう一度コマンドを実行する",
    ],
  }),
  "image-outdated": ({ image }) => ({
    what: `${image ? `イメージ ${image}` : "このイメージ"} は 2016 年頃の形式で、いまは開けるものがありません`,
    why: "マニフェストが schema 1 です",
    try: ["新しいタグか、講座のイメージを使う"],
  }),
  "image-not-here": ({ image }) => ({
    what: `このマシンの Docker に、イメージ ${image} がありません`,
    try: [`docker pull ${image}`],
  }),
  "image-split": ({ image }) => ({
    what: `${image || "イメージ"} を読み込めません。Docker には一部しかありません`,
    why: "イメージストアが、取得していないプラットフォームの名前も持っているためです",
    try: [
      `docker image save --platform linux/amd64 -o image.tar ${image || "IMAGE"}`,
      "kind load image-archive image.tar --name bootcamp",
    ],
  }),
  "pull-limit": () => ({
    what: "Docker Hub の取得回数の上限に達しました",
    why: "ログインしていないと、回数はアドレスごとに数時間単位で数えられます",
    try: ["docker login   その後、もう一度コマンドを実行する", "または数時間待つ"],
  }),
  "pull-untrusted": ({ said }) => ({
    what: "レジストリーの証明書を信頼できません",
    why: said,
    try: [
      "TLS を中継するプロキシーの内側なら、その認証局を Docker に登録する",
      "https://docs.docker.com/engine/security/certificates/",
    ],
  }),
  "node-dead": ({ log }) =>
    withLog(log, {
      what: "ノードのコンテナーが、起動しきる前に終了したか、止まってしまいました",
      try: [`${self} doctor --provider kind`, "https://kind.sigs.k8s.io/docs/user/known-issues/"],
    }),
  "node-unhealthy": ({ log }) =>
    withLog(log, {
      what: "ノードで Kubernetes が起動しませんでした。kubelet が正常ではありません",
      why: "多くの場合、メモリー、ディスク、inotify のどれかが足りません",
      try: [`${self} doctor --provider kind`, "https://kind.sigs.k8s.io/docs/user/known-issues/"],
    }),
  "nodes-unready": ({ nodes, seconds, log }) =>
    withLog(log, {
      what: `${seconds} 秒たっても Ready になりません: ${nodes.join("、")}`,
      try: ["もう一度コマンドを実行する", `${self} doctor --provider kind`],
    }),
  "kind-failed": ({ said, log }) =>
    withLog(log, { what: `kind か Docker が失敗しました: ${said}`, try: [`${self} doctor --provider kind`] }),
});

function withLog(log: string | undefined, words: ProblemWords): ProblemWords {
  return log === undefined ? words : { ...words, try: [...(words.try ?? []), `${log} を読む   ノードの記録があります`] };
}

/** kind を使うときに `doctor` が調べること。 */
export const japaneseMachine = (self: string): Pick<FindingTable, MachineFinding["check"]> => ({
  docker: ({ version, problem }) => (problem ? inShort(problem, self) : { what: `Docker ${version} が応答します` }),
  kind: ({ version, problem }) => (problem ? inShort(problem, self) : { what: `kind ${version}` }),
  cgroups: ({ version, image }) =>
    image === undefined
      ? { what: `cgroup v${version}` }
      : {
          what: `cgroup v${version}: 1.35 以降の kubelet は起動しません。古いノードイメージを使ってください`,
          try: `${self} cluster create --provider kind --image node=${image}`,
        },
  memory: ({ state, bytes, needed }) => ({
    what: `コンテナーに使えるメモリーは ${gib(bytes)}${state === "good" ? "" : ` です。4 ノードには ${gib(needed)} ほど必要です`}`,
    ...(state !== "good" && { try: `${self} cluster create --trial   1 ノードにするか、Docker のメモリーを増やす` }),
  }),
  disk: ({ state, bytes, needed }) => ({
    what: `Docker が書き込むディスクの空きは ${gib(bytes)}${state === "good" ? "" : ` です。イメージとノードに ${gib(needed)} ほど必要です`}`,
    ...(state !== "good" && { try: "docker system prune" }),
  }),
  inotify: ({ state, watches, instances, needed }) => ({
    what: `inotify: watches ${watches}、instances ${instances}${state === "good" ? "" : "。4 ノードには足りないことがあります"}`,
    ...(state !== "good" && {
      try: `sudo sysctl fs.inotify.max_user_watches=${needed.watches} fs.inotify.max_user_instances=${needed.instances}`,
    }),
  }),
});

function inShort(problem: KindProblem, self: string): { what: string; try?: string } {
  const words = japaneseKindProblems(self)[problem.code] as (problem: KindProblem) => ProblemWords;
  const { what, try: [next] = [] } = words(problem);
  return next === undefined ? { what } : { what, try: next };
}

const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;

export const japaneseClusterStep = (step: ClusterStep): string => {
  if (step.code === "other") return step.words;
  if (step.code === "node-image") return `ノードイメージ ${step.image} を用意しています`;
  if (step.code === "load-image") return `${step.image} を読み込んでいます`;
  return steps[step.code];
};

const steps = {
  "clear-away": "いまあるノードを削除しています",
  nodes: "ノードのコンテナーを起動しています",
  configuration: "ノードの設定を書いています",
  "control-plane": "コントロールプレーンを起動しています",
  network: "Pod のネットワークを入れています",
  storage: "ストレージクラスを入れています",
  workers: "ワーカーを参加させています",
  ready: "すべてのノードが Ready になるのを待っています",
  logs: "ノードのログを保存しています",
} as const;
