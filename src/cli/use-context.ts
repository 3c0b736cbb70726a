import type { BorrowedContext } from "../clusters/context-kubeconfig.ts";
import { borrowedName, readRecord, writeRecord } from "../clusters/context-record.ts";
import { ClusterError } from "../clusters/problem.ts";
import { productionSigns, type ProductionSign } from "../clusters/production-signs.ts";
import type { Kube } from "../kube/kube.ts";
import {
  type Claim,
  claimNamespace,
  findNamespace,
  type FoundNamespace,
  foreignObjects,
  objectsInTheWay,
} from "../steps/borrowed-namespace.ts";
import { during } from "../ui/status.ts";
import { statusOf } from "./cluster-access.ts";
import { switchTo } from "./cluster-use.ts";
import { stepsNotHere } from "./not-here.ts";
import type { Session } from "./session.ts";

export interface UseFlags {
  namespace?: string;
  yes?: boolean;
}

/**
 * `cluster use context`: the course moves into one namespace of a cluster that is there already. The user's kubeconfig is only read.
 * Only in turn. @throws ClusterError whatever speaks against it
 */
export async function useContext(session: Session, context: string, flags: UseFlags): Promise<void> {
  const { cwd, env, messages, paths } = session;
  const { borrowContext, kubeconfigFiles } = await import("../clusters/context-kubeconfig.ts");
  const sources = kubeconfigFiles(env, cwd, paths.kubeconfig);
  const { ownNamespace } = borrowContext(sources, context, "default");
  const namespace = chosenNamespace(session, context, flags.namespace ?? ownNamespace);
  const borrowed = borrowContext(sources, context, namespace);
  const name = borrowedName(context, namespace);
  const before = readRecord(paths, name);
  const look = { session, context, namespace, borrowed, isKnown: before?.server === borrowed.server, yes: flags.yes === true };
  if (!look.yes) refuseProduction(look, []);
  const claim = await during(messages.context.looking(context), statusOf(session), () => moveIn(look));
  const made = claim.made || (look.isKnown && before?.made === true);
  const labelled = claim.labelled || (look.isKnown && before?.labelled === true);
  await writeRecord(paths, { context, namespace, server: borrowed.server, sources, made, labelled }, borrowed.text);
  await switchTo(session, "context", { name, trial: false });
  session.print(`${messages.context.using(context, namespace, made)}\n`);
  const { size } = await stepsNotHere(session, await session.course());
  if (size > 0) session.print(`${messages.context.notHere(size)}\n`);
}

interface Look {
  session: Session;
  context: string;
  namespace: string;
  borrowed: BorrowedContext;
  /** We have been there before. */
  isKnown: boolean;
  yes: boolean;
}

/** @throws ClusterError namespace-wanted, namespace-reserved */
function chosenNamespace({ env }: Session, context: string, namespace: string | undefined): string {
  const user = (env["USER"] || env["USERNAME"] || "me").toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const suggested = `bootcamp-${user}`;
  if (namespace === undefined) throw new ClusterError({ code: "namespace-wanted", context, suggested });
  if (namespace === "default" || namespace.startsWith("kube-"))
    throw new ClusterError({ code: "namespace-reserved", context, namespace, suggested });
  return namespace;
}

function refuseProduction({ context, namespace, borrowed }: Look, labels: readonly ProductionSign[]): void {
  const signs = productionSigns([
    { where: "context", text: context },
    { where: "cluster", text: borrowed.cluster },
    { where: "server", text: borrowed.server },
    { where: "namespace", text: namespace },
    ...labels,
  ]);
  if (signs.length > 0) throw new ClusterError({ code: "context-in-production", context, namespace, signs });
}

/** Looks whether the course may live there, and takes the namespace. */
async function moveIn(look: Look): Promise<Claim> {
  const { session, namespace } = look;
  const kube = await connectBeforehand(look);
  const found = await findNamespace(kube);
  await refuseUnfit(look, kube, found);
  if (found.state !== "absent" && !look.isKnown) await refuseTenants(look, kube);
  try {
    return await claimNamespace(kube, found, session.clock);
  } catch (error) {
    const { ApiError } = await import("../kube/api-error.ts");
    if (error instanceof ApiError && error.refusal.status === 403)
      throw new ClusterError({ code: "namespace-missing", namespace }, { cause: error });
    throw error;
  }
}

async function refuseUnfit(look: Look, kube: Kube, found: FoundNamespace): Promise<void> {
  const { context, namespace, yes } = look;
  if (found.state === "there" && found.isGoing) throw new ClusterError({ code: "namespace-going", namespace });
  if (found.state === "there" && !yes) {
    const labels = Object.entries(found.labels).filter(([key]) => key !== "kubernetes.io/metadata.name");
    refuseProduction(
      look,
      labels.map(([key, value]) => ({ where: "label", text: `${key}=${value}` })),
    );
  }
  if (found.state !== "absent" && !(await kube.may({ verb: "list", resource: "pods", namespace })))
    throw new ClusterError({ code: "namespace-closed", context, namespace, right: `list pods -n ${namespace}` });
}

/** Nothing that the course would replace may be there; and other things only if the user says so. */
async function refuseTenants({ session, context, namespace, yes }: Look, kube: Kube): Promise<void> {
  const taken = await objectsInTheWay(kube, await session.course(namespace));
  if (taken.length > 0) throw new ClusterError({ code: "namespace-taken", namespace, objects: taken });
  const objects = yes ? [] : await foreignObjects(kube);
  if (objects.length > 0) throw new ClusterError({ code: "namespace-in-use", context, namespace, objects });
}

/** Before anything is remembered. */
async function connectBeforehand({ session, context, namespace, borrowed }: Look): Promise<Kube> {
  const { connectKube } = await import("../kube/kube.ts");
  return connectKube({ kubeconfig: session.paths.kubeconfig, context, namespace, text: borrowed.text });
}
