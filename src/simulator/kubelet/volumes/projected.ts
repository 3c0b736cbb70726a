import type { ProjectedVolumeSource } from "kubernetes-types/core/v1";
import { atomicVolume } from "./atomic.ts";
import { configMapPayload, downwardPayload, secretPayload, tokenPayload } from "./payload.ts";
import type { Payload } from "./payload.ts";
import { VolumeError } from "./volume.ts";
import type { VolumeKind } from "./volume.ts";

/** Several sources in one folder; later ones win. A token stays the same until it is time for another. */
export const projected: VolumeKind<ProjectedVolumeSource> = ({ sources = [], defaultMode = 0o644 }, context) => {
  const tokens = new Map<object, { payload: Payload; renewAt: number }>();
  return atomicVolume((now) => {
    const payload: Payload = new Map();
    for (const source of sources) {
      const { configMap, secret, downwardAPI, serviceAccountToken } = source;
      const known = tokens.get(source);
      if (serviceAccountToken && (!known || known.renewAt <= now.clock.now())) {
        tokens.set(source, tokenPayload(serviceAccountToken, defaultMode, now));
      }
      const part = configMap
        ? configMapPayload(configMap, defaultMode, now)
        : secret
          ? secretPayload(secret, defaultMode, now)
          : downwardAPI
            ? downwardPayload(downwardAPI.items ?? [], defaultMode, now)
            : tokens.get(source)?.payload;
      if (!part)
        throw new VolumeError(`the practice cluster does not model ${Object.keys(source).join(", ")} in projected volumes`);
      for (const [path, file] of part) payload.set(path, file);
    }
    const renewals = [...tokens.values()].map(({ renewAt }) => renewAt);
    return { payload, ...(renewals.length > 0 && { renewAt: Math.min(...renewals) }) };
  }, context);
};
