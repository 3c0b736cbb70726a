import type { CommandHelp } from "../help.ts";

export const englishHelp = (self: string) => ({
  examples: "Examples:",
  options: "Options:",
  usage: "Usage:",
  commandsTitle: "Commands:",
  groups: {
    loop: "The loop:",
    way: "Where you are:",
    cluster: "The cluster:",
    around: "Around it:",
  },
  moreOf: (command: string) => `Use "${command} COMMAND --help" for more about a command.`,
  global: (program: string) => `Use "${program} --help" for the options that all commands have.`,
  commands: englishCommands(self),
});

const output = "Give data: json or yaml";

const englishCommands = (self: string): Record<string, CommandHelp> => ({
  "": {
    summary: "k8s-bootcamp teaches Kubernetes in your terminal: real kubectl, on a practice cluster that starts in a second.",
    text: `Without a command it does "${self} next".`,
    examples: [],
    flags: {
      "--version": "Print the version",
      "--lang": "Language: en or ja. Else K8S_BOOTCAMP_LANG, else that of your locale",
      "--dir": "Your folder for the course's files. Else the one used last, else ./k8s-bootcamp",
      "--course": "A folder with a course of your own",
      "--image": "Use another image for one of the course's: app=my.registry/echo:1. May be repeated",
      "--no-color": "No colours. NO_COLOR does the same",
      "--debug": "Print the stack of an error that is a bug",
    },
  },
  next: {
    summary: "Show the next step",
    text: "What it is about, what to do, and what to type afterwards. The first time on a step it also prepares the cluster and writes the files the step works on. Files of yours are kept. A step that is not passed yet is shown again.",
    examples: [
      ["Begin, or go on where you were", `${self} next`],
      ["Go to a lesson", `${self} next deployments/first`],
      ["Go to one step of it", `${self} next deployments/first/apply`],
      ["Begin in a folder of your choice", `${self} next --dir ~/k8s`],
    ],
  },
  verify: {
    summary: "Look at your work and mark the step",
    text: "It looks at your files and at the live cluster, whatever tool you worked with. Exit code 0: passed. 1: not yet. 2: misuse. 3: this machine or cluster can't. 4: the lesson is broken.",
    examples: [
      ["Have your work looked at", `${self} verify`],
      ["Answer a step's question", `${self} verify --answer B`],
      ["For a script", `${self} verify -o json`],
    ],
    flags: { "--answer": "Your answer, for a step that asks. On a terminal you are asked", "--output": output },
  },
  hint: {
    summary: "Show the next hint",
    text: "The first is free; each verify that fails offers another one.",
    examples: [
      ["A nudge", `${self} hint`],
      ["All of them; the step then counts as passed with help", `${self} hint --all`],
    ],
    flags: { "--all": "Show all hints. The step then counts as passed with help" },
  },
  solution: {
    summary: "Show one way through the step",
    text: "With the values of your cluster. The step then counts as passed with help.",
    examples: [
      ["How it could be done", `${self} solution`],
      ["Write its files, too; yours are kept as copies", `${self} solution --write`],
    ],
    flags: { "--write": "Write the solution's files into your folder. Yours are kept as NAME.bak-1, NAME.bak-2…" },
  },
  reset: {
    summary: "Put things back as they were",
    text: "Without options: the step's objects in the cluster, as they were when it began. It says what it will do and asks. Your files are never deleted: a copy of each stays as NAME.bak-1, NAME.bak-2…",
    examples: [
      ["The step's objects, as they were when it began", `${self} reset`],
      ["The step's files", `${self} reset --files`],
      ["Begin the whole course anew, without being asked", `${self} reset --all --yes`],
    ],
    flags: {
      "--files": "The step's files, written anew",
      "--cluster":
        "The cluster, made anew, or emptied of the course's objects where it is not the course's own; then the step's objects",
      "--progress": "Your marks, forgotten",
      "--all": "Cluster, files and marks: as on the first day",
      "--yes": "Don't ask",
    },
  },
  list: {
    summary: "List all lessons, and how far you are",
    examples: [
      ["What there is", `${self} list`],
      ["For a script", `${self} list -o json`],
    ],
    flags: { "--output": output },
  },
  status: {
    summary: "Show your step, marks, folder and cluster",
    examples: [["Where am I?", `${self} status`]],
    flags: { "--output": output },
  },
  skip: {
    summary: "Skip what you know already",
    text: "With a lesson: its hardest step alone. Passed without help, it passes the whole lesson. Without one: leave the step you are at open, and go on.",
    examples: [
      ["Show that you know a lesson", `${self} skip deployments/first`],
      ["Leave this step open and go on", `${self} skip`],
    ],
  },
  apply: {
    summary: "Apply manifests, as kubectl apply --server-side does",
    text: "Without -f: the manifests of the step you are at. A field that somebody else set is left alone, and you are told who owns it.",
    examples: [
      ["The files of this step", `${self} apply`],
      ["One file", `${self} apply -f app.yml`],
    ],
    flags: {
      "--filename": "The file to apply; may be repeated, - reads standard input",
      "--force-conflicts": "Take fields that somebody else owns",
    },
  },
  cluster: { summary: "Make, look at, stop and delete the cluster", examples: [] },
  "cluster create": {
    summary: "Make the cluster that your cluster.yml describes",
    text: "Without a complete cluster.yml it is the course's own: one control plane, three workers. It takes the place of the trial cluster; any other it replaces only when told to.",
    examples: [
      ["As your cluster.yml says", `${self} cluster create`],
      ["As another file says, in place of the one that is there", `${self} cluster create --config other.yml --recreate`],
      ["With kind, and from then on the course runs on it", `${self} cluster create --provider kind`],
      ["With another node image", `${self} cluster create --image node=kindest/node:v1.35.8`],
    ],
    flags: {
      "--config": "A file that describes the cluster, as kind reads it",
      "--trial": "A cluster of one node",
      "--recreate": "In place of the one that is there, with all that is in it",
      "--profile": "As another text has it. as-the-text: as in the days of 1.24, with a second taint on the control plane",
      "--provider": "practice or kind. Else the one the course runs on",
    },
  },
  "cluster use": {
    summary: "Choose the cluster that the course runs on",
    text: "practice is the one that starts in a second; kind makes real nodes with Docker; context is one that is there already: the course lives in one namespace of it, with the rights you have. Your kubeconfig is only read. Each keeps what is in it. Marks and files stay; the step at hand is prepared again where you go.",
    examples: [
      ["Real nodes; needs Docker and kind", `${self} cluster use kind`],
      ["Back to the practice cluster", `${self} cluster use practice`],
      ["One namespace of a cluster that you have", `${self} cluster use context my-class --namespace bootcamp-me`],
    ],
    flags: {
      "--namespace":
        "Of context: the namespace to live in. Else the one that the context names. It is made if it isn't there and you may",
      "--yes": "Of context: also where it looks like production, or the namespace is in use",
    },
  },
  "cluster load": {
    summary: "Bring images of this machine onto the nodes",
    text: "Where a registry can't be reached, or counts pulls: docker pull once, then load. For kind; the practice cluster needs none.",
    examples: [["One image", `${self} cluster load kicbase/echo-server:1.0`]],
  },
  "cluster status": {
    summary: "Show whether the cluster runs",
    text: "Exit code 3 when it doesn't.",
    examples: [["Does it run?", `${self} cluster status`]],
    flags: { "--output": output },
  },
  "cluster stop": {
    summary: "Stop the cluster",
    text: "What is in it stays, and the next command that needs it starts it again.",
    examples: [["Stop it", `${self} cluster stop`]],
  },
  "cluster delete": {
    summary: "Delete the cluster and all that is in it",
    text: "Your files and marks stay. Of a cluster used by its context only the course's objects are deleted, and the namespace if the course made it; it asks before that.",
    examples: [
      ["Delete it", `${self} cluster delete`],
      ["Leave a cluster that is not the course's, without being asked", `${self} cluster delete --yes`],
    ],
    flags: { "--yes": "Don't ask" },
  },
  env: {
    summary: "Print what points kubectl at the cluster",
    text: "KUBECONFIG, KUBECACHEDIR and the folder of setup tools for PATH, as your shell wants them. The kubeconfig is the tutor's own; yours is never touched.",
    examples: [
      ["In bash or zsh", `eval "$(${self} env)"`],
      ["In fish", `${self} env | source`],
      ["In PowerShell", `${self} env | Out-String | Invoke-Expression`],
    ],
    flags: { "--shell": "bash, zsh, fish or powershell. Else the one that SHELL names" },
  },
  shell: {
    summary: "Open a shell whose kubectl talks to the cluster",
    text: "It is your own shell, in the course's folder. Leave it with exit.",
    examples: [["Work on the course; leave with exit", `${self} shell`]],
  },
  setup: { summary: "Fetch kubectl and kind, if you have none", examples: [] },
  "setup tools": {
    summary: "Fetch kubectl and kind from their projects",
    text: "The releases that fit the course, with their published checksums, into a folder of the tutor's own. It is found after all others on PATH, so what you have yourself comes first. A download that breaks off goes on where it stopped.",
    examples: [
      ["What is missing of both", `${self} setup tools`],
      ["kubectl alone, without being asked", `${self} setup tools kubectl --yes`],
      ["From a mirror in your house", `${self} setup tools --mirror https://mirror.example.com/k8s`],
    ],
    flags: {
      "--mirror":
        "In place of https://dl.k8s.io and https://kind.sigs.k8s.io, with their paths: URL/release/VERSION/bin/linux/amd64/kubectl, URL/dl/VERSION/kind-linux-amd64, and the checksums beside them",
      "--yes": "Don't ask",
    },
  },
  doctor: {
    summary: "Look for trouble on this machine, and say the cure",
    text: "Exit code 3 when something is in the way of the course.",
    examples: [
      ["Is all well here?", `${self} doctor`],
      ["Would a kind cluster start here?", `${self} doctor --provider kind`],
    ],
    flags: { "--output": output, "--provider": "Look at what this provider needs, too: practice or kind" },
  },
  completion: {
    summary: "Print a script that completes commands, flags and lessons",
    examples: [
      ["In bash, for this shell", "source <(k8s-bootcamp completion bash)"],
      ["In zsh, for this shell", "source <(k8s-bootcamp completion zsh)"],
      ["In fish, for good", "k8s-bootcamp completion fish > ~/.config/fish/completions/k8s-bootcamp.fish"],
      ["In PowerShell, for this shell", "k8s-bootcamp completion powershell | Out-String | Invoke-Expression"],
    ],
  },
  course: { summary: "For authors of courses", examples: [] },
  "course lint": {
    summary: "Check the files of a course",
    text: "Facts, texts in both languages, manifests. Exit code 4 when there are faults.",
    examples: [
      ["The course at hand", `${self} course lint`],
      ["One of your own", `${self} course lint --course ./my-course`],
    ],
    flags: { "--output": output },
  },
  "course test": {
    summary: "Prove a course on a cluster of its own",
    text: "Each step's start must fail, its wrong answers fail as they say, its other routes and its solution pass, and a reset bring the start back. Your progress and your cluster are not touched. Exit code 1 when something is not as it must be, 4 when a file can't be understood.",
    examples: [
      ["The whole course, on a practice cluster", `${self} course test`],
      ["One chapter, on kind", `${self} course test --provider kind --only 'monitoring/*'`],
    ],
    flags: {
      "--provider": "What kind of cluster: practice or kind",
      "--only": "Lessons or steps with this id; * stands for anything, and a comma stands between several",
      "--output": output,
    },
  },
  "course new": {
    summary: "Make a lesson to change into your own",
    text: "A folder with lesson.yaml and both texts, and a manifest. Where there is no course yet, --course makes one.",
    examples: [["The first lesson of a course of your own", `${self} course new basics/hello --course ./my-course`]],
  },
});
