import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PersistentVolumeClaim, Pod, ResourceQuota } from "kubernetes-types/core/v1";
import type { Ingress } from "kubernetes-types/networking/v1";
import type { WriteOptions } from "../../src/simulator/api/client.ts";
import type { KubeObject, Live } from "../../src/simulator/api/object.ts";
import { StatusError } from "../../src/simulator/api/status-error.ts";
import { type Rig, startControllers } from "../helpers/controller-rig.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await startControllers();
});
afterEach(() => rig.stop());

const metadata = { name: "a", namespace: "default" };
const container = (rest: object = {}) => ({ name: "c", image: "busybox:1.36", ...rest });
const create = <T extends KubeObject>(resource: string, object: object, options: WriteOptions = {}) =>
  rig.client.create<T>(resource, object as never, options);
const createPod = (spec: object = {}, meta: object = {}) =>
  create<Live<Pod>>("pods", { metadata: { ...metadata, ...meta }, spec: { containers: [container()], ...spec } });

/** The message of the refusal. */
const refusal = (write: Promise<unknown>): Promise<string> =>
  write.then(
    () => "not refused",
    (error: unknown) => (error instanceof StatusError ? error.message : String(error)),
  );

describe("a limit range", () => {
  const limit = (...limits: object[]) => create("limitranges", { metadata, spec: { limits } });

  test("fills in what containers leave out, and says so in an annotation", async () => {
    await limit({ type: "Container", default: { cpu: "200m" }, defaultRequest: { cpu: "100m", memory: "64Mi" } });
    const pod = await createPod({
      containers: [container(), container({ name: "d", resources: { requests: { cpu: "50m" } } })],
      initContainers: [container({ name: "i" })],
    });
    expect(pod.spec?.containers.map(({ resources }) => resources)).toEqual([
      { limits: { cpu: "200m" }, requests: { cpu: "100m", memory: "64Mi" } },
      { limits: { cpu: "200m" }, requests: { cpu: "50m", memory: "64Mi" } },
    ]);
    expect(pod.metadata.annotations).toEqual({
      "kubernetes.io/limit-ranger":
        "LimitRanger plugin set: cpu, memory request for container c; cpu limit for container c; memory request for container d; cpu limit for container d; cpu, memory request for init container i; cpu limit for init container i",
    });
  });

  test("refuses too little, too much and too far apart, all at once", async () => {
    await limit({
      type: "Container",
      min: { cpu: "100m" },
      max: { cpu: "1", memory: "1Gi" },
      maxLimitRequestRatio: { cpu: "2" },
      defaultRequest: { memory: "1Mi" },
    });
    const resources = { requests: { cpu: "0.05", memory: "2048Mi" }, limits: { cpu: "1", memory: "2048Mi" } };
    expect(await refusal(createPod({ containers: [container({ resources })] }))).toBe(
      'pods "a" is forbidden: [minimum cpu usage per Container is 100m, but request is 50m, maximum memory usage per Container is 1Gi, but limit is 2Gi, cpu max limit to request ratio per Container is 2, but provided ratio is 20.000000]',
    );
  });

  test("holds whole pods and claims to their own limits", async () => {
    await limit({ type: "Pod", max: { cpu: "1" } }, { type: "PersistentVolumeClaim", min: { storage: "1Gi" } });
    const resources = { limits: { cpu: "600m" } };
    const containers = [container({ resources }), container({ name: "d", resources })];
    expect(await refusal(createPod({ containers }))).toBe(
      'pods "a" is forbidden: maximum cpu usage per Pod is 1, but limit is 1200m',
    );
    const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Mi" } } };
    expect(await refusal(create("persistentvolumeclaims", { metadata, spec: claim }))).toBe(
      'persistentvolumeclaims "a" is forbidden: minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 1Mi',
    );
  });
});

