import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { conversions } from "../../src/simulator/resources/index.ts";
import { completeFields } from "../../src/simulator/schema/fields.ts";
import { CONTAINER, create, decode, kindOf, POD, schemas, specOf } from "../helpers/resource-writes.ts";

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
