import type { ContextProblem } from "../../clusters/context-problem.ts";
import type { ProductionSign } from "../../clusters/production-signs.ts";
import type { ProblemTable } from "../problem.ts";

type ContextTable = Pick<ProblemTable, ContextProblem["code"]>;

/** What can go wrong with a cluster that somebody else made. */
export const englishContextProblems = (self: string): ContextTable => ({
  "context-unknown": ({ given, files, near }) => ({
    what: `no context "${given}" in ${files.join(", ")}`,
    ...(near.length > 0 && { why: `did you mean ${near.join(" or ")}?` }),
    try: near.length > 0 ? near.map((one) => use(self, one)) : ["kubectl config get-contexts"],
  }),
  "user-kubeconfig-broken": ({ file }) => ({ what: `your kubeconfig ${file} is no YAML that one can read` }),
  "context-in-production": ({ context, namespace, signs }) => ({
    what: `"${context}" looks like a cluster that people depend on`,
    why: signs.map(({ where, text }) => `${places[where]} "${text}"`).join(", "),
    try: [`${use(self, context, namespace)} --yes   if you are sure that it is for practice`],
  }),
  "namespace-wanted": ({ context, suggested }) => ({
    what: `which namespace of "${context}" is the course to live in?`,
    why: "it keeps to one, and takes it for its own",
    try: [use(self, context, suggested)],
  }),
  "namespace-reserved": ({ context, namespace, suggested }) => ({
    what: `the course does not live in namespace ${namespace} of a cluster that is not its own`,
    why: namespace === "default" ? "that is where everybody's things land" : "it belongs to the cluster itself",
    try: [use(self, context, suggested)],
  }),
  "namespace-missing": ({ namespace }) => ({
    what: `there is no namespace ${namespace}, and you may not make one`,
    why: "missing right: create namespaces",
    try: ["ask whoever runs the cluster for a namespace, and name it with --namespace"],
  }),
  "namespace-going": ({ namespace }) => ({
    what: `namespace ${namespace} is being deleted`,
    try: ["wait until it is gone, then type the command again"],
  }),
  "namespace-closed": ({ context, namespace, right }) => ({
    what: `there is nothing you may do in namespace ${namespace} of "${context}", or there is no such namespace`,
    why: `missing right: ${right}`,
    try: ["ask whoever runs the cluster for a namespace, and name it with --namespace"],
  }),
  "namespace-in-use": ({ context, namespace, objects }) => ({
    what: `namespace ${namespace} is in use: ${some(objects)}`,
    why: "the course would live among them; it leaves alone what it has not made",
    try: [use(self, context, `${namespace}-bootcamp`), `${use(self, context, namespace)} --yes   to live among them`],
  }),
  "namespace-taken": ({ namespace, objects }) => ({
    what: `namespace ${namespace} has what the course would replace: ${some(objects)}`,
    why: "they have the names or the labels of the course's own, and it has not made them",
    try: ["another namespace, or delete them yourself"],
  }),
  "credentials-refused": ({ message }) => ({
    what: `the cluster does not know you by what your kubeconfig holds: ${message}`,
    why: "a token or a certificate has run out, most likely",
    try: ["renew it in your own kubeconfig: the next command reads it from there", `${self} cluster use practice`],
  }),
  "cluster-borrowed": ({ context }) => ({
    what: `the cluster of context "${context}" is not the course's to make or to stop`,
    try: [`${self} cluster use practice`, `${self} reset --cluster   takes the course's objects out of it`],
  }),
});

/** What is said around a borrowed cluster. */
export const englishContext = (self: string) => ({
  using: (context: string, namespace: string, made: boolean) =>
    `The course lives in namespace ${namespace} of "${context}"${made ? ", which it has made" : ""}. Your own kubeconfig is as it was.`,
  notHere: (count: number) =>
    `${count === 1 ? "One step" : `${count} steps`} can't be done here with your rights: ${self} list marks them.`,
  passedOver: (steps: string) => `Not here, so passed over: ${steps}`,
  willEmpty: (namespace: string) => `The course's objects in namespace ${namespace} will be deleted, and nothing else there.`,
  willLeave: (namespace: string, made: boolean) =>
    made
      ? `Namespace ${namespace}, which the course has made, will be deleted with all that is in it.`
      : `The course's objects in namespace ${namespace} will be deleted, and nothing else there.`,
  left: (namespace: string) => `The course has left namespace ${namespace}. It runs on the practice cluster again.`,
  looking: (context: string) => `Looking at what you may do in ${context}`,
  leaving: (namespace: string) => `Leaving namespace ${namespace}`,
});

const use = (self: string, context: string, namespace?: string): string =>
  `${self} cluster use context ${/^[\w@%+=:,./-]+$/.test(context) ? context : `'${context}'`}${namespace === undefined ? "" : ` --namespace ${namespace}`}`;

const places: Readonly<Record<ProductionSign["where"], string>> = {
  context: "its name is",
  cluster: "the cluster is called",
  server: "the server is",
  namespace: "the namespace is called",
  label: "the namespace is labelled",
};

/** The first few of a list, and how many more. */
function some(objects: readonly string[]): string {
  const shown = objects.slice(0, 4).join(", ");
  return objects.length > 4 ? `${shown} and ${objects.length - 4} more` : shown;
}