describe("a resource quota", () => {
  const limit = (hard: Record<string, string>, spec: object = {}) =>
    rig.make("resourcequotas", {
      metadata,
      spec: { hard, ...spec },
      status: { hard, used: Object.fromEntries(Object.keys(hard).map((name) => [name, "0"])) },
    });
  const used = () => rig.client.get<Live<ResourceQuota>>("resourcequotas", { namespace: "default", name: "a" })?.status?.used;

  test("is charged with each write, and with none that failed or was only tried", async () => {
    await limit({ pods: "2", "requests.cpu": "1", "count/configmaps": "1" });
    const resources = { requests: { cpu: "300m" } };
    const containers = [container({ resources }), container({ name: "d", resources })];
    await createPod({ containers });
    await create("configmaps", { metadata: { ...metadata, name: "tried" } }, { dryRun: true });
    expect(used()).toEqual({ pods: "1", "requests.cpu": "600m", "count/configmaps": "0" });
    expect(await refusal(createPod({ containers }))).toBe(
      'pods "a" is forbidden: exceeded quota: a, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1',
    );
    await create("configmaps", { metadata });
    expect(await refusal(create("configmaps", { metadata: { ...metadata, name: "b" } }))).toBe(
      'configmaps "b" is forbidden: exceeded quota: a, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1',
    );
    expect(used()).toEqual({ pods: "1", "requests.cpu": "600m", "count/configmaps": "1" });
  });

  test("lets no two of many writes at once have its last piece", async () => {
    await limit({ pods: "3" });
    const writes = Array.from({ length: 8 }, (_, index) => refusal(createPod({}, { name: `p${index}` })));
    const outcomes = await Promise.all(writes);
    expect(outcomes.filter((outcome) => outcome === "not refused")).toHaveLength(3);
    expect(used()).toEqual({ pods: "3" });
  });

  test("asks containers to say what a limit on compute counts", async () => {
    await limit({ "requests.cpu": "1", "limits.memory": "1Gi" });
    const said = container({ name: "d", resources: { limits: { memory: "1Mi" } } });
    expect(await refusal(createPod({ containers: [container(), said] }))).toBe(
      'pods "a" is forbidden: failed quota: a: must specify limits.memory for: c; requests.cpu for: c,d',
    );
  });

  test("counts a Service by its type, and a claim by its class", async () => {
    const gold = "gold.storageclass.storage.k8s.io/requests.storage";
    await limit({ "services.nodeports": "2", "services.loadbalancers": "0", [gold]: "10Gi" });
    const ports = [
      { name: "a", port: 80 },
      { name: "b", port: 81 },
    ];
    await create("services", { metadata, spec: { type: "NodePort", ports } });
    expect(
      await refusal(create("services", { metadata: { ...metadata, name: "b" }, spec: { type: "LoadBalancer", ports } })),
    ).toBe(
      'services "b" is forbidden: exceeded quota: a, requested: services.loadbalancers=1,services.nodeports=2, used: services.loadbalancers=0,services.nodeports=2, limited: services.loadbalancers=0,services.nodeports=2',
    );
    const claim = { storageClassName: "gold", accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "4096Mi" } } };
    await create("persistentvolumeclaims", { metadata, spec: claim });
    expect(used()).toEqual({ "services.nodeports": "2", "services.loadbalancers": "0", [gold]: "4Gi" });
  });

  test("leaves alone what is not in its scopes", async () => {
    await limit(
      { pods: "0" },
      { scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator: "In", values: ["high"] }] } },
    );
    await create("priorityclasses.scheduling.k8s.io", { metadata: { name: "high" }, value: 7 });
    await createPod();
    expect(await refusal(createPod({ priorityClassName: "high" }, { name: "b" }))).toContain("exceeded quota: a");
  });
});

describe("pod security", () => {
  const enforce = (labels: Record<string, string>) =>
    create("namespaces", {
      metadata: {
        name: "held",
        labels: Object.fromEntries(Object.entries(labels).map(([name, value]) => [`pod-security.kubernetes.io/${name}`, value])),
      },
    });
  const violations = async (spec: object, annotations: object = {}): Promise<string> => {
    await create("serviceaccounts", { metadata: { name: "default", namespace: "held" } });
    return refusal(createPod(spec, { namespace: "held", annotations }));
  };
  /** What is against the baseline in every way there is. */
  const wild = {
    hostNetwork: true,
    hostIPC: true,
    volumes: [{ name: "v", hostPath: { path: "/" } }],
    securityContext: {
      seLinuxOptions: { type: "spc_t", user: "u" },
      sysctls: [
        { name: "net.ipv4.tcp_rmem", value: "1" },
        { name: "kernel.msgmax", value: "1" },
      ],
      appArmorProfile: { type: "Unconfined" },
    },
    containers: [
      container({
        ports: [{ containerPort: 80, hostPort: 80 }],
        livenessProbe: { httpGet: { port: 80, host: "elsewhere" } },
        securityContext: {
          privileged: true,
          capabilities: { add: ["NET_ADMIN", "CHOWN", "BPF"] },
          seccompProfile: { type: "Unconfined" },
        },
      }),
    ],
  };

  test("names each offence against the baseline", async () => {
    await enforce({ enforce: "baseline" });
    expect((await violations(wild)).split('latest": ')[1]).toBe(
      [
        'forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")',
        'non-default capabilities (container "c" must not include "BPF", "NET_ADMIN" in securityContext.capabilities.add)',
        "host namespaces (hostNetwork=true, hostIPC=true)",
        'hostPath volumes (volume "v")',
        'hostPort (container "c" uses hostPort 80)',
        'probe or lifecycle host (container "c" uses probe or lifecycle host "elsewhere")',
        'privileged (container "c" must not set securityContext.privileged=true)',
        'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)',
        'seccompProfile (container "c" must not set securityContext.seccompProfile.type to "Unconfined")',
        "forbidden sysctls (kernel.msgmax)",
      ].join(", "),
    );
  });

  test("asks what an older release asked where a label names it", async () => {
    await enforce({ enforce: "baseline", "enforce-version": "v1.28" });
    const message = await violations(wild);
    expect(message).toContain('violates PodSecurity "baseline:v1.28": ');
    expect(message).toContain("forbidden sysctls (net.ipv4.tcp_rmem, kernel.msgmax)");
    expect(message).not.toContain("probe or lifecycle host");
  });

  test("lets a restricted pod be one, and says what others lack", async () => {
    await enforce({ enforce: "restricted" });
    const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
    const pod = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };
    const root = container({ name: "root", securityContext: { ...securityContext, runAsUser: 0, runAsNonRoot: false } });
    expect(
      await violations({
        securityContext: pod,
        volumes: [{ name: "v", nfs: { server: "s", path: "/" } }],
        containers: [container({ securityContext }), root],
      }),
    ).toBe(
      'pods "a" is forbidden: violates PodSecurity "restricted:latest": restricted volume types (volume "v" uses restricted volume type "nfs"), runAsNonRoot != true (container "root" must not set securityContext.runAsNonRoot=false), runAsUser=0 (container "root" must not set runAsUser=0)',
    );
    const tame = { securityContext: pod, containers: [container({ securityContext })] };
    expect(await refusal(createPod(tame, { namespace: "held" }))).toBe("not refused");
  });
});

