import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../src/simulator/api/object.ts";
import { StatusError } from "../../src/simulator/api/status-error.ts";
import { Random } from "../../src/simulator/random.ts";
import { conversions, strategies } from "../../src/simulator/resources/index.ts";
import { validateObjectMeta, validateObjectMetaUpdate } from "../../src/simulator/resources/object-meta.ts";
import type { StrategyContext } from "../../src/simulator/resources/resource.ts";
import { completeFields, pruneUnknown } from "../../src/simulator/schema/fields.ts";
import { resourceInfos } from "../../src/simulator/schema/resource-info.ts";
import { loadSchemas } from "../../src/simulator/schema/schemas.ts";

// A write as the pipeline makes it, without admission and storage: decode, defaults, strategy, checks.

const schemas = loadSchemas();
const kindOf = ({ apiVersion, kind }: KubeObject) => {
  const [version = "", group = ""] = apiVersion.split("/").toReversed();
  const info = resourceInfos().find((one) => one.group === group && one.version === version && one.kind === kind);
  if (!info) throw new Error(`no kind ${kind} in ${apiVersion}`);
  const strategy = strategies.get(group ? `${info.resource}.${group}` : info.resource);
  if (!strategy) throw new Error(`no strategy for ${info.resource}`);
  return { info, strategy, schema: schemas.forKind({ group, version, kind }) ?? {} };
};

const context = (services: KubeObject[] = []): StrategyContext => ({
  now: Date.UTC(2026, 0, 1),
  random: new Random(7),
  get: () => undefined,
  list: <T extends KubeObject>(resource: string) => (resource === "services" ? services : []) as unknown as readonly T[],
});

function decode(yaml: string): KubeObject {
  const sent = load(yaml) as KubeObject;
  const { strategy, schema } = kindOf(sent);
  const object = pruneUnknown(sent, schema, schemas);
  strategy.defaults?.(object);
  return completeFields(object, schema, schemas);
}

/** A new object, or the errors of the refusal as `field: message`. */
function create(yaml: string, services?: KubeObject[]): { object: KubeObject; errors: string[]; warnings: string[] } {
  const object = decode(yaml);
  const { info, strategy, schema } = kindOf(object);
  object.metadata = {
    ...object.metadata,
    ...(info.namespaced && { namespace: "default" }),
    uid: `uid-of-${object.metadata.name}`,
    resourceVersion: "1",
    creationTimestamp: "2026-01-01T00:00:00Z",
  };
  const use = context(services);
  try {
    strategy.prepareForCreate?.(object, use);
  } catch (error) {
    if (error instanceof StatusError) return { object, errors: causes(error), warnings: [] };
    throw error;
  }
  const errors = [
    ...validateObjectMeta(object.metadata, { namespaced: info.namespaced, validateName: strategy.validateName }),
    ...(strategy.validate?.(object, use) ?? []),
  ].map(({ field, message }) => `${field}: ${message}`);
  return { object: completeFields(object, schema, schemas), errors, warnings: strategy.warnings?.(object) ?? [] };
}

/** The live object after a change, with the errors of the refusal. */
function update(
  live: KubeObject,
  change: (copy: never) => void,
  services: KubeObject[] = [live],
): { object: KubeObject; errors: string[] } {
  const object = structuredClone(live);
  change(object as never);
  const { strategy, schema } = kindOf(object);
  strategy.defaults?.(object);
  const use = context(services);
  strategy.prepareForUpdate?.(object, live, use);
  const errors = [
    ...validateObjectMetaUpdate(object.metadata, live.metadata),
    ...(strategy.validate?.(object, use) ?? []),
    ...(strategy.validateUpdate?.(object, live, use) ?? []),
  ].map(({ field, message }) => `${field}: ${message}`);
  return { object: completeFields(object, schema, schemas), errors };
}

const causes = ({ status }: StatusError) => (status.details?.causes ?? []).map(({ field, message }) => `${field}: ${message}`);
const errorsOf = (yaml: string, services?: KubeObject[]) => create(yaml, services).errors;
const specOf = (object: KubeObject) => (object as KubeObject & { spec: unknown }).spec;

const POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: ";
const CONTAINER = `terminationMessagePath: /dev/termination-log, terminationMessagePolicy: File`;

describe("defaults", () => {
  test("a Pod gets what the server fills in, all the way down", () => {
    const { object, errors } = create(`${POD}
      hostNetwork: true
      serviceAccount: robot
      initContainers: [{name: i, image: busybox, restartPolicy: Always}]
      containers:
      - name: a
        image: "nginx:1.27"
        ports: [{containerPort: 80}]
        resources: {limits: {cpu: 0.5, memory: 1024Mi, ephemeral-storage: 1G}}
        livenessProbe: {httpGet: {port: 80}}
        readinessProbe: {grpc: {port: 80}}
        env: [{name: NS, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}]
        lifecycle: {postStart: {httpGet: {port: 80}}}
      volumes:
      - {name: a, configMap: {name: c}}
      - {name: b, downwardAPI: {items: [{path: l, fieldRef: {fieldPath: metadata.labels}}]}}
      - {name: d, hostPath: {path: /x}}
      - {name: e, projected: {sources: [{serviceAccountToken: {path: t}}]}}
      - {name: f}`);
    expect(errors).toEqual([]);
    const amounts = "{cpu: 500m, memory: 1Gi, ephemeral-storage: 1G}";
    const times = "timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3";
    expect(specOf(object)).toEqual(
      load(`
        hostNetwork: true
        serviceAccount: robot
        serviceAccountName: robot
        dnsPolicy: ClusterFirst
        restartPolicy: Always
        schedulerName: default-scheduler
        securityContext: {}
        terminationGracePeriodSeconds: 30
        enableServiceLinks: true
        initContainers: [{name: i, image: busybox, restartPolicy: Always, imagePullPolicy: Always, resources: {}, ${CONTAINER}}]
        containers:
        - name: a
          image: "nginx:1.27"
          imagePullPolicy: IfNotPresent
          ${CONTAINER.replace(", ", "\n          ")}
          ports: [{containerPort: 80, hostPort: 80, protocol: TCP}]
          resources: {limits: ${amounts}, requests: ${amounts}}
          livenessProbe: {httpGet: {port: 80, path: /, scheme: HTTP}, ${times}}
          readinessProbe: {grpc: {port: 80, service: ""}, ${times}}
          env: [{name: NS, valueFrom: {fieldRef: {fieldPath: metadata.namespace, apiVersion: v1}}}]
          lifecycle: {postStart: {httpGet: {port: 80, path: /, scheme: HTTP}}}
        volumes:
        - {name: a, configMap: {name: c, defaultMode: 420}}
        - {name: b, downwardAPI: {defaultMode: 420, items: [{path: l, fieldRef: {fieldPath: metadata.labels, apiVersion: v1}}]}}
        - {name: d, hostPath: {path: /x, type: ""}}
        - {name: e, projected: {defaultMode: 420, sources: [{serviceAccountToken: {path: t, expirationSeconds: 3600}}]}}
        - {name: f, emptyDir: {}}`),
    );
    expect(object).toMatchObject({ status: { phase: "Pending", qosClass: "Burstable" } });
  });

  test.each([
    ["nginx", "Always"],
    ["nginx:latest", "Always"],
    ["nginx:1.27", "IfNotPresent"],
    ["registry.example:5000/nginx", "Always"],
    ["registry.example:5000/nginx:2", "IfNotPresent"],
    [`nginx@sha256:${"0".repeat(64)}`, "IfNotPresent"],
  ])("an image %s is pulled %s", (image, policy) => {
    const { object } = create(`${POD} {containers: [{name: a, image: "${image}"}]}`);
    expect(specOf(object)).toMatchObject({ containers: [{ imagePullPolicy: policy }] });
  });

  test("a Job names itself on its pods, and takes its labels from there", () => {
    const { object, errors } = create(`
      apiVersion: batch/v1
      kind: Job
      metadata: {name: j}
      spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: "busybox:1.36"}]}}}`);
    const labels = {
      "batch.kubernetes.io/controller-uid": "uid-of-j",
      "batch.kubernetes.io/job-name": "j",
      "controller-uid": "uid-of-j",
      "job-name": "j",
    };
    expect(errors).toEqual([]);
    expect(object.metadata.labels).toEqual(labels);
    expect(specOf(object)).toMatchObject({
      backoffLimit: 6,
      completionMode: "NonIndexed",
      completions: 1,
      parallelism: 1,
      manualSelector: false,
      suspend: false,
      podReplacementPolicy: "TerminatingOrFailed",
      selector: { matchLabels: { "batch.kubernetes.io/controller-uid": "uid-of-j" } },
      template: { metadata: { labels } },
    });
  });

  test("defaults change nothing the second time", () => {
    const workload = (kind: string, more = "") =>
      `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: x}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a}]}}${more}}`;
    for (const yaml of [
      workload("Deployment"),
      workload("DaemonSet"),
      workload(
        "StatefulSet",
        ", volumeClaimTemplates: [{metadata: {name: d}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1.5Gi}}}}]",
      ),
      "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: h}, spec: {maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}}}",
      "{apiVersion: v1, kind: Namespace, metadata: {name: n}}",
      "{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {a: b}}",
    ]) {
      const once = decode(yaml);
      const twice = structuredClone(once);
      kindOf(twice).strategy.defaults?.(twice);
      expect(twice).toEqual(once);
    }
  });
});

