import type { CommandHelp } from "../help.ts";
import type { Messages } from "./en.ts";

export const japaneseHelp = (self: string): Messages["help"] => ({
  examples: "例:",
  options: "オプション:",
  usage: "使い方:",
  commandsTitle: "コマンド:",
  groups: {
    loop: "学習の流れ:",
    way: "いまどこにいるか:",
    cluster: "クラスター:",
    around: "そのほか:",
  },
  moreOf: (command) => `各コマンドの説明は "${command} COMMAND --help" で見られます。`,
  global: (program) => `すべてのコマンドに共通のオプションは "${program} --help" で見られます。`,
  commands: japaneseCommands(self),
});

const output = "データで出力する: json または yaml";

const japaneseCommands = (self: string): Record<string, CommandHelp> => ({
  "": {
    summary: "k8s-bootcamp は、端末で Kubernetes を学ぶ教材です。1 秒で始まる練習用クラスターに、本物の kubectl で触れます。",
    text: `コマンドを省くと "${self} next" と同じです。`,
    examples: [],
    flags: {
      "--version": "バージョンを表示する",
      "--lang": "言語: en または ja。省くと K8S_BOOTCAMP_LANG、次にロケールに従う",
      "--dir": "講座のファイルを置くフォルダー。省くと前回のフォルダー、なければ ./k8s-bootcamp",
      "--course": "自作の講座のフォルダー",
      "--image": "講座のイメージを別のものに替える: app=my.registry/echo:1。繰り返し指定できる",
      "--no-color": "色を付けない。NO_COLOR でも同じ",
      "--debug": "バグのときにスタックを表示する",
    },
  },
  next: {
    summary: "次のステップを表示する",
    text: "説明と課題、終わった後に入力するコマンドを示します。ステップを始めるときには、クラスターを用意し、使うファイルを書き出します。あなたが変更したファイルには触れません。合格するまでは同じステップを表示します。",
    examples: [
      ["始める、または続きから", `${self} next`],
      ["レッスンに移る", `${self} next deployments/first`],
      ["その中のステップに移る", `${self} next deployments/first/apply`],
      ["好きなフォルダーで始める", `${self} next --dir ~/k8s`],
    ],
  },
  verify: {
    summary: "作業を確かめ、合格なら記録する",
    text: "どの道具で作業しても、ファイルと動いているクラスターを調べます。終了コードは、0: 合格、1: まだ、2: 使い方の間違い、3: このマシンやクラスターではできない、4: レッスンが壊れている、です。",
    examples: [
      ["作業を確かめる", `${self} verify`],
      ["質問に答える", `${self} verify --answer B`],
      ["スクリプトで使う", `${self} verify -o json`],
    ],
    flags: { "--answer": "質問への答え。端末では入力を求められる", "--output": output },
  },
  hint: {
    summary: "次のヒントを表示する",
    text: "最初のヒントはいつでも見られます。その後は、verify に合格しないたびに 1 つずつ増えます。",
    examples: [
      ["ヒントを 1 つ", `${self} hint`],
      ["すべて見る。合格しても「ヒントを見て」と記録される", `${self} hint --all`],
    ],
    flags: { "--all": "すべてのヒントを見る。合格しても「ヒントを見て」と記録される" },
  },
  solution: {
    summary: "解き方の一例を表示する",
    text: "いまのクラスターの値を使って示します。合格しても「解答を見て」と記録されます。",
    examples: [
      ["解き方を見る", `${self} solution`],
      ["ファイルも書き出す。いまのファイルは控えとして残る", `${self} solution --write`],
    ],
    flags: { "--write": "解答のファイルを書き出す。いまのファイルは NAME.bak-1、NAME.bak-2… に残る" },
  },
  reset: {
    summary: "元の状態に戻す",
    text: "オプションがなければ、クラスターにあるステップのオブジェクトを開始時の状態に戻します。何をするかを示してから確認します。ファイルが消えることはなく、NAME.bak-1、NAME.bak-2… に控えが残ります。",
    examples: [
      ["ステップのオブジェクトを開始時の状態に", `${self} reset`],
      ["ステップのファイルを", `${self} reset --files`],
      ["講座を最初からやり直す。確認なし", `${self} reset --all --yes`],
    ],
    flags: {
      "--files": "ステップのファイルを書き直す",
      "--cluster": "クラスターを作り直し（借りたものからは講座のオブジェクトを取り除き）、ステップのオブジェクトを用意する",
      "--progress": "合格の記録を消す",
      "--all": "クラスター、ファイル、記録のすべてを最初の日の状態に",
      "--yes": "確認しない",
    },
  },
  list: {
    summary: "レッスンの一覧と進み具合を表示する",
    examples: [
      ["何があるか", `${self} list`],
      ["スクリプトで使う", `${self} list -o json`],
    ],
    flags: { "--output": output },
  },
  status: {
    summary: "いまのステップ、記録、フォルダー、クラスターを表示する",
    examples: [["いまどこにいるか", `${self} status`]],
    flags: { "--output": output },
  },
  skip: {
    summary: "知っているところを飛ばす",
    text: "レッスンを指定すると、いちばん難しいステップだけに挑みます。ヒントなしで合格すると、レッスン全体が合格になります。指定しなければ、いまのステップを後回しにして次に進みます。",
    examples: [
      ["レッスンの内容を知っていると示す", `${self} skip deployments/first`],
      ["このステップを後回しにする", `${self} skip`],
    ],
  },
  apply: {
    summary: "kubectl apply --server-side と同じようにマニフェストを適用する",
    text: "-f がなければ、いまのステップのマニフェストを適用します。ほかの誰かが設定したフィールドには触れず、その持ち主を知らせます。",
    examples: [
      ["このステップのファイル", `${self} apply`],
      ["ファイルを 1 つ", `${self} apply -f app.yml`],
    ],
    flags: {
      "--filename": "適用するファイル。繰り返し指定でき、- は標準入力を読む",
      "--force-conflicts": "ほかの誰かが持つフィールドも自分のものにする",
    },
  },
  cluster: { summary: "クラスターを作る、調べる、止める、消す", examples: [] },
  "cluster create": {
    summary: "cluster.yml に書いたクラスターを作る",
    text: "完成した cluster.yml がなければ、講座の構成 (コントロールプレーン 1 つとワーカー 3 つ) で作ります。お試しのクラスターは置き換えますが、それ以外は指示がないかぎり置き換えません。",
    examples: [
      ["cluster.yml のとおりに", `${self} cluster create`],
      ["別のファイルのとおりに、いまのものを置き換えて", `${self} cluster create --config other.yml --recreate`],
      ["kind で。以後は講座もそこで進める", `${self} cluster create --provider kind`],
      ["別のノードイメージで", `${self} cluster create --image node=kindest/node:v1.35.8`],
    ],
    flags: {
      "--config": "クラスターを書いたファイル。kind が読むのと同じ形式",
      "--trial": "1 ノードのクラスター",
      "--recreate": "いまのクラスターを、中のものごと置き換える",
      "--profile": "別の時代の構成にする。as-the-text: 1.24 の頃のように、コントロールプレーンに 2 つ目の taint を付ける",
      "--provider": "practice か kind。なければ、いま講座を進めているもの",
    },
  },
  "cluster use": {
    summary: "講座を進めるクラスターを選ぶ",
    text: "practice は 1 秒で始まる練習用、kind は Docker で本物のノードを作ります。context はすでにあるクラスターで、その 1 つの namespace の中で、あなたの権限で講座を進めます。あなたの kubeconfig は読むだけです。中のものはそれぞれに残ります。合格の記録とファイルはそのままで、いまのステップは移った先で準備し直します。",
    examples: [
      ["本物のノードで。Docker と kind が必要", `${self} cluster use kind`],
      ["練習用クラスターに戻る", `${self} cluster use practice`],
      ["すでにあるクラスターの namespace を 1 つ借りる", `${self} cluster use context my-class --namespace bootcamp-me`],
    ],
    flags: {
      "--namespace": "context で使う namespace。なければコンテキストのもの。まだなく、権限があれば作ります",
      "--yes": "context で、本番のように見えても、namespace が使われていても進める",
    },
  },
  "cluster load": {
    summary: "このマシンのイメージをノードに入れる",
    text: "レジストリーにつながらないときや、取得回数に上限があるときに。一度だけ docker pull して、読み込みます。kind 用で、練習用クラスターでは不要です。",
    examples: [["イメージを 1 つ", `${self} cluster load kicbase/echo-server:1.0`]],
  },
  "cluster status": {
    summary: "クラスターが動いているかを表示する",
    text: "動いていなければ、終了コードは 3 です。",
    examples: [["動いているか", `${self} cluster status`]],
    flags: { "--output": output },
  },
  "cluster stop": {
    summary: "クラスターを止める",
    text: "中のものは残り、次に必要になったときに起動します。",
    examples: [["止める", `${self} cluster stop`]],
  },
  "cluster delete": {
    summary: "クラスターを中のものごと消す",
    text: "ファイルと合格の記録は残ります。借りたクラスターでは、講座のオブジェクトと、講座が作った namespace だけを、確認してから消します。",
    examples: [
      ["消す", `${self} cluster delete`],
      ["借りたクラスターを、確認なしで離れる", `${self} cluster delete --yes`],
    ],
    flags: { "--yes": "確認しない" },
  },
  env: {
    summary: "kubectl をクラスターにつなぐ設定を表示する",
    text: "KUBECONFIG、KUBECACHEDIR と、PATH に加える setup tools のフォルダーを、お使いのシェルの書き方で表示します。kubeconfig は講座専用のもので、あなたのものには触れません。",
    examples: [
      ["bash や zsh で", `eval "$(${self} env)"`],
      ["fish で", `${self} env | source`],
      ["PowerShell で", `${self} env | Out-String | Invoke-Expression`],
    ],
    flags: { "--shell": "bash、zsh、fish、powershell のどれか。省くと SHELL に従う" },
  },
  shell: {
    summary: "kubectl がクラスターにつながるシェルを開く",
    text: "お使いのシェルを、講座のフォルダーで開きます。exit で抜けます。",
    examples: [["講座の作業をする。exit で抜ける", `${self} shell`]],
  },
  setup: { summary: "kubectl と kind がなければ入手する", examples: [] },
  "setup tools": {
    summary: "kubectl と kind を公式の配布元から入手する",
    text: "講座に合うリリースを、公開されているチェックサムで確かめて、このチューター専用のフォルダーに置きます。PATH では最後に探すので、自分で入れたものがあればそちらが先です。途中で切れたダウンロードは、続きから再開します。",
    examples: [
      ["足りないものを両方", `${self} setup tools`],
      ["kubectl だけ、確認なしで", `${self} setup tools kubectl --yes`],
      ["社内のミラーから", `${self} setup tools --mirror https://mirror.example.com/k8s`],
    ],
    flags: {
      "--mirror":
        "https://dl.k8s.io と https://kind.sigs.k8s.io の代わりに使う URL。パスは同じにする: URL/release/VERSION/bin/linux/amd64/kubectl、URL/dl/VERSION/kind-linux-amd64、チェックサムはその隣",
      "--yes": "確認しない",
    },
  },
  doctor: {
    summary: "このマシンの問題を調べ、直し方を示す",
    text: "講座の妨げになるものがあれば、終了コードは 3 です。",
    examples: [
      ["問題はないか", `${self} doctor`],
      ["kind のクラスターを作れるか", `${self} doctor --provider kind`],
    ],
    flags: { "--output": output, "--provider": "このプロバイダーに必要なものも調べる。practice か kind" },
  },
  completion: {
    summary: "コマンド、フラグ、レッスンを補完するスクリプトを表示する",
    examples: [
      ["bash で、このシェルだけ", "source <(k8s-bootcamp completion bash)"],
      ["zsh で、このシェルだけ", "source <(k8s-bootcamp completion zsh)"],
      ["fish で、これからずっと", "k8s-bootcamp completion fish > ~/.config/fish/completions/k8s-bootcamp.fish"],
      ["PowerShell で、このシェルだけ", "k8s-bootcamp completion powershell | Out-String | Invoke-Expression"],
    ],
  },
  course: { summary: "講座を書く人のために", examples: [] },
  "course lint": {
    summary: "講座のファイルを調べる",
    text: "事実、両言語の文章、マニフェストを調べます。間違いがあれば、終了コードは 4 です。",
    examples: [
      ["この講座", `${self} course lint`],
      ["自作の講座", `${self} course lint --course ./my-course`],
    ],
    flags: { "--output": output },
  },
  "course test": {
    summary: "専用のクラスターで講座を確かめる",
    text: "どのステップも、開始時は不合格、誤答は書かれたとおりに不合格、別解と正解は合格、リセットで元に戻る、という約束を確かめます。学習の記録とクラスターには触れません。約束と違えば終了コードは 1、ファイルを読み取れなければ 4 です。",
    examples: [
      ["講座全体を、練習用クラスターで", `${self} course test`],
      ["1 つの章を、kind で", `${self} course test --provider kind --only 'monitoring/*'`],
    ],
    flags: {
      "--provider": "クラスターの種類。practice か kind",
      "--only": "この id のレッスンやステップだけ。* は何にでも合い、コンマで並べられる",
      "--output": output,
    },
  },
  "course new": {
    summary: "書き換えるためのレッスンを作る",
    text: "lesson.yaml と 2 つの言語の文章、マニフェストを書きます。講座がまだなければ、--course の場所に作ります。",
    examples: [["自作の講座の、最初のレッスン", `${self} course new basics/hello --course ./my-course`]],
  },
});
