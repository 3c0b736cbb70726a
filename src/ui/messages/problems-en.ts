import type { ProblemTable, ToolProblem } from "../problem.ts";
import { englishContextProblems } from "./context-en.ts";
import { englishKindProblems } from "./kind-en.ts";

export const englishProblems = (self: string): ProblemTable => ({
  ...englishContextProblems(self),
  ...englishKindProblems(self),
  "unknown-language": ({ given, known }) => ({
    what: `unknown language "${given}"`,
    why: `there are ${known.join(" and ")}`,
    try: [`${self} --lang ${known[0]}`],
  }),
  "unknown-command": ({ given, command, near }) => ({
    what: `unknown command "${given}" for "${[self, command].filter(Boolean).join(" ")}"`,
    try: near.length > 0 ? near.map((one) => [self, command, one].filter(Boolean).join(" ")) : [helpFor(self, command)],
  }),
  "unknown-flag": ({ given, command, near }) => ({
    what: `unknown flag: ${given}`,
    ...(near.length > 0 && { why: `did you mean ${near.join(" or ")}?` }),
    try: [helpFor(self, command)],
  }),
  "flag-needs-value": ({ flag, command }) => ({ what: `flag needs a value: ${flag}`, try: [helpFor(self, command)] }),
  "flag-value-invalid": ({ flag, given, known, near }) => ({
    what: `invalid value "${given}" for ${flag}`,
    why: `it takes ${known.join(" or ")}${near[0] ? `; did you mean ${near[0]}?` : ""}`,
  }),
  "argument-missing": ({ argument, command }) => ({ what: `${argument} is missing`, try: [helpFor(self, command)] }),
  "argument-unexpected": ({ given, command }) => ({
    what: `"${given}" is one word too many for "${self} ${command}"`,
    try: [helpFor(self, command)],
  }),
  "answer-missing": ({ wanted, options }) => ({
    what: "this step asks a question, and there is no terminal to ask it on",
    try: [`${self} verify --answer ${wanted === "option" ? options.join("|") : wanted === "list" ? "VALUE,VALUE" : "VALUE"}`],
  }),
  "yes-missing": ({ command }) => ({
    what: "there is no terminal to ask on whether you are sure",
    try: [`${self} ${command} --yes`],
  }),
  "nothing-to-apply": () => ({ what: "this step has no manifest to apply", try: [`${self} apply -f FILE`] }),
  "step-not-begun": ({ step }) => ({ what: `you have not begun ${step}`, try: [`${self} next ${step}`] }),
  "unknown-lesson": ({ given, near }) => ({
    what: `no lesson or step is called "${given}"`,
    try: near.length > 0 ? near.map((one) => `${self} next ${one}`) : [`${self} list`],
  }),
  "nothing-to-skip": ({ lesson }) => ({
    what: `lesson ${lesson} can't be skipped: none of its steps stands for all of it`,
    try: [`${self} next ${lesson}`],
  }),

  "course-missing": ({ dir }) => ({ what: `there is no course in ${dir}`, why: "a course is a folder with a course.yaml" }),
  "course-newer": ({ file, format }) => ({
    what: `${file}:1: format ${String(format)} is newer than this version knows`,
    try: ["npm install --global k8s-bootcamp@latest"],
  }),
  "lesson-invalid": ({ faults: [first, ...more] }) => ({
    what: `${first.file}:${first.line}:${first.column}: ${first.what}`,
    ...(more.length > 0 && { why: `and ${more.length} more` }),
    try: [`${self} course lint`],
  }),
  "text-missing": ({ lesson, language, file }) => ({ what: `${file}:1: lesson ${lesson} has no text in language ${language}` }),
  "manifest-missing": ({ manifest, file }) => ({ what: `${file}:1: a lesson wants manifest ${manifest}, and there is none` }),
  "edit-finds-nothing": ({ file, from }) => ({
    what: `${file}:1: "${from}" was to be replaced, and it is not there`,
    try: [`${self} reset --files`],
  }),

  "progress-newer": ({ file, format }) => ({
    what: `${file} was written by a newer version (format ${format})`,
    try: ["npm install --global k8s-bootcamp@latest", `${self} reset --progress`],
  }),
  "progress-locked": ({ file, pid }) => ({
    what: `another command is at work (process ${pid})`,
    why: `it holds ${file}`,
    try: ["wait for it to end, then type the command again"],
  }),
  "workspace-missing": ({ dir }) => ({
    what: `your folder ${dir} is gone`,
    try: [`${self} next --dir ${dir}`, `${self} next --dir ./k8s-bootcamp`],
  }),
  "workspace-unset": () => ({ what: "you have no folder for the course's files yet", try: [`${self} next`] }),
  "file-unreadable": ({ file, reason }) => ({ what: `cannot read ${file}`, why: systemReason(reason) }),
  "file-unwritable": ({ file, reason }) => ({ what: `cannot write ${file}`, why: systemReason(reason), try: [`${self} doctor`] }),

  "break-failed": ({ command, said }) => ({
    what: `the step could not be prepared: ${command}`,
    ...(said && { why: said }),
    try: [`${self} doctor`, `${self} reset`],
  }),
  "tool-unpublished": ({ tool, platform }) => ({
    what: `${tool} is not published for ${platform}`,
    try: [`get ${tool} by the means of your system, and put it on PATH`],
  }),
  "tool-not-fetched": ({ tool, version, failure, proxy, byHand, again }) => ({
    what: `${tool} ${version} could not be fetched, and nothing was installed`,
    why:
      downloadReason(failure) +
      (failure.why === "unreachable" && proxy ? `; ${proxy} is set, but we go past proxies, and curl doesn't` : ""),
    try: [
      ...(failure.why === "unwritable" ? [`${self} doctor`] : []),
      `${self} ${again}${failure.why === "broken-off" ? "   goes on where it stopped" : ""}`,
      ...(failure.why === "wrong-checksum" ? [] : [["or by hand:", ...byHand].join("\n      ")]),
    ],
  }),

  busy: ({ pid }) => ({
    what: `another command is at work (process ${pid})`,
    try: ["wait for it to end, then type the command again"],
  }),
  "state-unwritable": ({ folder, reason }) => ({
    what: `cannot write into ${folder}, where the tutor keeps what is its own`,
    why: systemReason(reason),
    try: [`${self} doctor`, "K8S_BOOTCAMP_HOME=FOLDER puts it elsewhere"],
  }),
  "cluster-absent": () => ({ what: "there is no cluster yet", try: [`${self} next`] }),
  "cluster-exists": () => ({
    what: "there is a cluster already",
    why: "a new one would take its place, and all that is in it would be lost",
    try: [`${self} cluster create --recreate`],
  }),
  "cluster-start-failed": ({ log, lastLine }) => ({
    what: "the practice cluster did not start",
    ...(lastLine && { why: lastLine }),
    try: [`${self} doctor`, `${self} reset --cluster`, `read ${log}`],
  }),
  "cluster-start-slow": ({ log, seconds }) => ({
    what: `the practice cluster did not answer within ${seconds} seconds`,
    try: ["type the command again", `${self} doctor`, `read ${log}`],
  }),
  "cluster-unreachable": ({ server, reason }) => ({
    what: `nobody answers at ${server} as your cluster does`,
    why: reason,
    try: [`${self} cluster status`, `${self} doctor`],
  }),
  "kubeconfig-broken": ({ file }) => ({
    what: `the tutor's kubeconfig ${file} can't be used`,
    why: "it was changed by hand, or by a kubectl config command",
    try: [`delete ${file}, and type the command again`],
  }),
  "cluster-refused": ({ message }) => ({ what: `the cluster said no: ${message}`, try: [`${self} reset`, `${self} doctor`] }),
  "needs-unmet": ({ step, needs, rights }) => ({
    what: `${step} cannot be checked here`,
    why: [...needs.map((need) => needWords[need]), ...(rights.length > 0 ? [`missing rights: ${rights.join("; ")}`] : [])].join(
      "; ",
    ),
    try: [`${self} next`],
  }),
  "cluster-config-missing": ({ file }) => ({ what: `there is no file ${file}` }),
  "cluster-config-invalid": ({ file, line, what }) => ({ what: `${file}:${line}: ${what.en}` }),
  "cluster-config-blank": ({ file, line, question }) => ({ what: `${file}:${line} is still to be filled in: ${question}` }),
});

