import type { Counters } from "../../metrics/counters.ts";
import type { Family, Labels } from "../../metrics/exposition.ts";
import { goProcessFamilies } from "../../metrics/go-process.ts";
import { isStatic } from "../pod.ts";
import type { NodeFigures } from "./node-figures.ts";

/** What the kubelet itself needs: bytes, and CPUs. */
const OWN = { memoryBytes: 62_914_560, cpu: 0.012 };

/** `/metrics`: the kubelet about itself (pkg/kubelet/metrics). `requests` counts what it was asked. */
export function kubeletFamilies({ clock, machine, nodeName, pods, startedAt, node }: NodeFigures, requests: Counters): Family[] {
  const now = clock.now();
  const stats = pods();
  const gauge = (name: string, help: string, samples: readonly (readonly [labels: Labels, value: number])[]): Family => ({
    name,
    type: "gauge",
    help: `[ALPHA] ${help}`,
    samples: samples.map(([labels, value]) => ({ labels, value })),
  });
  const count = (name: string, help: string, value: number): Family => ({ ...gauge(name, help, [[{}, value]]), type: "counter" });
  const containers = stats.reduce((sum, one) => sum + one.containers.length, 0);
  const fixed = stats.filter(({ pod }) => isStatic(pod)).length;
  const byOrigin = [
    [{ static: "" }, stats.length - fixed],
    [{ static: "true" }, fixed],
  ] as const;
  const { started } = machine.processes();
  const version = node()?.status?.nodeInfo?.kubeletVersion ?? "";
  const [major = "", minor = ""] = version.replace(/^v/, "").split(".");
  return [
    gauge(
      "kubernetes_build_info",
      "A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
      [
        [
          {
            build_date: "",
            compiler: "gc",
            git_commit: "",
            git_tree_state: "clean",
            git_version: version,
            go_version: "go1.24.13",
            major,
            minor,
            platform: "linux/amd64",
          },
          1,
        ],
      ],
    ),
    gauge("kubelet_node_name", "The node's name. The count is always 1.", [[{ node: nodeName }, 1]]),
    gauge("kubelet_running_pods", "Number of pods that have a running pod sandbox", [[{}, stats.length]]),
    gauge("kubelet_running_containers", "Number of containers currently running", [[{ container_state: "running" }, containers]]),
    gauge(
      "kubelet_desired_pods",
      "The number of pods the kubelet is being instructed to run. static is true if the pod is not from the apiserver.",
      byOrigin,
    ),
    gauge(
      "kubelet_active_pods",
      "The number of pods the kubelet considers active and which are being considered when admitting new pods. static is true if the pod is not from the apiserver.",
      byOrigin,
    ),
    gauge("kubelet_mirror_pods", "The number of mirror pods the kubelet will try to create (one per admitted static pod)", [
      [{}, fixed],
    ]),
    gauge("kubelet_cgroup_version", "cgroup version on the hosts.", [[{}, 2]]),
    gauge("kubelet_pleg_last_seen_seconds", "Timestamp in seconds when PLEG was last seen active.", [
      [{}, Math.floor(now / 1000)],
    ]),
    count(
      "kubelet_started_pods_total",
      "Cumulative number of pods started",
      Math.max(stats.length, Math.floor((started - 700) / 12)),
    ),
    count("kubelet_started_pods_errors_total", "Cumulative number of errors when starting pods", 0),
    requests.family(),
    ...goProcessFamilies({
      version: "go1.24.13",
      now,
      startedAt,
      cpuSeconds: ((now - startedAt) / 1000) * OWN.cpu,
      memoryBytes: OWN.memoryBytes + containers * 400_000,
      goroutines: 260 + containers * 14,
      threads: 4,
      received: 0,
      sent: 0,
    }),
  ];
}
