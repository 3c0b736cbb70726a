import type { LifecycleHandler, Probe, SELinuxOptions } from "kubernetes-types/core/v1";
import {
  containersOf,
  containersText,
  containersWhere,
  distinct,
  plural,
  quoted,
  setters,
  type Check,
  type PodLike,
} from "./check.ts";

const CAPABILITIES = new Set(
  "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split(" "),
);

/** Sysctls and the minor release that lets pods set them. */
const SYSCTLS: Readonly<Record<string, number>> = {
  "kernel.shm_rmid_forced": 0,
  "net.ipv4.ip_local_port_range": 0,
  "net.ipv4.tcp_syncookies": 0,
  "net.ipv4.ping_group_range": 0,
  "net.ipv4.ip_unprivileged_port_start": 0,
  "net.ipv4.ip_local_reserved_ports": 27,
  "net.ipv4.tcp_keepalive_time": 29,
  "net.ipv4.tcp_fin_timeout": 29,
  "net.ipv4.tcp_keepalive_intvl": 29,
  "net.ipv4.tcp_keepalive_probes": 29,
  "net.ipv4.tcp_rmem": 32,
  "net.ipv4.tcp_wmem": 32,
};

const APPARMOR = "container.apparmor.security.beta.kubernetes.io/";
const SECCOMP = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_OF = "container.seccomp.security.alpha.kubernetes.io/";

/** The level `baseline`, in the order of messages (k8s.io/pod-security-admission/policy). */
export const baselineChecks: readonly Check[] = [
  { id: "appArmorProfile", since: 0, violation: appArmor },
  {
    id: "capabilities_baseline",
    since: 0,
    violation(pod) {
      const added = (name: string) => !CAPABILITIES.has(name);
      const bad = containersWhere(pod, ({ capabilities }) => capabilities?.add?.some(added));
      const names = containersOf(pod).flatMap(({ securityContext }) => securityContext?.capabilities?.add?.filter(added) ?? []);
      if (bad.length === 0) return undefined;
      const detail = `${containersText(bad)} must not include ${quoted(distinct(names))} in securityContext.capabilities.add`;
      return { reason: "non-default capabilities", detail };
    },
  },
  {
    id: "hostNamespaces",
    since: 0,
    violation({ spec }) {
      const shared = (["hostNetwork", "hostPID", "hostIPC"] as const).filter((name) => spec[name]);
      if (shared.length === 0) return undefined;
      return { reason: "host namespaces", detail: shared.map((name) => `${name}=true`).join(", ") };
    },
  },
  {
    id: "hostPathVolumes",
    since: 0,
    violation({ spec }) {
      const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => name);
      return names.length > 0 ? { reason: "hostPath volumes", detail: `${plural(names, "volume")} ${quoted(names)}` } : undefined;
    },
  },
  {
    id: "hostPorts",
    since: 0,
    violation(pod) {
      const bad = containersWhere(pod, (_context, { ports = [] }) => ports.some(({ hostPort }) => hostPort));
      const ports = distinct(
        containersOf(pod).flatMap((container) =>
          (container.ports ?? []).flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : [])),
        ),
      );
      if (bad.length === 0) return undefined;
      const detail = `${containersText(bad)} ${plural(bad, "uses", "use")} ${plural(ports, "hostPort")} ${ports.join(", ")}`;
      return { reason: "hostPort", detail };
    },
  },
  { id: "hostProbesAndHostLifecycle", since: 34, violation: hostProbes },
  {
    id: "privileged",
    since: 0,
    violation(pod) {
      const bad = containersWhere(pod, ({ privileged }) => privileged);
      if (bad.length === 0) return undefined;
      return { reason: "privileged", detail: `${containersText(bad)} must not set securityContext.privileged=true` };
    },
  },
  {
    id: "procMount",
    since: 0,
    violation(pod) {
      const bad = containersWhere(pod, ({ procMount }) => procMount && procMount !== "Default");
      const types = distinct(containersOf(pod).flatMap(({ securityContext }) => securityContext?.procMount ?? []));
      if (bad.length === 0) return undefined;
      const set = quoted(types.filter((type) => type !== "Default"));
      return { reason: "procMount", detail: `${containersText(bad)} must not set securityContext.procMount to ${set}` };
    },
  },
  { id: "seLinuxOptions", since: 0, violation: seLinux },
  { id: "seccompProfile_baseline", since: 0, violation: seccomp },
  {
    id: "sysctls",
    since: 0,
    violation({ spec }, version) {
      const set = (spec.securityContext?.sysctls ?? []).map(({ name }) => name);
      const bad = set.filter((name) => (SYSCTLS[name] ?? Infinity) > version);
      return bad.length > 0 ? { reason: "forbidden sysctls", detail: bad.join(", ") } : undefined;
    },
  },
  {
    id: "windowsHostProcess",
    since: 0,
    violation(pod) {
      const bad = containersWhere(pod, ({ windowsOptions }) => windowsOptions?.hostProcess);
      const who = setters(pod.spec.securityContext?.windowsOptions?.hostProcess, bad);
      return who
        ? { reason: "hostProcess", detail: `${who} must not set securityContext.windowsOptions.hostProcess=true` }
        : undefined;
    },
  },
];

