import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../src/simulator/api/object.ts";
import { strategies } from "../../src/simulator/resources/index.ts";
import { columnsOf, resourceInfos } from "../../src/simulator/schema/resource-info.ts";

// What the server prints of an object, in the columns of its kind.

const NOW = Date.UTC(2026, 0, 1, 12);
/** ISO time so many seconds before now. */
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

/** The row of an object that is five minutes old and called x, without its first cell. */
function row(resource: string, yaml: string): unknown[] {
  const { metadata, ...rest } = load(yaml) as Partial<KubeObject>;
  const object = { ...rest, metadata: { name: "x", creationTimestamp: ago(300), ...metadata } } as KubeObject;
  const cells = strategies.get(resource)?.cells?.(object, { now: NOW });
  return (cells ?? []).slice(1);
}

describe("a Pod's READY, STATUS and RESTARTS", () => {
  const waiting = (reason: string) => `{name: a, ready: false, restartCount: 0, state: {waiting: {reason: ${reason}}}}`;
  const running = "{name: a, ready: true, started: true, restartCount: 0, state: {running: {}}}";
  const ended = (terminated: string) => `{name: a, ready: false, restartCount: 0, state: {terminated: {${terminated}}}}`;
  const one = "spec: {containers: [{name: a}]}";
  const two = "spec: {containers: [{name: a}, {name: b}]}";
  const init = "spec: {initContainers: [{name: i}, {name: j}], containers: [{name: a}]}";
  const sidecar = "spec: {initContainers: [{name: s, restartPolicy: Always}], containers: [{name: a}]}";
  const initStatus = (state: string, more = "") =>
    `initContainerStatuses: [{name: i, ready: false, restartCount: 1, state: {${state}}}${more}]`;
  const podRestarted = (count: number, seconds: number, state: string) =>
    `{name: a, ready: false, restartCount: ${count}, state: ${state}, lastState: {terminated: {exitCode: 1, finishedAt: "${ago(seconds)}"}}}`;

  test.for([
    ["not placed", `${one}\nstatus: {phase: Pending}`, "0/1 Pending 0"],
    [
      "held back by a gate",
      `${one}\nstatus: {phase: Pending, conditions: [{type: PodScheduled, status: "False", reason: SchedulingGated}]}`,
      "0/1 SchedulingGated 0",
    ],
    [
      "starting",
      `${one}\nstatus: {phase: Pending, containerStatuses: [${waiting("ContainerCreating")}]}`,
      "0/1 ContainerCreating 0",
    ],
    [
      "without its image",
      `${one}\nstatus: {phase: Pending, containerStatuses: [${waiting("ImagePullBackOff")}]}`,
      "0/1 ImagePullBackOff 0",
    ],
    ["running", `${one}\nstatus: {phase: Running, containerStatuses: [${running}]}`, "1/1 Running 0"],
    [
      "running and not ready",
      `${one}\nstatus: {phase: Running, containerStatuses: [{name: a, ready: false, restartCount: 0, state: {running: {}}}]}`,
      "0/1 Running 0",
    ],
    [
      "crashing",
      `${one}\nstatus: {phase: Running, containerStatuses: [${podRestarted(3, 120, "{waiting: {reason: CrashLoopBackOff}}")}]}`,
      "0/1 CrashLoopBackOff 3 (2m ago)",
    ],
    [
      "restarted just now",
      `${one}\nstatus: {phase: Running, containerStatuses: [${podRestarted(1, 5, "{running: {}}")}]}`,
      "0/1 Running 1 (5s ago)",
    ],
    [
      "done",
      `${one}\nstatus: {phase: Succeeded, containerStatuses: [${ended("exitCode: 0, reason: Completed")}]}`,
      "0/1 Completed 0",
    ],
    ["failed", `${one}\nstatus: {phase: Failed, containerStatuses: [${ended("exitCode: 1, reason: Error")}]}`, "0/1 Error 0"],
    [
      "out of memory",
      `${one}\nstatus: {phase: Failed, containerStatuses: [${ended("exitCode: 137, reason: OOMKilled")}]}`,
      "0/1 OOMKilled 0",
    ],
    ["ended for no reason", `${one}\nstatus: {phase: Failed, containerStatuses: [${ended("exitCode: 3")}]}`, "0/1 ExitCode:3 0"],
    [
      "ended by a signal",
      `${one}\nstatus: {phase: Failed, containerStatuses: [${ended("exitCode: 137, signal: 9")}]}`,
      "0/1 Signal:9 0",
    ],
    ["evicted", `${one}\nstatus: {phase: Failed, reason: Evicted}`, "0/1 Evicted 0"],
    [
      "half done, the rest ready",
      `${two}\nstatus: {phase: Running, conditions: [{type: Ready, status: "True"}], containerStatuses: [${ended("exitCode: 0, reason: Completed")}, ${running}]}`,
      "1/2 Running 0",
    ],
    [
      "half done, the rest not",
      `${two}\nstatus: {phase: Running, conditions: [{type: Ready, status: "False"}], containerStatuses: [${ended("exitCode: 0, reason: Completed")}, ${running}]}`,
      "1/2 NotReady 0",
    ],
    [
      "half failed",
      `${two}\nstatus: {phase: Running, containerStatuses: [${ended("exitCode: 1, reason: Error")}, ${running}]}`,
      "1/2 Error 0",
    ],
    [
      "on its way out",
      `metadata: {deletionTimestamp: "${ago(1)}"}\n${one}\nstatus: {phase: Running, containerStatuses: [${running}]}`,
      "1/1 Terminating 0",
    ],
    [
      "done before its deletion",
      `metadata: {deletionTimestamp: "${ago(1)}"}\n${one}\nstatus: {phase: Succeeded, containerStatuses: [${ended("exitCode: 0, reason: Completed")}]}`,
      "0/1 Completed 0",
    ],
    [
      "lost with its node",
      `metadata: {deletionTimestamp: "${ago(1)}"}\n${one}\nstatus: {phase: Running, reason: NodeLost, containerStatuses: [${running}]}`,
      "1/1 Unknown 0",
    ],
    [
      "before its first init container",
      `${init}\nstatus: {phase: Pending, ${initStatus("waiting: {reason: PodInitializing}")}}`,
      "0/1 Init:0/2 1",
    ],
    [
      "at its second init container",
      `${init}\nstatus: {phase: Pending, ${initStatus("terminated: {exitCode: 0}", ", {name: j, restartCount: 0, state: {running: {}}}")}}`,
      "0/1 Init:1/2 1",
    ],
    [
      "with a failed init container",
      `${init}\nstatus: {phase: Pending, ${initStatus("terminated: {exitCode: 1, reason: Error}")}}`,
      "0/1 Init:Error 1",
    ],
    [
      "with an init container ended by a code",
      `${init}\nstatus: {phase: Failed, ${initStatus("terminated: {exitCode: 2}")}}`,
      "0/1 Init:ExitCode:2 1",
    ],
    [
      "with a crashing init container",
      `${init}\nstatus: {phase: Pending, ${initStatus("waiting: {reason: CrashLoopBackOff}")}}`,
      "0/1 Init:CrashLoopBackOff 1",
    ],
    [
      "past its init containers",
      `${init}\nstatus: {phase: Pending, ${initStatus("terminated: {exitCode: 0}", ", {name: j, restartCount: 0, state: {terminated: {exitCode: 0}}}")}, containerStatuses: [${waiting("PodInitializing")}]}`,
      "0/1 PodInitializing 0",
    ],
    [
      "with a sidecar that starts",
      `${sidecar}\nstatus: {phase: Pending, initContainerStatuses: [{name: s, started: false, restartCount: 0, state: {running: {}}}]}`,
      "0/2 Init:0/1 0",
    ],
    [
      "with a sidecar that restarted",
      `${sidecar}\nstatus: {phase: Running, initContainerStatuses: [{name: s, started: true, ready: true, restartCount: 2, state: {running: {}}, lastState: {terminated: {exitCode: 1, finishedAt: "${ago(90)}"}}}], containerStatuses: [${running}]}`,
      "2/2 Running 2 (90s ago)",
    ],
  ] as const)("%s", ([, yaml, expected]) => {
    expect(row("pods", yaml).slice(0, 3).join(" ")).toBe(expected);
  });

  test("wide columns", () => {
    const spec = "spec: {nodeName: n1, containers: [{name: a}], readinessGates: [{conditionType: g}, {conditionType: h}]}";
    const status =
      'status: {phase: Pending, podIPs: [{ip: 10.0.0.1}], nominatedNodeName: n2, conditions: [{type: g, status: "True"}]}';
    expect(row("pods", `${spec}\n${status}`).slice(3)).toEqual(["5m", "10.0.0.1", "n1", "n2", "1/2"]);
    expect(row("pods", "spec: {containers: [{name: a}]}").slice(4)).toEqual(["<none>", "<none>", "<none>", "<none>"]);
  });
});

