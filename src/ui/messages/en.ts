import type { ProblemTable } from "../problem.ts";
import { englishHelp } from "./help-en.ts";

/** Everything the program says, in English. `self` is what the learner types to call it. */
export const english = (self: string) => ({
  help: englishHelp(self),
  problems: problems(self),
  labels: { error: "error:", why: "why:", try: "try:", note: "note:", usage: "Usage:", examples: "Examples:" },

  progressSetAside: (file: string, backup: string) =>
    `${file} could not be read, so it was set aside as ${backup}. Your marks begin anew; the cluster and your files are as they were.`,

  bug: ({ what, version, file }: { what: string; version: string; file: string | undefined }) => ({
    what: `k8s-bootcamp ${version} has a bug: ${what}`,
    why: "This should never happen, whatever you typed.",
    try: file === undefined ? ["the same again with --debug, and report what it prints"] : [`report it, with what ${file} says`],
  }),

  step: {
    minutes: (minutes: number) => `${minutes} min`,
    optional: "optional",
    position: (number: number, of: number) => `step ${number} of ${of}`,
    task: "Task",
    question: "Which one?",
    wrote: (files: string, where: string) => `Wrote ${files} into ${where}`,
    kept: (files: string, where: string) => `Kept your ${files} in ${where}`,
    keptCure: (command: string) => `${command} writes it anew and keeps yours as a copy`,
    passed: "You have passed this step.",
    thenVerify: "Then:",
    thenVerifyAnswer: "With the answer:",
    connect: "To let kubectl in this shell talk to the practice cluster:",
    done: "That was the last step. You have been through the whole course.",
  },

  waits: {
    clusterStart: "Starting the practice cluster",
    clusterCreate: (nodes: number) => `Making a practice cluster of ${nodes === 1 ? "one node" : `${nodes} nodes`}`,
    prepare: "Preparing the step",
    verify: "Looking at the cluster",
  },

  list: {
    progress: (passed: number, of: number) => `${passed} of ${of} steps passed`,
    next: "Next:",
  },
});

export type Messages = ReturnType<typeof english>;

const problems = (self: string): ProblemTable => ({
  "unknown-language": ({ given, known }) => ({
    what: `unknown language "${given}"`,
    why: `there are ${known.join(" and ")}`,
    try: [`${self} --lang ${known[0]}`],
  }),
  "unknown-command": ({ given, command, near }) => ({
    what: `unknown command "${given}" for "${[self, command].join(" ").trim()}"`,
    try: near.length > 0 ? near.map((one) => [self, command, one].filter(Boolean).join(" ")) : [helpFor(self, command)],
  }),
  "unknown-flag": ({ given, command, near }) => ({
    what: `unknown flag: ${given}`,
    ...(near.length > 0 && { why: `did you mean ${near.join(" or ")}?` }),
    try: [helpFor(self, command)],
  }),
  "flag-needs-value": ({ flag, command }) => ({ what: `flag needs a value: ${flag}`, try: [helpFor(self, command)] }),
  "flag-value-invalid": ({ flag, given, known, command }) => ({
    what: `invalid value "${given}" for ${flag}`,
    why: `it takes ${known.join(" or ")}`,
    try: [helpFor(self, command)],
  }),
  "argument-missing": ({ argument, command }) => ({ what: `${argument} is missing`, try: [helpFor(self, command)] }),
  "argument-unexpected": ({ given, command }) => ({
    what: `"${given}" is one word too many for "${self} ${command}"`,
    try: [helpFor(self, command)],
  }),
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
    what: `${file} is of format ${String(format)}, which this version doesn't know`,
    try: ["npm install --global k8s-bootcamp@latest"],
  }),
  "lesson-invalid": ({ faults: [first, ...more] }) => ({
    what: `${first.file}:${first.line}:${first.column}: ${first.what}`,
    ...(more.length > 0 && { why: `and ${more.length} more` }),
    try: [`${self} course lint`],
  }),
  "text-missing": ({ lesson, language, file }) => ({ what: `${file}:1: lesson ${lesson} has no text in language ${language}` }),
  "manifest-missing": ({ manifest, file }) => ({ what: `${file}:1: a lesson wants manifest ${manifest}, and there is none` }),
  "edit-finds-nothing": ({ file, from }) => ({ what: `${file}:1: a lesson replaces "${from}", which is not there` }),
  "progress-newer": ({ file, format }) => ({
    what: `${file} was written by a newer version (format ${format})`,
    try: ["npm install --global k8s-bootcamp@latest", `${self} reset --progress`],
  }),
  "progress-locked": ({ file, pid }) => ({
    what: `another command is at work${pid === undefined ? "" : ` (process ${pid})`}`,
    why: `it holds ${file}`,
    try: ["wait for it to end, then type the command again"],
  }),
  "workspace-missing": ({ dir }) => ({
    what: `your folder ${dir} is gone`,
    try: [`${self} next --dir ${dir}`, `${self} next --dir ./k8s-bootcamp`],
  }),
  "workspace-unset": () => ({ what: "you have no folder for the course yet", try: [`${self} next`] }),
  "file-unreadable": ({ file, reason }) => ({ what: `cannot read ${file}`, why: systemReason(reason) }),
  "file-unwritable": ({ file, reason }) => ({ what: `cannot write ${file}`, why: systemReason(reason) }),
  "cluster-absent": () => ({ what: "there is no cluster yet", try: [`${self} cluster create`] }),
  "cluster-start-failed": ({ log, lastLine }) => ({
    what: "the practice cluster did not start",
    why: lastLine,
    try: [`${self} cluster create --recreate`, `${self} doctor`, `read ${log}`],
  }),
  "cluster-start-slow": ({ log, seconds }) => ({
    what: `the practice cluster did not answer within ${seconds} seconds`,
    try: [`${self} doctor`, `read ${log}`],
  }),
  "cluster-locked": ({ pid }) => ({
    what: `another command is at work on the cluster (process ${pid})`,
    try: ["wait for it to end, then type the command again"],
  }),
  "port-taken": ({ port }) => ({ what: `port ${port} of this machine is taken`, try: [`${self} cluster stop`, `${self} cluster status`] }),
  "state-unwritable": ({ folder, reason }) => ({
    what: `cannot write into ${folder}, where the tutor keeps its state`,
    why: systemReason(reason),
    try: [`${self} doctor`, "K8S_BOOTCAMP_HOME=FOLDER puts it elsewhere"],
  }),
  "kubeconfig-unreadable": ({ file, reason }) => ({ what: `cannot read ${file}`, why: reason, try: [`${self} cluster create --recreate`] }),
  "provider-unknown": ({ given }) => ({ what: `there is no kind of cluster called "${given}"`, try: [`${self} cluster create --help`] }),
  "cluster-config-invalid": ({ file, line, what }) => ({ what: `${file}:${line}: ${what}` }),
});

const helpFor = (self: string, command: string): string => [self, command, "--help"].filter(Boolean).join(" ");

const reasons: Readonly<Record<string, string>> = {
  EACCES: "you have no permission to",
  EPERM: "you have no permission to",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "your share of the disk is used up",
  EFBIG: "the file would be larger than this shell's limit allows",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "a file stands where a folder must be",
  EISDIR: "a folder stands where a file must be",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
};

const systemReason = (code: string): string => reasons[code] ?? code;
