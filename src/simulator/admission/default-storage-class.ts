import type { PersistentVolumeClaim } from "kubernetes-types/core/v1";
import type { AdmissionPlugin } from "../api/admission.ts";
import type { Live } from "../api/object.ts";
import { created } from "./created.ts";
import { newestDefault } from "./newest-default.ts";

/** A claim that names no class gets the cluster's (plugin/pkg/admission/storage/storageclass/setdefault). An empty name is one. */
export const defaultStorageClass: AdmissionPlugin = {
  name: "DefaultStorageClass",
  mutate(request, { store }) {
    const claim = created<Live<PersistentVolumeClaim>>(request, "persistentvolumeclaims");
    if (!claim || claim.spec?.storageClassName !== undefined) return;
    if (claim.metadata.annotations?.["volume.beta.kubernetes.io/storage-class"] !== undefined) return;
    const standard = newestDefault(store.list("storageclasses.storage.k8s.io"), [
      "storageclass.kubernetes.io/is-default-class",
      "storageclass.beta.kubernetes.io/is-default-class",
    ]);
    if (standard) claim.spec = { ...claim.spec, storageClassName: standard.metadata.name };
  },
};
