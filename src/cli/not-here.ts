import { join } from "node:path";
import { readCurrent } from "../clusters/current.ts";
import { ClusterError } from "../clusters/problem.ts";
import type { Course } from "../course/course.ts";
import type { Step } from "../course/lesson.ts";
import { isOfCluster } from "../kube/api-error.ts";
import { rightTexts } from "../kube/rights.ts";
import { type Lack, lackUnasked } from "../steps/lack.ts";
import { readIfThere, writeAtomically } from "../system/files.ts";
import { providerOf, runningCluster } from "./cluster-access.ts";
import type { Session } from "./session.ts";

/** Steps that can't be done on this cluster, by their ids, and why. */
export type NotHere = ReadonlyMap<string, Lack>;

/** Asks the cluster for all steps, and remembers the answer; where it can't be asked, what it said last. */
export async function stepsNotHere(session: Session, course: Course): Promise<NotHere> {
  try {
    const found = await ask(session, course, course.steps);
    await remember(session, found);
    return found;
  } catch (error) {
    if (isOfCluster(error)) return knownNotHere(session, course);
    throw error;
  }
}

/** What is known without asking: for what must not wait for a cluster. */
export function knownNotHere(session: Session, course: Course): NotHere {
  const { capabilities } = providerOf(session);
  const unasked = course.steps.flatMap((step) => {
    const lack = lackUnasked(step, capabilities);
    return lack ? [[step.id, lack] as const] : [];
  });
  return new Map([...remembered(session), ...unasked]);
}

/** @throws ClusterError needs-unmet; ApiError and ClusterUnreachable when the cluster can't be asked */
export async function demandHere(session: Session, course: Course, step: Step): Promise<void> {
  const lack = (await ask(session, course, [step])).get(step.id);
  if (lack) throw notHere(step, lack);
}

export const notHere = ({ id }: Step, { needs, rights }: Lack): ClusterError =>
  new ClusterError({ code: "needs-unmet", step: id, needs, rights: rightTexts(rights) });

async function ask(session: Session, course: Course, steps: readonly Step[]): Promise<Map<string, Lack>> {
  const { lacksOf } = await import("../steps/rights.ts");
  return lacksOf(course, steps, providerOf(session).capabilities, async () => {
    const [{ connectKube }, { Rights }] = await Promise.all([import("../kube/kube.ts"), import("../kube/rights.ts")]);
    const kube = connectKube(await runningCluster(session));
    return { kube, rights: new Rights(kube) };
  });
}

/** Only of a cluster where rights count, since of others all is known. */
function answersFile(session: Session): string | undefined {
  const current = readCurrent(session.paths);
  if (!current || providerOf(session).capabilities.has("cluster-admin")) return undefined;
  return join(session.paths.clusters, encodeURIComponent(current.name), "not-here.json");
}

async function remember(session: Session, found: NotHere): Promise<void> {
  const file = answersFile(session);
  const text = `${JSON.stringify([...found])}\n`;
  if (file !== undefined && text !== readIfThere(file)) await writeAtomically(file, text, 0o600);
}

function remembered(session: Session): NotHere {
  const file = answersFile(session);
  try {
    return new Map(JSON.parse((file !== undefined && readIfThere(file)) || "[]") as [string, Lack][]);
  } catch {
    return new Map();
  }
}