describe("refusals of new objects, in upstream's words and order", () => {
  test("a Pod with much wrong in it", () => {
    expect(
      errorsOf(`${POD}
        restartPolicy: Sometimes
        containers:
        - {name: Web, ports: [{}, {containerPort: 1, name: toolongportname123}, {containerPort: 2, protocol: HTTP}]}
        - {name: a, image: " nginx", imagePullPolicy: Often, env: [{value: x}]}
        - {name: a, image: b, resources: {limits: {cpu: 1}, requests: {cpu: 2}}}
        - {name: c, image: c, lifecycle: {preStop: {}}, livenessProbe: {periodSeconds: -1, exec: {command: [a]}, tcpSocket: {port: 1}}}`),
    ).toEqual([
      `spec.containers[0].name: Invalid value: "Web": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
      "spec.containers[0].image: Required value",
      "spec.containers[0].ports[0].containerPort: Required value",
      `spec.containers[0].ports[1].name: Invalid value: "toolongportname123": must be no more than 15 characters`,
      `spec.containers[0].ports[2].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"`,
      "spec.containers[1].env[0].name: Required value",
      `spec.containers[1].imagePullPolicy: Unsupported value: "Often": supported values: "Always", "IfNotPresent", "Never"`,
      `spec.containers[2].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1`,
      `spec.containers[2].name: Duplicate value: "a"`,
      "spec.containers[3].lifecycle.preStop: Required value: must specify a handler type",
      "spec.containers[3].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type",
      "spec.containers[3].livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0",
      `spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"`,
      `spec.containers[1].image: Invalid value: " nginx": must not have leading or trailing whitespace`,
    ]);
  });

  test("volumes and their mounts", () => {
    expect(
      errorsOf(`${POD}
        containers: [{name: a, image: a, volumeMounts: [{name: v}, {name: w, mountPath: /x}, {name: v, mountPath: /x, subPath: ../up}]}]
        volumes: [{name: v, emptyDir: {}}, {name: w, emptyDir: {}, configMap: {name: c}}, {name: s, secret: {}}]`),
    ).toEqual([
      "spec.volumes[1].configMap: Forbidden: may not specify more than 1 volume type",
      "spec.volumes[2].secret.secretName: Required value",
      "spec.containers[0].volumeMounts[0].mountPath: Required value",
      `spec.containers[0].volumeMounts[1].name: Not found: "w"`,
      `spec.containers[0].volumeMounts[2].mountPath: Invalid value: "/x": must be unique`,
      `spec.containers[0].volumeMounts.subPath: Invalid value: "../up": must not contain '..'`,
    ]);
  });

  const TEMPLATE = "template: {metadata: {labels: {app: a}}, spec: {containers: [{name: a, image: a}]}}";
  const deployment = (spec: string) => `{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {${spec}}}`;
  test.each([
    [
      deployment(`replicas: -1, minReadySeconds: -1, selector: {matchExpressions: [{key: x, operator: Is}]}, ${TEMPLATE}`),
      [
        "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
        `spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator`,
        `spec.selector: Invalid value: {"matchExpressions":[{"key":"x","operator":"Is"}]}: invalid label selector`,
        "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0",
      ],
    ],
    [
      deployment(TEMPLATE),
      [
        "spec.selector: Required value",
        'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
      ],
    ],
    [
      deployment("selector: {matchLabels: {app: a}}, template: {spec: {restartPolicy: Never}}"),
      [
        "spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`",
        "spec.template.spec.containers: Required value",
        `spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"`,
      ],
    ],
    [
      deployment(
        `selector: {matchLabels: {app: a}}, strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: "0%"}}, ${TEMPLATE}`,
      ),
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0'],
    ],
    [
      `{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: d}, spec: {selector: {}, ${TEMPLATE}}}`,
      ["spec.selector: Invalid value: {}: empty selector is invalid for daemonset"],
    ],
    [
      `{apiVersion: batch/v1, kind: CronJob, metadata: {name: c}, spec: {schedule: "61 * * * *", timeZone: Mars/Base, jobTemplate: {spec: {${TEMPLATE}}}}}`,
      [
        `spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61`,
        `spec.timeZone: Invalid value: "Mars/Base": unknown time zone Mars/Base`,
        `spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"`,
      ],
    ],
    [
      "{apiVersion: v1, kind: PersistentVolume, metadata: {name: v}, spec: {}}",
      [
        "spec.accessModes: Required value",
        "spec.capacity: Required value",
        `spec.capacity: Unsupported value: {}: supported values: "storage"`,
        "spec: Required value: must specify a volume type",
      ],
    ],
    [
      "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i}, spec: {}}",
      ["spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"],
    ],
    [
      "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: 'r:R'}, rules: [{apiGroups: [''], resources: [pods]}, {verbs: [get], nonResourceURLs: [/x]}]}",
      [
        "rules[0].verbs: Required value: verbs must contain at least one value",
        `rules[1].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs`,
      ],
    ],
    [
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, ownerReferences: [{apiVersion: v1, kind: Pod, name: p}]}, data: {'a b': x, ..: y}}",
      [
        `metadata.ownerReferences.uid: Invalid value: "": must not be empty`,
        "data[..]: Invalid value: \"..\": must not be '..'",
        `data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
      ],
    ],
    [
      "{apiVersion: v1, kind: ResourceQuota, metadata: {name: q}, spec: {hard: {pods: 1, requests.cpu: 1}, scopes: [BestEffort]}}",
      ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
    ],
    [
      "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: h}, spec: {minReplicas: 3, maxReplicas: 2, scaleTargetRef: {}}}",
      [
        "spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`",
        "spec.scaleTargetRef.kind: Required value",
        "spec.scaleTargetRef.name: Required value",
        `spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group`,
      ],
    ],
  ])("%s", (yaml, errors) => {
    expect(errorsOf(yaml)).toEqual(errors);
  });

  test("a duplicate variable and a duplicate port are warned of", () => {
    const { errors, warnings } = create(
      `${POD} {containers: [{name: a, image: a, env: [{name: A, value: b}, {name: A, value: c}], ports: [{containerPort: 1}, {containerPort: 1}]}]}`,
    );
    expect(errors).toEqual([]);
    expect(warnings).toEqual([
      'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
      "spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]",
    ]);
  });
});

