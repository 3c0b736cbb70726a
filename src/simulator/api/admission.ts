import type { Endpoint, Registry } from "./registry.ts";
import type { KubeObject } from "./object.ts";
import type { UserInfo } from "./user.ts";

/** One write on its way to the store. */
export interface AdmissionRequest {
  operation: "CREATE" | "UPDATE" | "DELETE";
  endpoint: Endpoint;
  subresource: string;
  namespace: string;
  name: string;
  /** The object as it would be stored; mutating plugins change it in place. Undefined for DELETE. */
  object?: KubeObject;
  old?: KubeObject;
  user: UserInfo;
  dryRun: boolean;
  warn(text: string): void;
}

/** One admission plugin; one file each in src/simulator/admission. Refuses by throwing a StatusError. */
export interface AdmissionPlugin {
  name: string;
  mutate?(request: AdmissionRequest, registry: Registry): void | Promise<void>;
  validate?(request: AdmissionRequest, registry: Registry): void | Promise<void>;
  /** Takes what the write needs of something that others share. Nothing happens between this and the write itself. */
  reserve?(request: AdmissionRequest, registry: Registry): void;
}

/** All mutating plugins, in order. */
export async function mutate(registry: Registry, request: AdmissionRequest): Promise<void> {
  for (const plugin of registry.admission) await plugin.mutate?.(request, registry);
}

/** All validating plugins, in order. */
export async function admit(registry: Registry, request: AdmissionRequest): Promise<void> {
  for (const plugin of registry.admission) await plugin.validate?.(request, registry);
}

/** All plugins that reserve; called as the last thing before the store is written to. */
export function reserve(registry: Registry, request: AdmissionRequest): void {
  for (const plugin of registry.admission) plugin.reserve?.(request, registry);
}