interface AppArmor {
  appArmorProfile?: { type: string };
}

function appArmor(pod: PodLike) {
  const badType = (context: unknown) => {
    const type = (context as AppArmor | undefined)?.appArmorProfile?.type;
    return type !== undefined && type !== "RuntimeDefault" && type !== "Localhost" ? type : undefined;
  };
  const podType = badType(pod.spec.securityContext);
  const bad = containersWhere(pod, badType);
  const annotations = Object.entries(pod.annotations)
    .filter(([key, value]) => key.startsWith(APPARMOR) && value && value !== "runtime/default" && !value.startsWith("localhost/"))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort();
  const types = distinct(
    [podType ?? [], ...containersOf(pod).map(({ securityContext }) => badType(securityContext) ?? [])].flat(),
  );
  const values = [...types, ...annotations];
  const who = [setters(podType, bad), annotations.length > 0 ? plural(annotations, "annotation") : ""]
    .filter(Boolean)
    .join(" and ");
  if (!who) return undefined;
  return {
    reason: plural(values, "forbidden AppArmor profile"),
    detail: `${who} must not set AppArmor profile type to ${quoted(values)}`,
  };
}

function hostProbes(pod: PodLike) {
  const hostsOf = (handler: Pick<Probe & LifecycleHandler, "httpGet" | "tcpSocket"> | undefined) =>
    [handler?.httpGet?.host, handler?.tcpSocket?.host].filter((host): host is string => Boolean(host));
  const found = containersOf(pod).map(({ name, livenessProbe, readinessProbe, startupProbe, lifecycle }) => ({
    name,
    hosts: [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap(hostsOf),
  }));
  const bad = distinct(found.filter(({ hosts }) => hosts.length > 0).map(({ name }) => name));
  const hosts = distinct(found.flatMap((container) => container.hosts));
  if (bad.length === 0) return undefined;
  const what = plural(hosts, "probe or lifecycle host");
  return {
    reason: "probe or lifecycle host",
    detail: `${containersText(bad)} ${plural(bad, "uses", "use")} ${what} ${quoted(hosts)}`,
  };
}

function seLinux(pod: PodLike, version: number) {
  const types = ["container_t", "container_init_t", "container_kvm_t", ...(version >= 31 ? ["container_engine_t"] : [])];
  const isBadType = ({ type }: SELinuxOptions) => type && !types.includes(type);
  const isBad = (options: SELinuxOptions | undefined) => options && (isBadType(options) || options.user || options.role);
  const podOptions = pod.spec.securityContext?.seLinuxOptions;
  const who = setters(
    isBad(podOptions),
    containersWhere(pod, ({ seLinuxOptions }) => isBad(seLinuxOptions)),
  );
  if (!who) return undefined;
  const all = [podOptions ?? [], ...containersOf(pod).map(({ securityContext }) => securityContext?.seLinuxOptions ?? [])].flat();
  const badTypes = distinct(all.flatMap((options) => (isBadType(options) ? [options.type as string] : [])));
  const what = [
    ...(badTypes.length > 0 ? [`${plural(badTypes, "type")} ${quoted(badTypes)}`] : []),
    ...(all.some(({ user }) => user) ? ["user may not be set"] : []),
    ...(all.some(({ role }) => role) ? ["role may not be set"] : []),
  ];
  return { reason: "seLinuxOptions", detail: `${who} set forbidden securityContext.seLinuxOptions: ${what.join("; ")}` };
}

/** Before 1.19 a profile was an annotation. */
function seccomp(pod: PodLike, version: number) {
  if (version >= 19) return explicitSeccomp(pod);
  const isBad = (value: string | undefined) =>
    value !== undefined && value !== "runtime/default" && value !== "docker/default" && !value.startsWith("localhost/");
  const bad = distinct(
    [SECCOMP, ...containersOf(pod).map(({ name }) => `${SECCOMP_OF}${name}`)]
      .filter((key) => isBad(pod.annotations[key]))
      .map((key) => `${key}=${JSON.stringify(pod.annotations[key])}`),
  );
  return bad.length > 0
    ? { reason: "seccompProfile", detail: `forbidden ${plural(bad, "annotation")} ${bad.join(", ")}` }
    : undefined;
}

/** Profiles that are none of the runtime's or the node's. */
export function explicitSeccomp(pod: PodLike) {
  const isBad = (type: string | undefined) => type !== undefined && !isSeccompProfile(type);
  const podType = pod.spec.securityContext?.seccompProfile?.type;
  const who = setters(
    isBad(podType),
    containersWhere(pod, ({ seccompProfile }) => isBad(seccompProfile?.type)),
  );
  if (!who) return undefined;
  const types = [
    podType ?? [],
    ...containersOf(pod).map(({ securityContext }) => securityContext?.seccompProfile?.type ?? []),
  ].flat();
  const bad = quoted(distinct(types.filter(isBad)));
  return { reason: "seccompProfile", detail: `${who} must not set securityContext.seccompProfile.type to ${bad}` };
}

export const isSeccompProfile = (type: string | undefined): boolean => type === "RuntimeDefault" || type === "Localhost";
