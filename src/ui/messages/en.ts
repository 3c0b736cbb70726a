import type { CourseTestHead } from "../course-test.ts";
import type { Provider } from "../../course/lesson.ts";
import type { FieldConflict } from "../../kube/api-error.ts";
import type { FindingTable } from "../doctor.ts";
import type { ClusterStatus, LearnerStatus } from "../learner-status.ts";
import { englishContext } from "./context-en.ts";
import { englishHelp } from "./help-en.ts";
import { englishClusterStep, englishMachine } from "./kind-en.ts";
import { englishProblems } from "./problems-en.ts";

/** Everything the program says, in English. `self` is what the learner types to call it. */
export const english = (self: string) => ({
  help: englishHelp(self),
  problems: englishProblems(self),
  labels: { error: "error:", why: "why:", try: "try:", note: "note:" },

  progressSetAside: (file: string, backup: string) =>
    `${file} could not be read, so it was set aside as ${backup}. Your marks begin anew; the cluster and your files are as they were.`,

  bug: ({ what, version, file }: { what: string; version: string; file: string | undefined }) => ({
    what: `k8s-bootcamp ${version} has a bug: ${what}`,
    why: "this should never happen, whatever you typed",
    try: [file === undefined ? "the same with --debug, and report what it prints" : `report it, with what is written in ${file}`],
  }),

  step: {
    minutes: (minutes: number) => `${minutes} min`,
    optional: "optional",
    position: (number: number, of: number) => `step ${number} of ${of}`,
    task: "Task",
    fromEarlier: "Written for you, complete: you began after the lesson that makes it.",
    wrote: (files: string, folder: string) => `Wrote ${files} into ${folder}`,
    there: (files: string, folder: string) => `${files} is in ${folder}`.replace(/(,.*) is in/, "$1 are in"),
    kept: (files: string, folder: string) =>
      `Kept your ${files} in ${folder}; ${self} reset --files would write it anew and keep yours as a copy`,
    passed: "You have passed this step.",
    afterwards: "Then:",
    connect: "To point kubectl in this shell at the course's cluster:",
    done: "You have been through the whole course. There is no step left.",
  },

  waits: {
    clusterStart: (provider: Provider) => `Starting the ${clusterNames[provider]}`,
    clusterCreate: (provider: Provider, nodes: number) => `Making a ${clusterNames[provider]} of ${nodeWords(nodes)}`,
    imagesLoad: (images: readonly string[]) => `Loading ${images.join(", ")} onto the nodes`,
    prepare: "Preparing the step's start",
    verify: "Looking",
  },

  ask: { option: "Which one?", value: "Your answer:", list: "Your answer, parted by commas:", sure: "Go on?" },

  verify: {
    labels: { expected: "expected", actual: "actual", why: "why", try: "try" },
    passed: "Passed.",
    lessonPassed: "Passed without help: the whole lesson counts as passed.",
    after: "After",
    next: "Next:",
    last: "That was the last step of the course.",
    notYet: (passed: number, of: number) => `Not yet: ${passed} of ${of} checks pass.`,
    hint: "Stuck?",
  },

  hint: {
    number: (number: number, of: number) => `Hint ${number} of ${of}`,
    another: `There is another one: ${self} hint`,
    later: `The next one comes after another verify, or all at once with ${self} hint --all`,
    none: "This step has no hints.",
  },

  solution: {
    file: (file: string) => `${file}, complete:`,
    edit: (file: string) => `In ${file}, change:`,
    remove: (file: string) => `Delete ${file}.`,
    answer: (answer: string) => `The answer: ${answer}`,
    nothing: `There is nothing to do: \`${self} verify\``,
  },

  files: {
    wrote: (file: string, folder: string) => `Wrote ${file} into ${folder}`,
    backedUp: (backup: string) => `Yours is kept as ${backup}`,
  },

  prepared: {
    removed: (objects: string) => `Not part of this step, so removed: ${objects}`,
    changed: (objects: string) => `Set as this step begins: ${objects}`,
    context: "The kubeconfig's context was set back to the course's",
    unready: (object: string, trouble: string) => `${object} is not ready${trouble ? `: ${trouble}` : ""}`,
  },

  skip: {
    placement: (lesson: string) => `Pass this step without help, and lesson ${lesson} counts as passed.`,
  },

  reset: {
    willStep: (step: string, namespace: string | undefined) =>
      `The objects of step ${step} go back to the step's start${namespace === undefined ? "." : `; everything else in namespace ${namespace} is deleted.`}`,
    willFiles: (files: string, folder: string) =>
      `${files} in ${folder} will be written anew; what you changed is kept as a copy.`,
    willCluster: "The cluster will be made anew. All objects in it are lost.",
    willProgress: "All marks will be forgotten. Files and cluster stay.",
    willAll: (folder: string) =>
      `The cluster and all marks will be deleted; the course's files in ${folder} are set aside as copies.`,
    done: "Done.",
    noFiles: "This step has no files.",
  },

  list: {
    progress: (passed: number, of: number) => `${passed} of ${of} steps passed`,
    next: "Next:",
    notHere: "not here",
  },

  status: (status: LearnerStatus): [string, string][] => [
    ["Step", status.step ? `${status.step.id}  ${status.step.title}` : "none left"],
    ["Passed", passedWords(status.steps)],
    ...predictionRow(status.predictions),
    ["Folder", status.workspace ?? `none yet: ${self} next`],
    ["Cluster", clusterWords(status.cluster)],
    ["kubectl", status.connected ? "talks to this cluster in this shell" : "talks to another cluster, or none, in this shell"],
  ],

  cluster: {
    created: (provider: Provider, nodes: number, from: string | undefined) =>
      `The ${clusterNames[provider]} is made: ${nodeWords(nodes)}, ${from === undefined ? "as the course has it" : `as ${from} describes`}.`,
    status: (status: ClusterStatus): [string, string][] => [
      ["Cluster", clusterWords(status)],
      ...(status.kubeconfig
        ? ([
            ["kubeconfig", status.kubeconfig],
            ["context", status.context ?? ""],
          ] as [string, string][])
        : []),
    ],
    stopped: `The cluster is stopped. What is in it stays; the next command that needs it starts it again.`,
    wasStopped: "The cluster was not running.",
    deleted: "The cluster is deleted. Your files and marks stay.",
    none: "There was no cluster.",
    using: (provider: Provider, isThere: boolean) =>
      `The course now runs on the ${clusterNames[provider]}.${isThere ? "" : " There is none yet; the next step that needs it makes it."} Your marks and files stay.`,
    prepareAgain: (step: string) => `${step} was begun on the other cluster, so it is prepared again here.`,
    oldNodes: (image: string) =>
      `nodes of ${image} are past their end of life: they may not start with today's kind and Docker, and kubectl warns of its distance`,
    loaded: (images: readonly string[]) => `On every node now: ${images.join(", ")}`,
    loadsNone: (provider: Provider) => `The nodes of a ${clusterNames[provider]} take no images from this machine.`,
  },

  context: englishContext(self),

  clusterStep: englishClusterStep,

  env: { howTo: "Run this to point kubectl in this shell at the course's cluster:" },

  shell: {
    entering: (context: string) => `A shell whose kubectl talks to ${context}. Leave it with exit.`,
    left: "Left the shell; kubectl is set as it was before.",
    missing: (shell: string) => `error: cannot start ${shell}; set SHELL to yours`,
  },

  apply: {
    noFile: (file: string) => ({ what: `the path "${file}" does not exist` }),
    conflict: (object: string, conflicts: readonly FieldConflict[], file: string) => ({
      what: `${object}: ${conflicts.map(({ manager, field }) => `${field} belongs to "${manager}"`).join("; ")}`,
      why: "somebody else set it to another value, and an apply does not take it unasked",
      try: [`${self} apply -f ${file} --force-conflicts   takes it`, `or leave it out of ${file}, and it stays theirs`],
    }),
  },

  setup: {
    will: (tool: string, version: string, url: string, folder: string) => `${tool} ${version}: ${url} → ${folder}`,
    onPath: (tool: string, version: string) => `${tool} ${version} is on your PATH already; it will do.`,
    inTheWay: (tool: string, version: string, ours: string) =>
      `${tool} ${version} on your PATH comes before ours, ${ours}, until you take it away`,
    there: (tool: string, version: string, folder: string) => `${tool} ${version} is in ${folder}.`,
    fetching: (tool: string, version: string) => `Fetching ${tool} ${version}`,
    path: "To have it on PATH in this shell, as env and shell do, too:",
  },

  doctor: findings(self),
  lint: {
    fine: (dir: string) => `${dir}: no faults found`,
    faults: (count: number) => `${count} ${count === 1 ? "fault" : "faults"}`,
  },
  courseTest: {
    head: ["STEP", "START", "WRONG", "ROUTES", "SOLUTION", "RESET", "TIME"] as CourseTestHead,
    summary: ({ provider, steps, trials, leftOut, lacking, faults, seconds }: CourseTestSummary) =>
      `${steps} steps, ${trials} trials on ${provider} in ${seconds} s: ${faults === 0 ? "all as they must be" : `${faults} faults`}` +
      `${lacking > 0 ? `; ${lacking} steps cannot be checked here` : ""}${leftOut > 0 ? `; ${leftOut} wrong answers left out, being right here` : ""}.`,
  },
  courseNew: { next: "A step to change into your own. Then:" },
});

