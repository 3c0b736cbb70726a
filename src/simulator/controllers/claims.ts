import type { Client, WatchEvent } from "../api/client.ts";
import type { KubeObject } from "../api/object.ts";
import { controllerOf, controllerReference, keyOf } from "../api/object.ts";
import type { LabelSelector } from "../api/selectors.ts";
import { selectorMatches } from "../api/selectors.ts";
import { queueKey } from "./controller.ts";
import { objectIndex } from "./object-index.ts";
import { unlessGone } from "./refusals.ts";

/** The kind that manages others by a label selector. */
export interface ManagerKind<Manager extends KubeObject> {
  resource: string;
  kind: string;
  selectorOf: (manager: Manager) => LabelSelector | undefined;
}

/** Who manages what, for one pair of kinds (pkg/controller/controller_ref_manager.go). */
export interface Claims<Manager extends KubeObject, Member extends KubeObject> {
  /** Queue keys of the managers a change of a member concerns: the controllers it has and had, or whoever selects an orphan. */
  concerned(event: WatchEvent<Member>): string[];
  /** Members that name the manager as their controller, by its uid, whatever their labels. */
  ownedBy(uid: string): readonly Member[];
  /** The manager's members after orphans it selects were adopted and members it no longer selects were let go. */
  claim(manager: Manager, eligible?: (member: Member) => boolean): Promise<Member[]>;
  stop: () => void;
}

export function claims<Manager extends KubeObject, Member extends KubeObject>(
  client: Client,
  memberResource: string,
  { resource, kind, selectorOf }: ManagerKind<Manager>,
): Claims<Manager, Member> {
  const members = objectIndex<Member>(client, memberResource, (member) => {
    const controller = controllerOf(member);
    if (!controller) return [orphans(member.metadata.namespace)];
    return controller.kind === kind ? [controller.uid] : [];
  });

  const selects = (manager: Manager, member: Member) => selectorMatches(selectorOf(manager), member.metadata.labels);
  const setOwners = (member: Member, ownerReferences: unknown) =>
    client.patch<Member>(memberResource, keyOf(member), { metadata: { uid: member.metadata.uid, ownerReferences } });

  /** Upstream asks the API server again before it adopts: the manager may be gone or on its way out. */
  function mayAdopt({ metadata }: Manager) {
    const live = client.get(resource, metadata);
    return live?.metadata.uid === metadata.uid && !live.metadata.deletionTimestamp;
  }

  return {
    concerned({ object, old, type }) {
      const keys = new Set<string>();
      for (const member of old ? [object, old] : [object]) {
        const controller = controllerOf(member);
        const manager =
          controller?.kind === kind
            ? client.get(resource, { namespace: member.metadata.namespace ?? "", name: controller.name })
            : undefined;
        if (manager && manager.metadata.uid === controller?.uid) keys.add(queueKey(manager));
      }
      if (type !== "DELETED" && !controllerOf(object)) {
        const managers = client.list<Manager>(resource, { namespace: object.metadata.namespace ?? "" });
        for (const manager of managers) if (selects(manager, object)) keys.add(queueKey(manager));
      }
      return [...keys];
    },
    ownedBy: (uid) => members.get(uid),
    async claim(manager, eligible = () => true) {
      const claimed: Member[] = [];
      const leaving = manager.metadata.deletionTimestamp !== undefined;
      for (const member of members.get(manager.metadata.uid)) {
        if (!eligible(member)) continue;
        if (selects(manager, member)) claimed.push(member);
        else if (!leaving) {
          const others = member.metadata.ownerReferences?.filter(({ uid }) => uid !== manager.metadata.uid) ?? [];
          await unlessGone(setOwners(member, others.length > 0 ? others : null));
        }
      }
      for (const orphan of leaving ? [] : members.get(orphans(manager.metadata.namespace))) {
        if (!eligible(orphan) || orphan.metadata.deletionTimestamp || !selects(manager, orphan) || !mayAdopt(manager)) continue;
        const owners = [...(orphan.metadata.ownerReferences ?? []), controllerReference(manager)];
        const adopted = await unlessGone(setOwners(orphan, owners));
        if (adopted) claimed.push(adopted);
      }
      return claimed;
    },
    stop: () => members.stop(),
  };
}

const orphans = (namespace = "") => `orphans of ${namespace}`;