describe("a new object", () => {
  test("gets the cluster's default class, and protection while it is in use", async () => {
    const createClass = (resource: string, name: string, defaults: string, spec: object) =>
      create(resource, { metadata: { name, annotations: { [defaults]: "true" } }, ...spec });
    await createClass("storageclasses.storage.k8s.io", "standard", "storageclass.kubernetes.io/is-default-class", {
      provisioner: "x",
    });
    await createClass("ingressclasses.networking.k8s.io", "inner", "ingressclass.kubernetes.io/is-default-class", {
      spec: { controller: "x.y/z" },
    });
    const size = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
    const claim = await create<Live<PersistentVolumeClaim>>("persistentvolumeclaims", { metadata, spec: size });
    expect([claim.spec?.storageClassName, claim.metadata.finalizers]).toEqual(["standard", ["kubernetes.io/pvc-protection"]]);
    const none = { metadata: { ...metadata, name: "b" }, spec: { ...size, storageClassName: "" } };
    expect((await create<Live<PersistentVolumeClaim>>("persistentvolumeclaims", none)).spec?.storageClassName).toBe("");
    const backend = { service: { name: "a", port: { number: 80 } } };
    const ingress = await create<Live<Ingress>>("ingresses.networking.k8s.io", {
      metadata,
      spec: { defaultBackend: backend },
    });
    expect(ingress.spec?.ingressClassName).toBe("inner");
  });

  test("a pod takes on what its priority and runtime classes say, and may not say otherwise", async () => {
    await create("priorityclasses.scheduling.k8s.io", { metadata: { name: "high" }, value: 7, globalDefault: true });
    await create("runtimeclasses.node.k8s.io", {
      metadata: { name: "box" },
      handler: "h",
      overhead: { podFixed: { cpu: "50m" } },
      scheduling: { nodeSelector: { disk: "fast" } },
    });
    const { spec } = await createPod({ runtimeClassName: "box" });
    expect(spec).toMatchObject({
      priority: 7,
      priorityClassName: "high",
      overhead: { cpu: "50m" },
      nodeSelector: { disk: "fast" },
    });
    const refused = async (pod: object) => (await refusal(createPod(pod, { name: "b" }))).replace('pods "b" is forbidden: ', "");
    expect(await refused({ priority: 3 })).toBe(
      "the integer value of priority (3) must not be provided in pod spec; priority admission controller computed 7 from the given PriorityClass name",
    );
    expect(await refused({ priorityClassName: "low" })).toBe("no PriorityClass with name low was found");
    expect(await refused({ runtimeClassName: "none" })).toBe('pod rejected: RuntimeClass "none" not found');
    expect(await refused({ overhead: { cpu: "1" } })).toBe(
      "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead",
    );
    expect(await refused({ runtimeClassName: "box", nodeSelector: { disk: "slow" } })).toBe(
      "conflict: runtimeClass.scheduling.nodeSelector[disk] = fast; pod.spec.nodeSelector[disk] = slow",
    );
    const second = { metadata: { name: "top" }, value: 9, globalDefault: true };
    expect(await refusal(create("priorityclasses.scheduling.k8s.io", second))).toBe(
      'priorityclasses.scheduling.k8s.io "top" is forbidden: PriorityClass high is already marked as default. Only one default can exist',
    );
  });

  test("a pod has no Secrets but its account's where the account says so", async () => {
    const account = {
      metadata: { ...metadata, name: "shy", annotations: { "kubernetes.io/enforce-mountable-secrets": "true" } },
      secrets: [{ name: "known" }],
    };
    await create("serviceaccounts", account);
    const env = (name: string) => [{ name: "V", valueFrom: { secretKeyRef: { name, key: "k" } } }];
    await createPod({ serviceAccountName: "shy", containers: [container({ env: env("known") })] });
    const other = { serviceAccountName: "shy", containers: [container({ env: env("other") })] };
    expect(await refusal(createPod(other, { name: "b" }))).toBe(
      'pods "b" is forbidden: container c with envVar V referencing secret.secretName="other" is not allowed because service account shy does not reference that secret',
    );
  });
});
