import type { KindProblem } from "../../clusters/kind-failures.ts";
import type { ClusterStep, MachineFinding } from "../../clusters/provider.ts";
import type { FindingTable } from "../doctor.ts";
import type { ProblemTable, ProblemWords } from "../problem.ts";

type KindTable = Pick<ProblemTable, KindProblem["code"]>;

/** What can go wrong with kind and Docker. */
export const englishKindProblems = (self: string): KindTable => ({
  "docker-missing": () => ({
    what: "docker is not on PATH, and kind makes its nodes with it",
    try: ["https://docs.docker.com/get-started/get-docker/", `${self} cluster use practice   needs no Docker`],
  }),
  "docker-down": ({ address }) => ({
    what: `the Docker daemon at ${address} does not answer`,
    why: "it is not running, or DOCKER_HOST or the docker context names another one",
    try: ["sudo systemctl start docker   or start Docker Desktop", `${self} doctor --provider kind`],
  }),
  "docker-denied": () => ({
    what: "you may not speak to the Docker daemon",
    why: "its socket belongs to root and the group docker",
    try: ["sudo usermod -aG docker $USER   then log in anew", "docker ps   must work without sudo"],
  }),
  "docker-slow": ({ command }) => ({
    what: `${command} took too long, and was given up`,
    why: "the machine has too much to do, or the Docker daemon hangs",
    try: ["docker ps   must answer at once", "then type the command again"],
  }),
  "docker-network": ({ said }) => ({
    what: "Docker could not make the network that kind's nodes speak over",
    why: said,
    try: ["docker network ls", "https://kind.sigs.k8s.io/docs/user/known-issues/"],
  }),
  "docker-unprivileged": ({ said }) => ({
    what: "Docker may not start privileged containers here, and kind's nodes are such",
    why: said,
    try: ["run it on the machine itself, not in a container", `${self} cluster use practice`],
  }),
  "kind-missing": () => ({
    what: "kind is not on PATH",
    try: [`${self} setup tools`, "https://kind.sigs.k8s.io/docs/user/quick-start/#installation"],
  }),
  "kind-old": ({ version, needed, image }) => ({
    what: version ? `kind ${version} is too old` : "this kind is too old",
    ...(needed && { why: `${image ?? "today's node images"} needs kind ${needed} or newer` }),
    try: [`${self} setup tools`, "kind version"],
  }),
  "kind-name-taken": ({ name }) => ({
    what: `there is a kind cluster named ${name} that ${self} did not make`,
    why: "it is not ours to replace",
    try: [`kind delete cluster --name ${name}   if nobody needs it`, "then type the command again"],
  }),
  "kind-config-refused": ({ said }) => ({
    what: `kind does not take the cluster's description: ${said}`,
    try: ["mend the file"],
  }),
  "port-taken": ({ address }) => ({
    what: `${address} is taken: another program listens there`,
    why: "extraPortMappings of the cluster's description wants it for a node",
    try: [`ss -ltnp | grep :${address.split(":").at(-1)}   shows who`, "end that program, or name another hostPort"],
  }),
  "inotify-short": ({ log }) =>
    withLog(log, {
      what: "the nodes run out of inotify watches, which the system calls too many open files",
      why: "every node takes some, and this machine allows few",
      try: ["sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512", "then type the command again"],
    }),
  "disk-full": ({ log }) =>
    withLog(log, { what: "the disk that Docker writes to is full", try: ["docker system df", "docker system prune"] }),
  "memory-short": ({ log }) =>
    withLog(log, {
      what: "a node was killed for want of memory",
      why: "four nodes want 4 GiB",
      try: ["give Docker more memory, or end what else takes it", `${self} cluster create --trial   one node`],
    }),
  "cgroup-v1": ({ image, log }) =>
    withLog(log, {
      what: "this machine has cgroup v1 only, and kubelets since 1.35 don't start on that",
      why: "the cluster's node image is newer",
      try: [
        ...(image ? [`${self} cluster create --provider kind --image node=${image}`] : []),
        "or move to a system with cgroup v2: https://kubernetes.io/docs/concepts/architecture/cgroups/",
      ],
    }),
  "image-unknown": ({ image }) => ({
    what: `there is no image ${image}`,
    why: "the registry doesn't know it",
    try: ["correct its name or tag"],
  }),
  "image-unreachable": ({ image, said }) => ({
    what: `the image ${image} could not be fetched`,
    why: said,
    try: [
      `docker pull ${image}   until it works: it takes a network, and behind a proxy Docker's own proxy settings`,
      "then type the command again",
    ],
  }),
  "image-outdated": ({ image }) => ({
    what: `${image ? `the image ${image}` : "the image"} is in a format of 2016, which nothing opens any more`,
    why: "its manifest is of schema 1",
    try: ["take another image: newer tags of it, or the course's own"],
  }),
  "image-not-here": ({ image }) => ({ what: `Docker has no image ${image} on this machine`, try: [`docker pull ${image}`] }),
  "image-split": ({ image }) => ({
    what: `${image || "the image"} could not be loaded: Docker has only parts of it`,
    why: "its image store keeps the names of platforms whose content it hasn't fetched",
    try: [
      `docker image save --platform linux/amd64 -o image.tar ${image || "IMAGE"}`,
      "kind load image-archive image.tar --name bootcamp",
    ],
  }),
  "pull-limit": () => ({
    what: "Docker Hub gives this address no more images for now",
    why: "without an account it counts pulls per address, over some hours",
    try: ["docker login   then type the command again", "or wait some hours"],
  }),
  "pull-untrusted": ({ said }) => ({
    what: "the registry's certificate is not trusted",
    why: said,
    try: [
      "behind a proxy that opens TLS: give Docker its certificate authority",
      "https://docs.docker.com/engine/security/certificates/",
    ],
  }),
  "node-dead": ({ log }) =>
    withLog(log, {
      what: "a node's container ended, or hung, before it was up",
      try: [`${self} doctor --provider kind`, "https://kind.sigs.k8s.io/docs/user/known-issues/"],
    }),
  "node-unhealthy": ({ log }) =>
    withLog(log, {
      what: "Kubernetes did not come up on a node: its kubelet is not healthy",
      why: "too little memory, disk or inotify watches is the usual cause",
      try: [`${self} doctor --provider kind`, "https://kind.sigs.k8s.io/docs/user/known-issues/"],
    }),
  "nodes-unready": ({ nodes, seconds, log }) =>
    withLog(log, {
      what: `not Ready after ${seconds} seconds: ${nodes.join(", ")}`,
      try: ["type the command again", `${self} doctor --provider kind`],
    }),
  "kind-failed": ({ said, log }) =>
    withLog(log, { what: `kind or Docker failed: ${said}`, try: [`${self} doctor --provider kind`] }),
});

