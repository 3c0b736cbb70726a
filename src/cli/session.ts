import { resolve } from "node:path";
import { type Course, loadCourse } from "../course/course.ts";
import type { Language } from "../course/lesson.ts";
import { ProgressStore } from "../course/progress-store.ts";
import type { Messages } from "../ui/messages/en.ts";
import type { Theme } from "../ui/theme.ts";
import type { Deps } from "./deps.ts";
import type { Endings } from "./endings.ts";
import { oneOf } from "./word-option.ts";

/** Flags that every command has. */
export interface GlobalFlags {
  lang?: string;
  dir?: string;
  course?: string;
  image?: Readonly<Record<string, string>>;
  color: boolean;
  debug?: boolean;
}

/** How we speak to the learner. */
export interface Voice {
  language: Language;
  messages: Messages;
  theme: Theme;
}

/** One run of the command line: the effects, the learner's language, and what is loaded when first asked for. */
export interface Session extends Deps, Voice, Pick<Endings, "toTheEnd"> {
  flags: GlobalFlags;
  progress: ProgressStore;
  /** The course of `--course`, else our own; as it is in the namespace of its cluster, or in another one. */
  course(namespace?: string): Promise<Course>;
  /** To stdout: what was asked for. */
  print(text: string): void;
  /** To stderr: talk beside it, one line. */
  tell(line: string): void;
}

export function openSession(deps: Deps, voice: Voice, flags: GlobalFlags, { toTheEnd }: Endings): Session {
  const { messages, theme } = voice;
  const tell = (line: string): void => void deps.io.stderr.write(`${line}\n`);
  const courses = new Map<string, Promise<Course>>();
  const session: Session = {
    ...deps,
    ...voice,
    flags,
    toTheEnd,
    progress: new ProgressStore({
      file: deps.paths.progress,
      clock: deps.clock,
      signal: deps.signal,
      onSetAside: ({ file, backup }) => tell(`${theme.warn(messages.labels.note)} ${messages.progressSetAside(file, backup)}`),
    }),
    course: async (namespace) => {
      const where = namespace ?? (await import("./cluster-access.ts")).courseCluster(session).namespace;
      const opened = courses.get(where) ?? openCourse(deps, flags, where);
      courses.set(where, opened);
      return opened;
    },
    print: (text) => void deps.io.stdout.write(text),
    tell,
  };
  return session;
}

async function openCourse(
  { cwd, installation }: Deps,
  { course: given, image = {} }: GlobalFlags,
  namespace: string,
): Promise<Course> {
  const course = await loadCourse(given === undefined ? installation.course : resolve(cwd, given), {
    images: image,
    namespace,
  });
  const known = Object.keys(course.images);
  for (const name of Object.keys(image)) oneOf(known, name, "--image");
  return course;
}
