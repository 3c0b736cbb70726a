import { isDeepStrictEqual } from "node:util";
import type { Client } from "../api/client.ts";
import { keyOf, timestamp } from "../api/object.ts";
import type { Registry } from "../api/registry.ts";
import { StatusError } from "../api/status-error.ts";
import type { Clock } from "../clock.ts";
import { workQueue } from "../controllers/controller.ts";
import type { GroupVersionKind } from "../schema/schema.ts";
import type { Schemas } from "../schema/schemas.ts";
import { acceptNames } from "./accept-names.ts";
import {
  CLEANUP_FINALIZER,
  type Condition,
  type Definition,
  DEFINITIONS,
  isTrue,
  schemaOf,
  withCondition,
} from "./definition.ts";
import { servedVersions } from "./served-versions.ts";

export interface ServeOptions {
  registry: Registry;
  schemas: Schemas;
  client: Client;
  clock: Clock;
  report(error: unknown): void;
}

/** Milliseconds between looks at the objects of a definition that is being deleted. */
const NEXT_LOOK = 1000;

interface Served {
  /** What it was made from; the same again changes nothing. */
  source: unknown;
  kinds: { kind: GroupVersionKind; listKind: string | undefined }[];
}

/**
 * Serves the kinds of CustomResourceDefinitions from when their names are accepted until the definition is gone, its objects first.
 * Those restored from disk are served when this returns. Returns the function that stops it.
 */
export function serveCustomResources({ registry, schemas, client, clock, report }: ServeOptions): () => void {
  const served = new Map<string, Served>();
  const all = () => client.list<Definition>(DEFINITIONS);

  function serve(definition: Definition): void {
    const { name, uid, generation, deletionTimestamp } = definition.metadata;
    if (!isTrue(definition, "Established")) return;
    const source = [uid, generation, deletionTimestamp, definition.status?.acceptedNames];
    const before = served.get(name);
    if (before && isDeepStrictEqual(before.source, source)) return;
    // A built-in kind of that name keeps its place.
    if (!before && registry.all().some((endpoint) => endpoint.name === name)) return;
    withdraw(name);
    const { listKind } = definition.status?.acceptedNames ?? {};
    const kinds = servedVersions(definition).map(({ info, endpoint, version }) => {
      const kind = { group: info.group, version: info.version, kind: info.kind };
      schemas.add(kind, schemaOf(version), listKind);
      registry.add(info, endpoint);
      return { kind, listKind };
    });
    served.set(name, { source, kinds });
  }

  function withdraw(name: string): void {
    for (const { kind, listKind } of served.get(name)?.kinds ?? []) schemas.remove(kind, listKind);
    if (served.delete(name)) registry.remove(name);
  }

  const queue = workQueue({ clock, report }, async (name) => {
    const definition = client.get<Definition>(DEFINITIONS, { name });
    if (!definition) return;
    if (definition.metadata.deletionTimestamp) return finish(definition);
    const status = acceptNames(definition, all(), timestamp(clock.now()));
    const next = { ...definition, status };
    serve(next);
    if (!isDeepStrictEqual(status, definition.status)) await client.updateStatus(DEFINITIONS, next);
  });

  /** Deletes the objects, then lets the definition go (pkg/controller/finalizer). */
  async function finish(definition: Definition): Promise<void> {
    const { name, finalizers = [] } = definition.metadata;
    if (!finalizers.includes(CLEANUP_FINALIZER)) return;
    const objects = () => (served.has(name) ? client.list(name) : []);
    for (const object of objects()) {
      if (object.metadata.deletionTimestamp) continue;
      await client.delete(name, keyOf(object), { propagationPolicy: "Background" }).catch((error) => {
        if (!(error instanceof StatusError && error.code === 404)) throw error;
      });
    }
    const condition: Condition =
      objects().length > 0
        ? {
            type: "Terminating",
            status: "True",
            reason: "InstanceDeletionInProgress",
            message: "CustomResource deletion is in progress",
          }
        : { type: "Terminating", status: "False", reason: "InstanceDeletionCompleted", message: "removed all instances" };
    const dated = { ...condition, lastTransitionTime: timestamp(clock.now()) as never };
    const conditions = withCondition(definition.status?.conditions ?? [], dated);
    const next = { ...definition, status: { ...definition.status, conditions } } as Definition;
    const written = await client.updateStatus(DEFINITIONS, next);
    if (condition.status === "True") return queue.addAfter(name, NEXT_LOOK);
    const others = written.metadata.finalizers?.filter((finalizer) => finalizer !== CLEANUP_FINALIZER) ?? [];
    await client.patch(DEFINITIONS, keyOf(written), { metadata: { finalizers: others.length > 0 ? others : null } });
  }

  const stop = client.watch<Definition>(DEFINITIONS, ({ type, object }) => {
    const { name } = object.metadata;
    if (type !== "DELETED") {
      serve(object);
      return queue.add(name);
    }
    withdraw(name);
    // Names that it held may be free for others now.
    for (const other of all()) queue.add(other.metadata.name);
  });
  return () => [stop, queue.stop].forEach((end) => end());
}
