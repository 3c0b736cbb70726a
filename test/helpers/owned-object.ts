import { load } from "js-yaml";
import type { KubeObject, ManagedFieldsEntry } from "../../src/simulator/api/object.ts";
import { StatusError } from "../../src/simulator/api/status-error.ts";
import { applyPatch } from "../../src/simulator/patch/apply/apply-patch.ts";
import type { ResetFields } from "../../src/simulator/patch/apply/ownership.ts";
import { scaledManagedFields, scaleManagedFields } from "../../src/simulator/patch/apply/scale.ts";
import { unlessOnlyTimesChanged, updateManagedFields } from "../../src/simulator/patch/apply/update-managed-fields.ts";
import type { JsonMap } from "../../src/simulator/patch/json-value.ts";
import { mergePatch } from "../../src/simulator/patch/merge-patch.ts";
import { completeFields } from "../../src/simulator/schema/fields.ts";
import { loadSchemas } from "../../src/simulator/schema/schemas.ts";
import { freeze } from "../../src/simulator/store/serialise.ts";

const index = loadSchemas();
const NOON = Date.UTC(2026, 0, 1, 12);
const NOTHING_RESET: ResetFields = [];

/** One object and the writes to it: as much of an API server as ownership needs. */
export class Kept {
  live: KubeObject | undefined;
  now = NOON;
  readonly #apiVersion: string;
  readonly #kind: string;
  readonly #defaults: (object: JsonMap) => JsonMap;
  readonly #reset: ResetFields;

  constructor(apiVersion: string, kind: string, defaults = (object: JsonMap) => object, reset = NOTHING_RESET) {
    this.#apiVersion = apiVersion;
    this.#kind = kind;
    this.#defaults = defaults;
    this.#reset = reset;
  }

  get entries(): readonly ManagedFieldsEntry[] {
    return this.live?.metadata.managedFields ?? [];
  }

  /** `kubectl Apply`, `kube-controller-manager Update status` */
  get owners(): string[] {
    return this.entries.map(({ manager, operation, subresource = "" }) => `${manager} ${operation} ${subresource}`.trim());
  }

  fieldsOf(manager: string, operation = "Update"): unknown {
    return this.entries.find((entry) => entry.manager === manager && entry.operation === operation)?.fieldsV1;
  }

  /** Server-side apply of some YAML. */
  apply(manager: string, yaml: string | object, force = false): void {
    const patch = typeof yaml === "string" ? load(yaml) : yaml;
    this.#store(applyPatch({ ...this.#writer(manager), live: this.live, patch, kind: this.#kind, force }).object);
  }

  /** A create or update; `change` is merged into what there is. */
  write(manager: string, change: object, subresource = "", resetFields = this.#reset): void {
    const base = this.live ?? { apiVersion: this.#apiVersion, kind: this.#kind, metadata: { name: "web" } };
    const updated = this.#complete(mergePatch(base as unknown as JsonMap, change));
    const entries = updateManagedFields({ ...this.#writer(manager), old: this.live, updated, subresource, resetFields });
    this.#store({ ...updated, metadata: { ...updated.metadata, managedFields: [...entries] } });
  }

  scale(manager: string, replicas: number): void {
    const live = this.live as KubeObject & { spec: { replicas: number } };
    const resource = { apiVersion: this.#apiVersion, managedFields: this.entries };
    const scaleWith = (count: number, managedFields?: readonly ManagedFieldsEntry[]) =>
      ({
        apiVersion: "autoscaling/v1",
        kind: "Scale",
        metadata: { ...live.metadata, managedFields: [...(managedFields ?? [])] },
        spec: count === 0 ? {} : { replicas: count },
      }) as KubeObject;
    const ofScale = updateManagedFields({
      ...this.#writer(manager),
      old: scaleWith(live.spec.replicas, scaleManagedFields(resource)),
      updated: scaleWith(replicas),
      apiVersion: "autoscaling/v1",
      subresource: "scale",
      schema: index.forKind({ group: "autoscaling", version: "v1", kind: "Scale" })!,
    });
    const managedFields = [...scaledManagedFields(resource, ofScale)];
    this.#store({ ...live, metadata: { ...live.metadata, managedFields }, spec: { ...live.spec, replicas } } as KubeObject);
  }

  #writer(manager: string) {
    return { manager, apiVersion: this.#apiVersion, now: this.now, schema: this.#schema, index, resetFields: this.#reset };
  }

  get #schema() {
    const [version = "", group = ""] = this.#apiVersion.split("/").toReversed();
    return index.forKind({ group, version, kind: this.#kind })!;
  }

  #complete(object: JsonMap): KubeObject {
    return completeFields(this.#defaults(object) as unknown as KubeObject, this.#schema, index);
  }

  #store(object: KubeObject): void {
    const next = this.#complete({ ...object, metadata: { ...object.metadata, uid: "u" } });
    this.live = freeze(this.live ? unlessOnlyTimesChanged(this.live, next) : next);
  }
}

export const configMap = () => new Kept("v1", "ConfigMap");

const DEPLOYMENT_DEFAULTS = {
  spec: {
    progressDeadlineSeconds: 600,
    replicas: 1,
    revisionHistoryLimit: 10,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
    template: {
      spec: {
        dnsPolicy: "ClusterFirst",
        restartPolicy: "Always",
        schedulerName: "default-scheduler",
        securityContext: {},
        terminationGracePeriodSeconds: 30,
      },
    },
  },
};

export const deployment = () => new Kept("apps/v1", "Deployment", withDeploymentDefaults, [["status"]]);

function withDeploymentDefaults(object: JsonMap): JsonMap {
  const whole = mergePatch(DEPLOYMENT_DEFAULTS, object) as { spec: { template: { spec: { containers?: JsonMap[] } } } };
  const pod = whole.spec.template.spec;
  pod.containers = (pod.containers ?? []).map((container) => ({
    imagePullPolicy: "IfNotPresent",
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    ...container,
    ...(Array.isArray(container.ports) && { ports: container.ports.map((port: JsonMap) => ({ protocol: "TCP", ...port })) }),
  }));
  return whole;
}

export const WEB = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "kicbase/echo-server:1.0", ports: [{containerPort: 8080, name: http}], env: [{name: A, value: "1"}]}]
`;

export const message = (attempt: () => void): string => status(attempt).message ?? "";

export const status = (attempt: () => void) => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof StatusError) return error.status;
    throw error;
  }
  throw new Error("nothing was refused");
};
