import { describe, expect, test } from "vitest";
import { create, errorsOf, POD } from "../helpers/resource-writes.ts";

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
