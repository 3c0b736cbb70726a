import type { AdmissionPlugin } from "../api/admission.ts";
import { created } from "./created.ts";

const FINALIZERS = Object.entries({
  persistentvolumes: "kubernetes.io/pv-protection",
  persistentvolumeclaims: "kubernetes.io/pvc-protection",
  "volumeattributesclasses.storage.k8s.io": "kubernetes.io/vac-protection",
});

/** Storage that is in use outlives its deletion (plugin/pkg/admission/storage/storageobjectinuseprotection). */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: "StorageObjectInUseProtection",
  mutate(request) {
    for (const [resource, finalizer] of FINALIZERS) {
      const metadata = created(request, resource)?.metadata;
      if (metadata && !metadata.finalizers?.includes(finalizer))
        metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
    }
  },
};
