import { explicitSeccomp, isSeccompProfile } from "./baseline.ts";
import {
  containersOf,
  containersText,
  containersWhere,
  distinct,
  isForWindows,
  plural,
  quoted,
  setters,
  type Check,
} from "./check.ts";

/** Volumes that come with the cluster or through a claim. */
const VOLUMES = new Set("configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret".split(" "));

/** What the level `restricted` adds, in the order of messages. */
export const restrictedChecks: readonly Check[] = [
  {
    id: "allowPrivilegeEscalation",
    since: 8,
    violation(pod, version) {
      const bad = containersWhere(pod, ({ allowPrivilegeEscalation }) => allowPrivilegeEscalation !== false);
      if (bad.length === 0 || isForWindows(pod, version)) return undefined;
      const detail = `${containersText(bad)} must set securityContext.allowPrivilegeEscalation=false`;
      return { reason: "allowPrivilegeEscalation != false", detail };
    },
  },
  {
    id: "capabilities_restricted",
    since: 22,
    overrides: "capabilities_baseline",
    violation(pod, version) {
      if (isForWindows(pod, version)) return undefined;
      const isBad = (name: string) => name !== "NET_BIND_SERVICE";
      const keeping = containersWhere(pod, ({ capabilities }) => !capabilities?.drop?.includes("ALL"));
      const adding = containersWhere(pod, ({ capabilities }) => capabilities?.add?.some(isBad));
      const added = containersOf(pod).flatMap(({ securityContext }) => securityContext?.capabilities?.add?.filter(isBad) ?? []);
      const details = [
        ...(keeping.length > 0 ? [`${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
        ...(adding.length > 0
          ? [`${containersText(adding)} must not include ${quoted(distinct(added))} in securityContext.capabilities.add`]
          : []),
      ];
      return details.length > 0 ? { reason: "unrestricted capabilities", detail: details.join("; ") } : undefined;
    },
  },
  {
    id: "restrictedVolumes",
    since: 0,
    overrides: "hostPathVolumes",
    violation({ spec }) {
      const bad = (spec.volumes ?? [])
        .map(({ name, ...source }) => ({ name, type: Object.keys(source)[0] ?? "unknown" }))
        .filter(({ type }) => !VOLUMES.has(type));
      if (bad.length === 0) return undefined;
      const types = distinct(bad.map(({ type }) => type));
      const what = plural(types, "restricted volume type");
      const names = quoted(bad.map(({ name }) => name));
      const detail = `${plural(bad, "volume")} ${names} ${plural(bad, "uses", "use")} ${what} ${quoted(types)}`;
      return { reason: "restricted volume types", detail };
    },
  },
  {
    id: "runAsNonRoot",
    since: 0,
    violation(pod) {
      const ofPod = pod.spec.securityContext?.runAsNonRoot;
      const who = setters(
        ofPod === false,
        containersWhere(pod, ({ runAsNonRoot }) => runAsNonRoot === false),
      );
      const silent = ofPod ? [] : containersWhere(pod, ({ runAsNonRoot }) => runAsNonRoot === undefined);
      const detail = who
        ? `${who} must not set securityContext.runAsNonRoot=false`
        : silent.length > 0
          ? `pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true`
          : undefined;
      return detail ? { reason: "runAsNonRoot != true", detail } : undefined;
    },
  },
  {
    id: "runAsUser",
    since: 23,
    violation(pod) {
      const who = setters(
        pod.spec.securityContext?.runAsUser === 0,
        containersWhere(pod, ({ runAsUser }) => runAsUser === 0),
      );
      return who ? { reason: "runAsUser=0", detail: `${who} must not set runAsUser=0` } : undefined;
    },
  },
  {
    id: "seccompProfile_restricted",
    since: 19,
    overrides: "seccompProfile_baseline",
    violation(pod, version) {
      if (isForWindows(pod, version)) return undefined;
      const explicit = explicitSeccomp(pod);
      if (explicit) return explicit;
      const isSet = isSeccompProfile(pod.spec.securityContext?.seccompProfile?.type);
      const silent = isSet ? [] : containersWhere(pod, ({ seccompProfile }) => !seccompProfile);
      if (silent.length === 0) return undefined;
      const wanted = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"';
      return { reason: "seccompProfile", detail: `pod or ${containersText(silent)} ${wanted}` };
    },
  },
];
