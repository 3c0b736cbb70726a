import type {
  Container,
  DownwardAPIVolumeFile,
  EnvVar,
  Lifecycle,
  PodSpec,
  PodTemplateSpec,
  Probe,
  Volume,
} from "kubernetes-types/core/v1";

/** 0644, in decimal as JSON has it. */
const FILE_MODE = 420;

/** Fills in a PodSpec, of a Pod or a template (pkg/apis/core/v1 SetDefaults_PodSpec and what it holds). Runs on every decode. */
export function defaultPodSpec(spec: PodSpec): void {
  spec.containers ??= [];
  spec.dnsPolicy ||= "ClusterFirst";
  spec.restartPolicy ||= "Always";
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ||= "default-scheduler";
  // `serviceAccount` is the old name of the field; both always say the same.
  const account = spec.serviceAccountName || spec.serviceAccount;
  if (account) {
    spec.serviceAccountName = account;
    spec.serviceAccount = account;
  }
  spec.volumes?.forEach(defaultVolume);
  for (const list of [spec.initContainers, spec.containers, spec.ephemeralContainers]) list?.forEach(defaultContainer);
}

/** As defaultPodSpec, of a template that has its metadata beside it. */
export function defaultPodTemplate(template: PodTemplateSpec): void {
  template.metadata ??= {};
  template.spec ??= { containers: [] };
  defaultPodSpec(template.spec);
}

/** `latest`, and no tag at all, mean: look for a newer one each time. */
function defaultPullPolicy(image = ""): string {
  if (image.includes("@")) return "IfNotPresent";
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return image === "" || (tag ?? "latest") !== "latest" ? "IfNotPresent" : "Always";
}

/** Containers of all three kinds. */
function defaultContainer(container: Container): void {
  container.imagePullPolicy ||= defaultPullPolicy(container.image);
  container.terminationMessagePath ||= "/dev/termination-log";
  container.terminationMessagePolicy ||= "File";
  if (container.ports) for (const port of container.ports) port.protocol ||= "TCP";
  container.env?.forEach(defaultEnv);
  if (container.livenessProbe) defaultProbe(container.livenessProbe);
  if (container.readinessProbe) defaultProbe(container.readinessProbe);
  if (container.startupProbe) defaultProbe(container.startupProbe);
  if (container.lifecycle) defaultLifecycle(container.lifecycle);
}

function defaultEnv({ valueFrom }: EnvVar): void {
  if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ||= "v1";
}

function defaultProbe(probe: Probe): void {
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  defaultHttpGet(probe);
  if (probe.grpc) probe.grpc.service ??= "";
}

function defaultLifecycle({ postStart, preStop }: Lifecycle): void {
  if (postStart) defaultHttpGet(postStart);
  if (preStop) defaultHttpGet(preStop);
}

function defaultHttpGet({ httpGet }: Pick<Probe, "httpGet">): void {
  if (!httpGet) return;
  httpGet.path ||= "/";
  httpGet.scheme ||= "HTTP";
}

function defaultVolume(volume: Volume): void {
  if (Object.values(volume).filter(Boolean).length <= 1) volume.emptyDir = {};
  const { configMap, secret, downwardAPI, projected, hostPath, ephemeral } = volume;
  if (hostPath) hostPath.type ??= "";
  if (configMap) configMap.defaultMode ??= FILE_MODE;
  if (secret) secret.defaultMode ??= FILE_MODE;
  if (downwardAPI) {
    downwardAPI.defaultMode ??= FILE_MODE;
    downwardAPI.items?.forEach(defaultDownwardFile);
  }
  if (projected) {
    projected.defaultMode ??= FILE_MODE;
    for (const source of projected.sources ?? []) {
      source.downwardAPI?.items?.forEach(defaultDownwardFile);
      if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600;
    }
  }
  if (ephemeral?.volumeClaimTemplate) {
    ephemeral.volumeClaimTemplate.metadata ??= {};
    ephemeral.volumeClaimTemplate.spec.volumeMode ??= "Filesystem";
  }
}

function defaultDownwardFile({ fieldRef }: DownwardAPIVolumeFile): void {
  if (fieldRef) fieldRef.apiVersion ||= "v1";
}