const helpFor = (self: string, command: string): string => [self, command, "--help"].filter(Boolean).join(" ");

function downloadReason(failure: (ToolProblem & { code: "tool-not-fetched" })["failure"]): string {
  switch (failure.why) {
    case "unreachable":
      return `${new URL(failure.url).host}: ${networkReasons[failure.reason] ?? failure.reason}`;
    case "refused":
      return `${failure.url} answers ${failure.status}${failure.status === 404 ? ", there is no such file" : ""}`;
    case "broken-off": {
      const { received, total } = failure;
      return `the connection broke off after ${received}${total === undefined ? "" : ` of ${total}`} bytes; they are kept`;
    }
    case "no-checksum":
      return `${failure.url} has no checksum in it`;
    case "wrong-checksum":
      return `what came from ${failure.url} has SHA-256 ${failure.actual}, and ${failure.expected} is published; it was thrown away`;
    case "unwritable":
      return `${failure.file}: ${systemReason(failure.reason)}`;
  }
}

const networkReasons: Readonly<Record<string, string>> = {
  ENOTFOUND: "no such host, or this machine is offline",
  EAI_AGAIN: "the name could not be looked up; this machine may be offline",
  ECONNREFUSED: "nobody listens there",
  ECONNRESET: "the connection was cut",
  EHOSTUNREACH: "there is no way there",
  ENETUNREACH: "there is no way there; this machine may be offline",
  ETIMEDOUT: "no answer came in time",
  UND_ERR_CONNECT_TIMEOUT: "no answer came in time",
  UND_ERR_SOCKET: "the connection was cut",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is not trusted (NODE_EXTRA_CA_CERTS names a file with the one of your house)",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not trusted (NODE_EXTRA_CA_CERTS names a file with the one of your house)",
};

const needWords = {
  exec: "it has to run commands in containers",
  "real-images": "it needs an image that only a cluster with containers can run",
  "nodes>=3": "it needs three nodes or more",
  "cluster-admin": "it reads or writes beyond your namespace",
  "own-cluster": "it makes a cluster of its own",
} as const;

const reasons: Readonly<Record<string, string>> = {
  EACCES: "you have no permission",
  EPERM: "you have no permission",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "your share of the disk is used up",
  EFBIG: "the file would be larger than this shell's limit allows",
  ENOENT: "a folder of the path is not there, and none can be made",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "a file stands where a folder must be",
  EISDIR: "a folder stands where a file must be",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
};

const systemReason = (code: string): string => reasons[code] ?? code;
