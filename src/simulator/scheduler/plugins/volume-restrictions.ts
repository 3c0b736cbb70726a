import type { PersistentVolumeClaim } from "kubernetes-types/core/v1";
import type { Live } from "../../api/object.ts";
import { podLeft } from "../plugin.ts";
import type { Plugin } from "../plugin.ts";
import type { Pod } from "../pod-requests.ts";

/** A ReadWriteOncePod claim serves one pod at a time. */
export const volumeRestrictions: Plugin = {
  name: "VolumeRestrictions",
  prepare(pod, { nodes, read }) {
    const { namespace = "" } = pod.metadata;
    const exclusive = claimNames(pod).filter((name) =>
      read
        .get<Live<PersistentVolumeClaim>>("persistentvolumeclaims", { namespace, name })
        ?.spec?.accessModes?.includes("ReadWriteOncePod"),
    );
    const taken = (other: Pod) =>
      other.metadata.namespace === namespace && claimNames(other).some((name) => exclusive.includes(name));
    if (!nodes.some(({ pods }) => pods.some(taken))) return {};
    return {
      filter: ({ pods }) =>
        pods.some(taken)
          ? { reasons: ["node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode"] }
          : undefined,
    };
  },
  mayHelp: (event) => podLeft(event) || event.resource === "persistentvolumeclaims",
};

const claimNames = (pod: Pod): string[] =>
  (pod.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
