import { serveHTTP, untilSignal } from "./http-program.ts";
import { defineImage, type Image, type Program, type ProgramContext } from "./program.ts";

interface Component {
  repository: string;
  tags: readonly string[];
  size: number;
  memory: number;
  /** CPUs it needs with nothing to do. */
  cpu?: number;
  path: string;
  /** Its first lines: `I`, `W` and text as klog prints them, or as they stand. */
  log: readonly string[];
  /** What its probes ask, by port. */
  health?: Readonly<Record<number, Readonly<Record<string, string>>>>;
}

const MEGABYTE = 1024 * 1024;
const KUBERNETES = ["v1.34.4", "v1.34.3", "v1.34.0", "v1.33.1", "v1.32.0"];

/**
 * What runs in kube-system on a kind node. The cluster does their work itself, so all these do is to say what they say when they
 * start, and to wait.
 */
const COMPONENTS: readonly Component[] = [
  {
    repository: "registry.k8s.io/kube-apiserver",
    tags: KUBERNETES,
    size: 27_061_991,
    memory: 260 * MEGABYTE,
    cpu: 0.032,
    path: "/usr/local/bin/kube-apiserver",
    log: [
      "I options.go:263] external host was not specified, using the node's address",
      "I server.go:150] Version: v1.34.4",
      'I server.go:152] "Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""',
      "I secure_serving.go:211] Serving securely on [::]:6443",
    ],
  },
  {
    repository: "registry.k8s.io/kube-controller-manager",
    tags: KUBERNETES,
    size: 22_819_474,
    memory: 50 * MEGABYTE,
    cpu: 0.012,
    path: "/usr/local/bin/kube-controller-manager",
    log: [
      'I controllermanager.go:190] "Starting" version="v1.34.4"',
      "I secure_serving.go:211] Serving securely on 127.0.0.1:10257",
      "I leaderelection.go:257] attempting to acquire leader lease kube-system/kube-controller-manager...",
      "I leaderelection.go:271] successfully acquired lease kube-system/kube-controller-manager",
    ],
  },
  {
    repository: "registry.k8s.io/kube-scheduler",
    tags: KUBERNETES,
    size: 17_382_979,
    memory: 24 * MEGABYTE,
    cpu: 0.004,
    path: "/usr/local/bin/kube-scheduler",
    log: [
      'I server.go:175] "Starting Kubernetes Scheduler" version="v1.34.4"',
      "I secure_serving.go:211] Serving securely on 127.0.0.1:10259",
      "I leaderelection.go:257] attempting to acquire leader lease kube-system/kube-scheduler...",
      "I leaderelection.go:271] successfully acquired lease kube-system/kube-scheduler",
    ],
  },
  {
    repository: "registry.k8s.io/kube-proxy",
    tags: KUBERNETES,
    size: 25_963_701,
    memory: 20 * MEGABYTE,
    cpu: 0.001,
    path: "/usr/local/bin/kube-proxy",
    log: [
      'I server_linux.go:53] "Using iptables proxy"',
      'I server_linux.go:132] "Using iptables Proxier"',
      'I server.go:527] "Version info" version="v1.34.4"',
      'I config.go:200] "Starting service config controller"',
      'I config.go:106] "Starting endpoint slice config controller"',
    ],
  },
  {
    repository: "registry.k8s.io/etcd",
    tags: ["3.6.5-0", "3.6.4-0", "3.5.21-0"],
    size: 22_871_747,
    memory: 48 * MEGABYTE,
    cpu: 0.018,
    path: "/usr/local/bin/etcd",
    log: [
      '{"level":"info","msg":"starting etcd","etcd-version":"3.6.5"}',
      '{"level":"info","msg":"serving client traffic securely","address":"[::]:2379"}',
    ],
  },
  {
    repository: "registry.k8s.io/coredns/coredns",
    tags: ["v1.12.1", "v1.12.0", "v1.11.3"],
    size: 22_384_805,
    memory: 14 * MEGABYTE,
    cpu: 0.002,
    path: "/coredns",
    log: ["maxprocs: Leaving GOMAXPROCS=4: CPU quota undefined", ".:53", "CoreDNS-1.12.1", "linux/amd64, go1.24.1, 707c7c1"],
    health: {
      8080: { "/health": "OK" },
      8181: { "/ready": "OK" },
      9153: {
        "/metrics":
          '# HELP coredns_build_info A metric with a constant \'1\' value labeled by version, revision, and goversion from which CoreDNS was built.\n# TYPE coredns_build_info gauge\ncoredns_build_info{goversion="go1.24.1",revision="707c7c1",version="1.12.1"} 1\n',
      },
    },
  },
  {
    repository: "docker.io/kindest/kindnetd",
    tags: ["v20260819-4eb8b0ce", "v20250512-df8de77b", "v20250214-acbabc1a"],
    size: 44_375_501,
    memory: 16 * MEGABYTE,
    cpu: 0.001,
    path: "/bin/kindnetd",
    log: [
      "I main.go:109] connected to apiserver: https://kind-control-plane:6443",
      'I main.go:166] kindnetd IP family: "ipv4"',
      "I main.go:176] noMask IPv4 subnets: [10.244.0.0/16]",
    ],
  },
  {
    repository: "docker.io/kindest/local-path-provisioner",
    tags: ["v20260213-ea8e5717", "v20250214-acbabc1a", "v20241212-8ac705d0"],
    size: 20_939_036,
    memory: 10 * MEGABYTE,
    cpu: 0.001,
    path: "/usr/local/bin/local-path-provisioner",
    log: [
      'time="2026-01-01T00:00:00Z" level=info msg="Applied config: {\\"nodePathMap\\":[{\\"node\\":\\"DEFAULT_PATH_FOR_NON_LISTED_NODES\\",\\"paths\\":[\\"/var/local-path-provisioner\\"]}]}"',
    ],
  },
  {
    repository: "docker.io/kindest/local-path-helper",
    tags: ["v20260131-7181c60a", "v20241212-8ac705d0"],
    size: 3_053_489,
    memory: MEGABYTE,
    path: "/bin/local-path-helper",
    log: [],
  },
];

export const systemImages: readonly Image[] = COMPONENTS.map(({ repository, tags, size, memory, cpu, path, ...component }) =>
  defineImage({
    repositories: [repository],
    tags,
    size,
    memory,
    ...(cpu !== undefined && { cpu }),
    entrypoint: [path],
    cmd: [],
    programs: { [path]: (context) => run(context, component) },
  }),
);

async function run(context: ProgramContext, { log, health = {} }: Pick<Component, "log" | "health">): ReturnType<Program> {
  for (const line of log) context.stderr(`${/^[IW] /.test(line) ? klogLine(line, context) : line}\n`);
  for (const [port, paths] of Object.entries(health)) {
    serveHTTP(context, Number(port), (request, response) => {
      const body = paths[request.url ?? ""];
      response.writeHead(body === undefined ? 404 : 200, { "Content-Type": "text/plain; charset=utf-8" });
      response.end(body ?? "404 page not found\n");
    });
  }
  await untilSignal(context);
  return 0;
}

/** `I0101 00:00:00.000000       1 server.go:150] Version: v1.34.4` */
function klogLine(line: string, { clock }: ProgramContext): string {
  const time = new Date(clock.now()).toISOString();
  return `${line[0]}${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 23)}000       1 ${line.slice(2)}`;
}