describe("what cannot be changed", () => {
  test("a Pod takes another image, but no other name of a node", () => {
    const { object: pod } = create(`${POD} {containers: [{name: a, image: a}], tolerations: [{key: k, operator: Exists}]}`);
    expect(
      update(pod, (copy: { spec: { containers: { image: string }[] } }) => void (copy.spec.containers[0]!.image = "b")).errors,
    ).toEqual([]);
    const { errors } = update(
      pod,
      (copy: { spec: object }) => void Object.assign(copy.spec, { nodeName: "elsewhere", tolerations: [] }),
    );
    expect(errors).toHaveLength(2);
    expect(errors[0]).toBe("spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds");
    expect(errors[1]).toMatch(
      /^spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`,.*\n@@ -\d+,\d+ \+\d+,\d+ @@\n/,
    );
    expect(errors[1]).toContain('\n+ "nodeName": "elsewhere",\n');
  });

  test("an immutable ConfigMap", () => {
    const { object } = create("{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: '1'}, immutable: true}");
    expect(
      update(object, (copy: { data: object; immutable?: boolean }) => void (delete copy.immutable, (copy.data = { a: "2" })))
        .errors,
    ).toEqual([
      "immutable: Forbidden: field is immutable when `immutable` is set",
      "data: Forbidden: field is immutable when `immutable` is set",
    ]);
    expect(update(object, (copy: KubeObject) => void (copy.metadata.labels = { ok: "yes" })).errors).toEqual([]);
  });

  test("the roleRef of a binding, told in Go's own names", () => {
    const { object } = create(
      "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b}, roleRef: {kind: ClusterRole, name: r}}",
    );
    expect(update(object, (copy: { roleRef: { name: string } }) => void (copy.roleRef.name = "other")).errors).toEqual([
      'roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"ClusterRole","Name":"other"}: cannot change roleRef',
    ]);
  });

  test("a claim's class, and its size before it is bound", () => {
    const { object } = create(
      "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c}, spec: {storageClassName: a, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}",
    );
    const grow = (copy: { spec: { resources: object } }) => void (copy.spec.resources = { requests: { storage: "2Gi" } });
    expect(update(object, grow).errors[0]).toMatch(
      /^spec: Forbidden: spec is immutable after creation except resources\.requests and/,
    );
    const bound = { ...object, status: { phase: "Bound", capacity: { storage: "1Gi" } } } as KubeObject;
    expect(update(bound, grow).errors).toEqual([]);
  });

  test("a DaemonSet counts the changes of its template", () => {
    const { object } = create(
      "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: d}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a}]}}}}",
    );
    const count = ({ metadata }: KubeObject) => metadata.annotations?.["deprecated.daemonset.template.generation"];
    const changed = update(
      object,
      (copy: { spec: { template: { spec: { nodeSelector: object } } } }) =>
        void (copy.spec.template.spec.nodeSelector = { a: "b" }),
    );
    expect([count(object), count(update(object, () => undefined).object), count(changed.object)]).toEqual(["1", "1", "2"]);
  });
});

describe("addresses of Services", () => {
  const service = (spec: string, name = "s") => `{apiVersion: v1, kind: Service, metadata: {name: ${name}}, spec: {${spec}}}`;
  interface Spec {
    clusterIP?: string;
    clusterIPs?: string[];
    type: string;
    ports: { port: number; nodePort?: number }[];
    externalName?: string;
    healthCheckNodePort?: number;
  }

  test("each gets one of its own, from the dynamic part of the range, and the same every time", () => {
    const first = create(service("ports: [{port: 80}]")).object;
    expect(specOf(first)).toEqual(specOf(create(service("ports: [{port: 80}]")).object));
    const { clusterIP = "" } = specOf(first) as Spec;
    expect(clusterIP).toMatch(/^10\.96\.(?!0\.)\d+\.\d+$/);
    const second = create(service("ports: [{port: 80}]", "t"), [first]).object;
    expect((specOf(second) as Spec).clusterIP).not.toBe(clusterIP);
    expect(errorsOf(service(`clusterIP: ${clusterIP}, ports: [{port: 80}]`, "t"), [first])).toEqual([
      `spec.clusterIPs: Invalid value: ["${clusterIP}"]: failed to allocate IP ${clusterIP}: provided IP is already allocated`,
    ]);
    expect(errorsOf(service("clusterIP: 10.0.0.1, ports: [{port: 80}]"))).toEqual([
      'spec.clusterIPs: Invalid value: ["10.0.0.1"]: failed to allocate IP 10.0.0.1: the provided network does not match the current range',
    ]);
  });

  test("node ports are unique in the cluster, and one for both protocols of a port", () => {
    const node = create(
      service(
        "type: NodePort, ports: [{name: a, port: 53, protocol: UDP}, {name: b, port: 53}, {name: c, port: 80, nodePort: 30777}]",
      ),
    ).object;
    const [udp, tcp, web] = (specOf(node) as Spec).ports;
    expect(tcp?.nodePort).toBe(udp?.nodePort);
    expect(web?.nodePort).toBe(30_777);
    expect(errorsOf(service("type: NodePort, ports: [{port: 80, nodePort: 30777}]", "t"), [node])).toEqual([
      "spec.ports[0].nodePort: Invalid value: 30777: provided port is already allocated",
    ]);
    expect(errorsOf(service("type: NodePort, ports: [{port: 80, nodePort: 99}]"))).toEqual([
      "spec.ports[0].nodePort: Invalid value: 99: provided port is not in the valid range. The range of valid ports is 30000-32767",
    ]);
  });

  test("a change of the type gives and takes what belongs to it", () => {
    const plain = create(service("ports: [{port: 80, targetPort: 8080}]")).object;
    const { object: node, errors } = update(plain, (copy: { spec: Spec }) => void (copy.spec.type = "NodePort"));
    expect(errors).toEqual([]);
    expect(specOf(node)).toMatchObject({ externalTrafficPolicy: "Cluster", clusterIP: (specOf(plain) as Spec).clusterIP });
    expect((specOf(node) as Spec).ports[0]?.nodePort).toBeGreaterThan(30_000);
    expect(specOf(update(node, (copy: { spec: Spec }) => void (copy.spec.type = "ClusterIP")).object)).toEqual(specOf(plain));
    const named = update(
      plain,
      (copy: { spec: Spec }) => void Object.assign(copy.spec, { type: "ExternalName", externalName: "a.example" }),
    );
    expect(named.errors).toEqual([]);
    expect(specOf(named.object)).not.toHaveProperty("clusterIP");
    const back = update(named.object, (copy: { spec: Spec }) => void (copy.spec.type = "ClusterIP"));
    expect((specOf(back.object) as Spec).clusterIPs).toHaveLength(1);
  });

  test("the address stays: leaving it out keeps it, naming another is refused", () => {
    const plain = create(service("ports: [{port: 80}]")).object;
    const without = update(plain, (copy: { spec: Spec }) => void (delete copy.spec.clusterIP, delete copy.spec.clusterIPs));
    expect(without).toMatchObject({ errors: [], object: { spec: specOf(plain) } });
    expect(update(plain, (copy: { spec: Spec }) => void (copy.spec.clusterIP = "10.96.200.200")).errors).toEqual([
      'spec.clusterIPs[0]: Invalid value: ["10.96.200.200"]: may not change once set',
    ]);
  });

  test("a headless one has none, a balanced one with local traffic has a port for health checks", () => {
    expect(specOf(create(service("clusterIP: None, selector: {a: b}, ports: [{port: 80}]")).object)).toMatchObject({
      clusterIPs: ["None"],
      ipFamilies: ["IPv4"],
      ipFamilyPolicy: "SingleStack",
    });
    const { object, errors } = create(service("type: LoadBalancer, externalTrafficPolicy: Local, ports: [{port: 80}]"));
    expect(errors).toEqual([]);
    expect((specOf(object) as Spec).healthCheckNodePort).toBeGreaterThan(30_000);
  });
});

test.each([
  [
    "events.k8s.io/v1/events",
    "{apiVersion: v1, kind: Event, metadata: {name: e}, involvedObject: {kind: Pod, name: p}, reason: R, message: m, count: 2, source: {component: kubelet}}",
  ],
  [
    "autoscaling/v1/horizontalpodautoscalers",
    "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: h}, spec: {maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}, behavior: {scaleDown: {stabilizationWindowSeconds: 5}}}}",
  ],
])("an object seen as %s and written back is the same", (version, yaml) => {
  const conversion = conversions.get(version);
  if (!conversion) throw new Error(`no conversion for ${version}`);
  const { fromStored, toStored } = conversion;
  const stored = decode(yaml);
  const shown = fromStored(stored);
  expect(shown.apiVersion).toBe(version.split("/").slice(0, 2).join("/"));
  const back = toStored(structuredClone(shown));
  const { schema } = kindOf(back);
  expect(completeFields(back, schema, schemas)).toEqual(stored);
});
