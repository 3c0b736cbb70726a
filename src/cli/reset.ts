import { rm } from "node:fs/promises";
import { join } from "node:path";
import { readCurrent } from "../clusters/current.ts";
import type { Course } from "../course/course.ts";
import type { Step } from "../course/lesson.ts";
import { forgotten, type Progress, restarted, started, wrote } from "../course/progress.ts";
import { type Scaffolded, scaffoldFile, startText } from "../course/scaffold.ts";
import { currentStep } from "../course/step-machine.ts";
import { backUp, readIfThere } from "../course/text-file.ts";
import { existingWorkspace } from "../course/workspace.ts";
import { canAsk, confirm } from "./ask.ts";
import { emptyBorrowed } from "./borrowed-cluster.ts";
import { clusterFor, courseCluster, makeCluster, providerOf } from "./cluster-access.ts";
import { withNodeImage } from "./cluster-spec.ts";
import { removeCluster, removeEveryCluster } from "./cluster-life.ts";
import type { ResetFlags } from "./commands/reset.ts";
import { ExitCode } from "./exit-code.ts";
import { hashesOf } from "./go-to-step.ts";
import { prepare } from "./prepare-step.ts";
import type { Session } from "./session.ts";
import { folderFrom } from "./show-step.ts";
import { inTurn } from "./turn.ts";
import { UsageError } from "./usage-error.ts";

/** One thing that goes back: what is said before, and what is done. */
interface Part {
  will: string;
  do(): Promise<void>;
}

/** Says what will be done, asks, and does it. Every part may be done again. */
export async function reset(session: Session, flags: ResetFlags): Promise<ExitCode> {
  const { cwd, messages, progress: store, self, theme } = session;
  const course = await session.course();
  const progress = await store.read();
  const workspace = await existingWorkspace(progress, cwd, session.flags.dir);
  const step = currentStep(course, progress);
  const parts = partsOf({ session, course, progress, workspace, step }, flags);
  for (const { will } of parts) session.tell(will);
  if (!flags.yes && !(await isSure(session, flags))) return ExitCode.notYet;
  await inTurn(session, async () => {
    for (const part of parts) await part.do();
  });
  session.print(`${messages.reset.done} ${theme.faint(messages.step.afterwards)} ${theme.code(`${self} next`)}\n`);
  return ExitCode.passed;
}

async function isSure(session: Session, flags: ResetFlags): Promise<boolean> {
  if (canAsk(session)) return confirm(session, session.messages.ask.sure);
  const given = (["files", "cluster", "progress", "all"] as const).filter((flag) => flags[flag]);
  throw new UsageError({ code: "yes-missing", command: ["reset", ...given.map((flag) => `--${flag}`)].join(" ") });
}

interface Scene {
  session: Session;
  course: Course;
  progress: Progress;
  workspace: string;
  step: Step | undefined;
}

function partsOf(scene: Scene, { files, cluster, progress, all }: ResetFlags): Part[] {
  if (all) return [everything(scene)];
  const parts = [
    ...(cluster ? [clusterPart(scene)] : []),
    ...(files && scene.step ? [filesPart(scene, scene.step)] : []),
    ...(progress ? [progressPart(scene)] : []),
  ];
  const isPlain = !files && !cluster && !progress;
  return isPlain && scene.step ? [stepPart(scene, scene.step)] : parts;
}

function stepPart(scene: Scene, step: Step): Part {
  const { messages, paths } = scene.session;
  const isWhole = step.start.cluster !== "none" && readCurrent(paths)?.baseline !== undefined;
  const { namespace } = courseCluster(scene.session);
  return { will: messages.reset.willStep(step.id, isWhole ? namespace : undefined), do: () => begin(scene, step) };
}

/** The step's start state anew, and what its checks compare with. */
async function begin({ session, course, workspace }: Scene, step: Step): Promise<void> {
  const cluster = await clusterFor(session, step, workspace);
  const snapshot = await prepare(session, course, step, cluster, workspace, readCurrent(session.paths)?.baseline);
  await session.progress.update((now) => started(restarted(now, step), step, session.clock.now(), snapshot));
}

function clusterPart(scene: Scene): Part {
  const { session, step } = scene;
  const { messages } = session;
  const current = readCurrent(session.paths);
  const provider = providerOf(session);
  const isBorrowed = current !== undefined && provider.borrowed?.(current.name) !== undefined;
  return {
    will: isBorrowed ? messages.context.willEmpty(provider.access(current.name).namespace) : messages.reset.willCluster,
    async do() {
      const spec = current && (await provider.describe(current.name));
      if (isBorrowed) await emptyBorrowed(session, provider, current.name);
      else if (current && spec) await makeCluster(session, provider, withNodeImage(spec, session), current);
      else await removeCluster(session);
      if (step) await begin(scene, step);
    },
  };
}

function filesPart({ session, course, workspace }: Scene, step: Step): Part {
  const { language, messages, progress: store } = session;
  const names = step.start.files.map(({ file }) => file).join(", ");
  return {
    will: names ? messages.reset.willFiles(names, folderFrom(workspace, session)) : messages.reset.noFiles,
    async do() {
      const { files: written } = await store.read();
      const done: Scaffolded[] = [];
      for (const use of step.start.files)
        done.push(
          await scaffoldFile(use.file, await startText(course, use, language), { dir: workspace, written, replace: true }),
        );
      for (const one of done)
        if (one.outcome === "written" && one.backup) session.tell(messages.files.backedUp(folderFrom(one.backup, session)));
      await store.update((now) => wrote(now, hashesOf(done)));
    },
  };
}

function progressPart({ session }: Scene): Part {
  return {
    will: session.messages.reset.willProgress,
    do: async () => void (await session.progress.update(forgotten)),
  };
}

/** As on the first day: the course's files are set aside, so that the first step finds none. */
function everything({ session, progress, workspace }: Scene): Part {
  return {
    will: session.messages.reset.willAll(folderFrom(workspace, session)),
    async do() {
      await removeEveryCluster(session);
      for (const file of Object.keys(progress.files)) {
        const path = join(workspace, file);
        if ((await readIfThere(path)) === undefined) continue;
        session.tell(session.messages.files.backedUp(folderFrom(await backUp(path), session)));
        await rm(path);
      }
      await session.progress.update((now) => ({ ...forgotten(now), files: {} }));
    },
  };
}
