import type { ControllerRevision as ControllerRevisionType } from "kubernetes-types/apps/v1";
import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import { isDeepStrictEqual } from "node:util";
import { controllerReference, keyOf, type KubeObject, type Live } from "../api/object.ts";
import { controllerRevisionData } from "../protobuf/template-hash.ts";
import type { ControllerContext } from "./controller.ts";
import { isAlreadyExists, unlessGone } from "./refusals.ts";

export type ControllerRevision = Live<ControllerRevisionType>;

interface RevisionRequest {
  owner: KubeObject;
  template: PodTemplateSpec;
  /** The owner's revisions so far. */
  revisions: readonly ControllerRevision[];
  /** The label that carries the hash. */
  hashLabel: string;
  hash: (data: object, collisionCount: number | undefined) => string;
  collisionCount: number | undefined;
}

/**
 * The revision of the current template: found among the old ones and brought to the front, or made
 * (pkg/controller/history, pkg/controller/daemon/update.go constructHistory).
 */
export async function currentRevision(
  context: ControllerContext,
  request: RevisionRequest,
): Promise<{ revision: ControllerRevision; collisionCount: number | undefined }> {
  const { client } = context;
  const data = controllerRevisionData(request.template);
  const sorted = request.revisions.toSorted(byRevision);
  const found = sorted.findLast((revision) => isDeepStrictEqual(revision.data, data));
  const others = sorted.filter((revision) => revision !== found);
  const next = (others.at(-1)?.revision ?? 0) + 1;
  const { collisionCount } = request;
  if (!found) return await createRevision(context, request, data, next);
  if (found.revision >= next) return { revision: found, collisionCount };
  const revision = await client.update<ControllerRevision>("controllerrevisions.apps", { ...found, revision: next });
  return { revision, collisionCount };
}

async function createRevision({ client }: ControllerContext, request: RevisionRequest, data: object, revision: number) {
  const { owner, template, hashLabel } = request;
  const { namespace = "", annotations } = owner.metadata;
  let { collisionCount } = request;
  for (;;) {
    const hash = request.hash(data, collisionCount);
    const name = `${owner.metadata.name}-${hash}`;
    try {
      const made = await client.create<ControllerRevision>("controllerrevisions.apps", {
        metadata: {
          name,
          namespace,
          labels: { ...template.metadata?.labels, [hashLabel]: hash },
          ...(annotations && { annotations }),
          ownerReferences: [controllerReference(owner)],
        },
        data,
        revision,
      });
      return { revision: made, collisionCount };
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const other = client.get<ControllerRevision>("controllerrevisions.apps", { namespace, name });
      if (isDeepStrictEqual(other?.data, data)) throw error;
      collisionCount = (collisionCount ?? 0) + 1;
    }
  }
}

/** Deletes the oldest revisions beyond the limit, but for those in use. */
export async function cleanUpRevisions(
  { client }: ControllerContext,
  old: readonly ControllerRevision[],
  limit: number,
  isInUse: (revision: ControllerRevision) => boolean,
): Promise<void> {
  const dispensable = old.filter((revision) => !isInUse(revision)).sort(byRevision);
  for (const revision of dispensable.slice(0, Math.max(0, dispensable.length - limit))) {
    await unlessGone(client.delete("controllerrevisions.apps", keyOf(revision)));
  }
}

const byRevision = (a: ControllerRevision, b: ControllerRevision) => a.revision - b.revision;