function withLog(log: string | undefined, words: ProblemWords): ProblemWords {
  return log === undefined ? words : { ...words, try: [...(words.try ?? []), `read ${log}   what the nodes said`] };
}

/** What `doctor` finds where kind is wanted. */
export const englishMachine = (self: string): Pick<FindingTable, MachineFinding["check"]> => ({
  docker: ({ version, problem }) => (problem ? inShort(problem, self) : { what: `Docker ${version}, and it answers` }),
  kind: ({ version, problem }) => (problem ? inShort(problem, self) : { what: `kind ${version}` }),
  cgroups: ({ version, image }) =>
    image === undefined
      ? { what: `cgroup v${version}` }
      : {
          what: `cgroup v${version}: kubelets since 1.35 don't start on it, so take an older node image`,
          try: `${self} cluster create --provider kind --image node=${image}`,
        },
  memory: ({ state, bytes, needed }) => ({
    what: `${gib(bytes)} of memory for containers${state === "good" ? "" : `; four nodes want ${gib(needed)}`}`,
    ...(state !== "good" && { try: `${self} cluster create --trial   one node, or give Docker more memory` }),
  }),
  disk: ({ state, bytes, needed }) => ({
    what: `${gib(bytes)} free where Docker writes${state === "good" ? "" : `; images and nodes want ${gib(needed)}`}`,
    ...(state !== "good" && { try: "docker system prune" }),
  }),
  inotify: ({ state, watches, instances, needed }) => ({
    what: `inotify: ${watches} watches, ${instances} instances${state === "good" ? "" : "; four nodes may want more"}`,
    ...(state !== "good" && {
      try: `sudo sysctl fs.inotify.max_user_watches=${needed.watches} fs.inotify.max_user_instances=${needed.instances}`,
    }),
  }),
});

function inShort(problem: KindProblem, self: string): { what: string; try?: string } {
  const words = englishKindProblems(self)[problem.code] as (problem: KindProblem) => ProblemWords;
  const { what, try: [next] = [] } = words(problem);
  return next === undefined ? { what } : { what, try: next };
}

const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;

export const englishClusterStep = (step: ClusterStep): string => {
  if (step.code === "other") return step.words;
  if (step.code === "node-image") return `Getting the node image ${step.image}`;
  if (step.code === "load-image") return `Loading ${step.image}`;
  return steps[step.code];
};

const steps = {
  "clear-away": "Deleting the nodes that are there",
  nodes: "Starting the nodes' containers",
  configuration: "Writing the nodes' configuration",
  "control-plane": "Starting the control plane",
  network: "Installing the Pod network",
  storage: "Installing the storage class",
  workers: "Joining the workers",
  ready: "Waiting until every node is Ready",
  logs: "Saving the nodes' logs",
} as const;