test.for([
  [
    "services",
    "spec: {type: NodePort, clusterIPs: [10.96.0.9], selector: {b: c, a: d}, ports: [{port: 80, nodePort: 30080, protocol: TCP}, {port: 53, protocol: UDP}]}",
    ["NodePort", "10.96.0.9", "<none>", "80:30080/TCP,53/UDP", "5m", "a=d,b=c"],
  ],
  [
    "services",
    "spec: {type: LoadBalancer, clusterIPs: [10.96.0.9]}",
    ["LoadBalancer", "10.96.0.9", "<pending>", "<none>", "5m", "<none>"],
  ],
  [
    "services",
    "spec: {type: ExternalName, externalName: example.com}",
    ["ExternalName", "<none>", "example.com", "<none>", "5m", "<none>"],
  ],
  [
    "nodes",
    `metadata: {labels: {node-role.kubernetes.io/worker: "", node-role.kubernetes.io/control-plane: ""}}
spec: {unschedulable: true}
status: {conditions: [{type: Ready, status: "False"}], addresses: [{type: InternalIP, address: 172.18.0.2}], nodeInfo: {kubeletVersion: v1.34.0, osImage: Debian, kernelVersion: "6.1", containerRuntimeVersion: "containerd://2.1"}}`,
    [
      "NotReady,SchedulingDisabled",
      "control-plane,worker",
      "5m",
      "v1.34.0",
      "172.18.0.2",
      "<none>",
      "Debian",
      "6.1",
      "containerd://2.1",
    ],
  ],
  [
    "endpoints",
    "subsets: [{addresses: [{ip: 10.0.0.1}, {ip: 10.0.0.2}], ports: [{port: 80}, {port: 81}]}]",
    ["10.0.0.1:80,10.0.0.2:80,10.0.0.1:81 + 1 more...", "5m"],
  ],
  ["endpoints", "{}", ["<none>", "5m"]],
  [
    "endpointslices.discovery.k8s.io",
    "{addressType: IPv4, ports: null, endpoints: [{addresses: [a]}, {addresses: [b]}, {addresses: [c]}, {addresses: [d]}]}",
    ["IPv4", "<unset>", "a,b,c + 1 more...", "5m"],
  ],
  [
    "persistentvolumeclaims",
    "{spec: {volumeMode: Filesystem}, status: {phase: Pending}}",
    ["Pending", "", "", "", "", "<unset>", "5m", "Filesystem"],
  ],
  [
    "persistentvolumeclaims",
    "{spec: {volumeName: v, storageClassName: standard}, status: {phase: Bound, capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce, ReadWriteMany]}}",
    ["Bound", "v", "1Gi", "RWO,RWX", "standard", "<unset>", "5m", "<unset>"],
  ],
  [
    "events",
    `{involvedObject: {kind: Pod, name: p, fieldPath: "spec.containers{a}"}, type: Normal, reason: Pulled, message: " pulled\\n", source: {component: kubelet, host: n1}, firstTimestamp: "${ago(600)}", lastTimestamp: "${ago(60)}", count: 4}`,
    ["Normal", "Pulled", "pod/p", "spec.containers{a}", "kubelet, n1", "pulled", "10m", 4, "x"],
  ],
  [
    "resourcequotas",
    'status: {hard: {requests.cpu: "1", limits.cpu: "2", pods: "5"}, used: {pods: "1", limits.cpu: 500m}}',
    ["pods: 1/5, requests.cpu: 0/1", "limits.cpu: 500m/2", "5m"],
  ],
  [
    "jobs.batch",
    `{spec: {completions: 3, template: {}}, status: {succeeded: 1, startTime: "${ago(200)}"}}`,
    ["Running", "1/3", "3m20s", "5m", "", "", "<none>"],
  ],
  [
    "jobs.batch",
    `{spec: {parallelism: 2, template: {}}, status: {succeeded: 1, startTime: "${ago(200)}", completionTime: "${ago(190)}", conditions: [{type: SuccessCriteriaMet, status: "True"}, {type: Complete, status: "True"}]}}`,
    ["Complete", "1/1 of 2", "10s", "5m", "", "", "<none>"],
  ],
  [
    "cronjobs.batch",
    "spec: {schedule: '* * * * *', suspend: true, jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: i}, {name: b, image: j}]}}}}}",
    ["* * * * *", "<none>", "True", 0, "<none>", "5m", "a,b", "i,j", "<none>"],
  ],
  [
    "horizontalpodautoscalers.autoscaling",
    `spec:
  scaleTargetRef: {kind: Deployment, name: web}
  minReplicas: 1
  maxReplicas: 5
  metrics:
  - {type: Resource, resource: {name: cpu, target: {averageUtilization: 80}}}
  - {type: Resource, resource: {name: memory, target: {averageValue: 100Mi}}}
  - {type: Pods, pods: {target: {averageValue: "1"}}}
status: {currentReplicas: 2, currentMetrics: [{resource: {current: {averageUtilization: 12}}}]}`,
    ["Deployment/web", "cpu: 12%/80%, memory: <unknown>/100Mi + 1 more...", "1", 5, 2, "5m"],
  ],
  [
    "controllerrevisions.apps",
    "{metadata: {ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: d, controller: true}]}, revision: 2}",
    ["daemonset.apps/d", 2, "5m"],
  ],
  ["poddisruptionbudgets.policy", "{spec: {minAvailable: 50%}, status: {disruptionsAllowed: 1}}", ["50%", "N/A", 1, "5m"]],
  [
    "ingresses.networking.k8s.io",
    "{spec: {rules: [{host: a}, {}], tls: [{}]}, status: {loadBalancer: {ingress: [{ip: 1.2.3.4}]}}}",
    ["<none>", "a", "1.2.3.4", "80, 443", "5m"],
  ],
] as const)("%s as a row", ([resource, yaml, expected]) => {
  expect(row(resource, yaml)).toEqual(expected);
});

/** What cells take for granted, for the server always writes it. */
const NEEDED = { source: {}, scaleTargetRef: {}, jobTemplate: {}, template: {}, priorityLevelConfiguration: {} };

test("rows are as long as the recorded columns", () => {
  const odd = [...strategies].flatMap(([name, { cells, defaults }]) => {
    const [resource = "", ...group] = name.split(".");
    const infos = resourceInfos().filter((info) => info.resource === resource && info.group === group.join("."));
    if (!cells || infos.length === 0) return [];
    const object = { metadata: { name: "x" }, spec: NEEDED } as never;
    defaults?.(object);
    const extra = { roleRef: {}, involvedObject: {}, status: {} };
    const { length } = cells({ ...extra, ...(object as KubeObject) }, { now: NOW });
    return infos.map((info) => columnsOf(info)?.length ?? length).every((count) => count === length) ? [] : [name];
  });
  // Upstream's printer of an IPAddress has a cell more than columns.
  expect(odd).toEqual(["ipaddresses.networking.k8s.io"]);
});
