import type { ConfigMapVolumeSource, DownwardAPIVolumeFile, KeyToPath, SecretVolumeSource } from "kubernetes-types/core/v1";
import type { ConfigMap, Secret, ServiceAccountTokenProjection } from "kubernetes-types/core/v1";
import type { Live } from "../../api/object.ts";
import { objectData } from "../env.ts";
import { fieldValue, resourceValue } from "../field-values.ts";
import { VolumeError } from "./volume.ts";
import type { VolumeContext } from "./volume.ts";

/** Files to show, by path, with their permission bits. */
export type Payload = Map<string, { content: Buffer; mode: number }>;

type Projection = Pick<ConfigMapVolumeSource, "items" | "optional">;

export function configMapPayload(source: Projection & { name?: string }, mode: number, context: VolumeContext): Payload {
  return keysOf("configmaps", source.name ?? "", source, mode, context);
}

export function secretPayload(
  source: Projection & Pick<SecretVolumeSource, "secretName"> & { name?: string },
  mode: number,
  context: VolumeContext,
): Payload {
  return keysOf("secrets", source.secretName ?? source.name ?? "", source, mode, context);
}

export function downwardPayload(items: readonly DownwardAPIVolumeFile[], mode: number, context: VolumeContext): Payload {
  const { pod, allocatable, hostIP } = context;
  const place = { podIP: "", hostIP };
  return new Map(
    items.map(({ path, mode: own, fieldRef, resourceFieldRef }) => {
      const text = fieldRef
        ? fieldValue(pod, fieldRef, place)
        : resourceFieldRef
          ? resourceValue(pod, resourceFieldRef, "", allocatable)
          : "";
      return [path, { content: Buffer.from(text), mode: own ?? mode }];
    }),
  );
}

/** A token for the pod's account, and when it has to be renewed, ms: at four fifths of its life (token/token_manager.go). */
export function tokenPayload(
  { path, audience, expirationSeconds = 3600 }: ServiceAccountTokenProjection,
  mode: number,
  { pod, issueToken, clock }: VolumeContext,
): { payload: Payload; renewAt: number } {
  const { namespace = "", name, uid } = pod.metadata;
  try {
    const { token, expires } = issueToken({
      namespace,
      serviceAccount: pod.spec?.serviceAccountName || "default",
      audiences: audience ? [audience] : [],
      expirationSeconds,
      pod: { name, uid },
    });
    const now = clock.now();
    return { payload: new Map([[path, { content: Buffer.from(token), mode }]]), renewAt: now + (expires - now) * 0.8 };
  } catch (error) {
    throw new VolumeError(`failed to fetch token: ${(error as Error).message}`);
  }
}

function keysOf(
  resource: "configmaps" | "secrets",
  name: string,
  { items, optional = false }: Projection,
  mode: number,
  { pod, client }: VolumeContext,
): Payload {
  const object = client.get<Live<ConfigMap> | Live<Secret>>(resource, { namespace: pod.metadata.namespace ?? "", name });
  if (!object && !optional) throw new VolumeError(`${resource.slice(0, -1)} "${name}" not found`);
  const data = object ? objectData(object) : {};
  const missing =
    resource === "configmaps" ? "configmap references non-existent config key" : "references non-existent secret key";
  const wanted: readonly KeyToPath[] = items ?? Object.keys(data).map((key) => ({ key, path: key }));
  const payload: Payload = new Map();
  for (const { key, path, mode: own } of wanted) {
    const content = data[key];
    if (content) payload.set(path, { content, mode: own ?? mode });
    else if (!optional) throw new VolumeError(`${missing}: ${key}`);
  }
  return payload;
}