/** What `course test` came to, in numbers. */
export interface CourseTestSummary {
  provider: string;
  steps: number;
  trials: number;
  /** Wrong answers that are right on this cluster. */
  leftOut: number;
  /** Steps that need what this kind of cluster has not. */
  lacking: number;
  faults: number;
  seconds: number;
}

export type Messages = ReturnType<typeof english>;

const findings = (self: string): FindingTable => ({
  ...englishMachine(self),
  node: ({ state, version, needed }) => ({
    what: `Node.js ${version}`,
    ...(state !== "good" && { try: `install Node.js ${needed} or newer: https://nodejs.org` }),
  }),
  kubectl: ({ state, version, server }) => {
    if (version === undefined) return { what: "kubectl is not on PATH", try: `${self} setup tools kubectl` };
    const what = `kubectl ${version}, for a server ${server}`;
    return state === "good"
      ? { what }
      : { what: `${what}: more than one minor version apart`, try: "https://kubernetes.io/docs/tasks/tools/" };
  },
  state: ({ folder, reason }) => ({
    what: reason === undefined ? `state is kept in ${folder}` : `cannot write into ${folder}: ${reason}`,
    ...(reason !== undefined && { try: "free it, or set K8S_BOOTCAMP_HOME to another folder" }),
  }),
  workspace: ({ folder, isMissing }) => {
    if (folder === undefined) return { what: "no folder for the course's files yet", try: `${self} next` };
    return isMissing
      ? { what: `your folder ${folder} is gone`, try: `${self} next --dir ${folder}` }
      : { what: `your files are in ${folder}` };
  },
  progress: ({ passed, total, what }) => (what === undefined ? { what: `${passed} of ${total} steps passed` } : { what }),
  cluster: ({ found, nodes, trouble }) => {
    if (trouble !== undefined) return { what: trouble, try: `${self} cluster status` };
    if (found === "absent") return { what: "no cluster yet", try: `${self} next` };
    if (found === "stopped") return { what: "the cluster is stopped; the next command that needs it starts it" };
    return { what: `the cluster runs and answers${nodes === undefined ? "" : `, ${nodeWords(nodes)}`}` };
  },
  shell: ({ connect }) =>
    connect === undefined
      ? { what: "kubectl in this shell talks to the course's cluster" }
      : { what: "kubectl in this shell talks to another cluster, or to none", try: connect },
});

const clusterNames: Readonly<Record<Provider, string>> = {
  practice: "practice cluster",
  kind: "kind cluster",
  context: "borrowed cluster",
};

const nodeWords = (nodes: number): string => (nodes === 1 ? "one node" : `${nodes} nodes`);

function clusterWords({ state, provider, name, nodes, trial, trouble }: ClusterStatus): string {
  if (state === "absent") return "none yet";
  const size = nodes === undefined ? "" : `, ${nodeWords(nodes)}${trial ? " (trial)" : ""}`;
  return `${provider} ${name}, ${state}${size}${trouble === undefined ? "" : `: ${trouble}`}`;
}

function passedWords({ passed, total, withHelp, placed, skipped }: LearnerStatus["steps"]): string {
  const more = [
    withHelp && `${withHelp} with help`,
    placed && `${placed} by placement`,
    skipped && `${skipped} passed over`,
  ].filter(Boolean);
  return `${passed} of ${total} steps${more.length > 0 ? ` (${more.join(", ")})` : ""}`;
}

const predictionRow = ({ made, right }: LearnerStatus["predictions"]): [string, string][] =>
  made === 0 ? [] : [["Predicted", `${right} of ${made} right at the first try`]];
