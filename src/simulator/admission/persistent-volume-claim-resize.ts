import type { PersistentVolumeClaim } from "kubernetes-types/core/v1";
import type { StorageClass } from "kubernetes-types/storage/v1";
import type { AdmissionPlugin } from "../api/admission.ts";
import type { Live } from "../api/object.ts";
import { compareQuantities } from "../schema/quantity.ts";
import { refusal } from "./refusal.ts";

/** Only claims of a class that says so may grow (plugin/pkg/admission/storage/persistentvolume/resize). */
export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: "PersistentVolumeClaimResize",
  validate(request, { store }) {
    if (request.operation !== "UPDATE" || request.endpoint.name !== "persistentvolumeclaims" || request.subresource) return;
    const claim = request.object as Live<PersistentVolumeClaim>;
    const old = request.old as Live<PersistentVolumeClaim>;
    const size = ({ spec }: Live<PersistentVolumeClaim>) => spec?.resources?.requests?.["storage"] ?? "0";
    if (compareQuantities(size(claim), size(old)) <= 0) return;
    if (old.status?.phase !== "Bound") throw refusal(request, "Only bound persistent volume claims can be expanded");
    const name = claim.metadata.annotations?.["volume.beta.kubernetes.io/storage-class"] ?? claim.spec?.storageClassName ?? "";
    const found = store.get("storageclasses.storage.k8s.io", { namespace: "", name }) as Live<StorageClass> | undefined;
    if (found?.allowVolumeExpansion) return;
    throw refusal(
      request,
      "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize",
    );
  },
};
