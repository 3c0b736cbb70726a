import { keyOf } from "../../api/object.ts";
import type { Controller } from "../controller.ts";
import { objectKey, queueKey, workQueue } from "../controller.ts";
import { isAlreadyExists, unlessGone } from "../refusals.ts";
import { type Claim, claimReference, classNamed, PROVISIONED_BY, PROVISIONER, SELECTED_NODE, type Volume } from "./volumes.ts";

export const LOCAL_PATH = "rancher.io/local-path";
const FOLDER = "/var/local-path-provisioner";

/** Makes volumes out of folders of the node a claim's pod was put on, and unmakes them: kind's `standard` class. */
export const localPathProvisioner: Controller = (context) => {
  const { client, events } = context;

  const claims = workQueue(context, async (key) => {
    const claim = client.get<Claim>("persistentvolumeclaims", objectKey(key));
    const node = claim?.metadata.annotations?.[SELECTED_NODE];
    if (!claim || claim.spec?.volumeName || claim.metadata.annotations?.[PROVISIONER] !== LOCAL_PATH) return;
    if (!node) {
      events.event(
        { object: claim },
        "Warning",
        "ProvisioningFailed",
        'failed to provision volume with StorageClass "' +
          claim.spec?.storageClassName +
          '": configuration error, no node was specified',
      );
      return;
    }
    const name = `pvc-${claim.metadata.uid}`;
    if (client.get("persistentvolumes", { name })) return;
    events.event({ object: claim }, "Normal", "Provisioning", `External provisioner is provisioning volume for claim "${key}"`);
    try {
      await client.create<Volume>("persistentvolumes", volumeFor(claim, name, node));
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
    events.event({ object: claim }, "Normal", "ProvisioningSucceeded", `Successfully provisioned volume ${name}`);
  });

  function volumeFor(claim: Claim, name: string, node: string) {
    const { namespace, name: claimName } = claim.metadata;
    const { accessModes, resources, storageClassName, volumeMode } = claim.spec ?? {};
    const reclaim = classNamed(client, storageClassName)?.reclaimPolicy ?? "Delete";
    return {
      metadata: { name, annotations: { "local.path.provisioner/selected-node": node, [PROVISIONED_BY]: LOCAL_PATH } },
      spec: {
        accessModes: accessModes ?? [],
        capacity: { storage: resources?.requests?.["storage"] ?? "0" },
        claimRef: claimReference(claim),
        hostPath: { path: `${FOLDER}/${name}_${namespace}_${claimName}`, type: "DirectoryOrCreate" },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] }],
          },
        },
        persistentVolumeReclaimPolicy: reclaim,
        storageClassName: storageClassName ?? "",
        volumeMode: volumeMode ?? "Filesystem",
      },
    };
  }

  const volumes = workQueue(context, async (name) => {
    const volume = client.get<Volume>("persistentvolumes", { name });
    if (!volume || volume.metadata.deletionTimestamp || volume.status?.phase !== "Released") return;
    const isOurs = volume.metadata.annotations?.[PROVISIONED_BY] === LOCAL_PATH;
    if (isOurs && volume.spec?.persistentVolumeReclaimPolicy === "Delete")
      await unlessGone(client.delete("persistentvolumes", keyOf(volume)));
  });

  const stops = [
    client.watch<Claim>("persistentvolumeclaims", ({ type, object }) => type !== "DELETED" && claims.add(queueKey(object))),
    client.watch<Volume>("persistentvolumes", ({ type, object }) => type !== "DELETED" && volumes.add(object.metadata.name)),
  ];
  return () => [...stops, claims.stop, volumes.stop].forEach((stop) => stop());
};
