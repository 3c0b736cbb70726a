import { gunzipSync, gzipSync } from "node:zlib";
import { readBody } from "../../network/http-fetch.ts";
import type { ProgramContext } from "../program.ts";
import { command, fileProblem, pathOf, type Wording } from "./command.ts";
import { ARCHIVE_END, packMember, unpackArchive, type Member } from "./tar-archive.ts";

interface Options {
  mode: "c" | "x" | "t" | "";
  flags: ReadonlySet<string>;
  archive: string;
  folder: string;
  names: string[];
}

/** tar -c|-x|-t [-zvmpO] [-f ARCHIVE] [-C DIR] [FILE]...: what `kubectl cp` needs, and a little more. */
export const tar = (wording: Wording) =>
  command(async (context, args) => {
    const options = parseArguments(args, context);
    const complain = (text: string) => context.stderr(wording.translate(`tar: ${text}\n`));
    if (options.mode === "c") return create(context, options, complain);
    if (options.mode === "") {
      complain("You must specify one of the '-ctx' options");
      return 1;
    }
    let bytes: Buffer;
    try {
      bytes =
        options.archive === "-" ? await readBody(context.stdin) : await context.files.read(pathOf(options.archive, context));
    } catch (error) {
      complain(`can't open '${options.archive}': ${fileProblem(error)}`);
      return 1;
    }
    const members = unpackArchive(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes);
    if (!members) {
      complain(bytes.byteLength < 512 ? "short read" : "invalid tar magic");
      return 1;
    }
    const chosen = members.filter(
      ({ name }) => options.names.length === 0 || options.names.some((one) => name === one || name.startsWith(`${one}/`)),
    );
    if (options.mode === "t" || options.flags.has("v")) context.stdout(chosen.map(({ name }) => `${name}\n`).join(""));
    if (options.mode === "t") return 0;
    for (const member of chosen) {
      try {
        await extract(context, member, options);
      } catch (error) {
        complain(`can't open '${member.name}': ${fileProblem(error)}`);
        return 1;
      }
    }
    return 0;
  });

async function create(context: ProgramContext, options: Options, complain: (text: string) => void): Promise<number> {
  const blocks: Buffer[] = [];
  const failures: string[] = [];
  let stripped = false;
  for (const name of options.names) {
    const path = name.startsWith("/") ? name : `${options.folder}/${name}`;
    const stat = await context.files.stat(path, { follow: false });
    if (!stat) {
      failures.push(`${name}: Cannot stat: No such file or directory`);
      continue;
    }
    if (name.startsWith("/") && !stripped) complain("Removing leading `/' from member names");
    stripped ||= name.startsWith("/");
    for await (const member of membersOf(context, path, name.replace(/^\/+/, "").replace(/\/+$/, "") || ".")) {
      blocks.push(packMember(member));
      if (options.flags.has("v")) (options.archive === "-" ? context.stderr : context.stdout)(`${member.name}\n`);
    }
  }
  const archive = Buffer.concat([...blocks, ARCHIVE_END]);
  const bytes = options.flags.has("z") ? gzipSync(archive) : archive;
  if (options.archive === "-") context.stdout(bytes);
  else await context.files.write(pathOf(options.archive, context), bytes);
  await context.drained();
  for (const failure of failures) complain(failure);
  if (failures.length) complain("Exiting with failure status due to previous errors");
  return failures.length ? 1 : 0;
}

async function* membersOf({ files }: ProgramContext, path: string, name: string): AsyncGenerator<Member> {
  const stat = await files.stat(path, { follow: false });
  if (!stat) return;
  const { mode, mtime } = stat;
  const empty = { mode, mtime, content: Buffer.alloc(0) };
  if (stat.kind === "link") yield { ...empty, name, link: stat.target! };
  else if (stat.kind === "file") yield { ...empty, name, content: await files.read(path) };
  else if (stat.kind === "folder") {
    yield { ...empty, name: `${name}/` };
    for (const entry of await files.list(path))
      yield* membersOf({ files } as ProgramContext, `${path}/${entry}`, `${name}/${entry}`);
  }
}

async function extract(context: ProgramContext, member: Member, { folder, flags }: Options): Promise<void> {
  const { files } = context;
  if (flags.has("O")) return context.stdout(member.content);
  const path = `${folder}/${member.name.replace(/^\/+/, "")}`.replace(/\/+$/, "");
  if (member.name.endsWith("/")) return files.makeFolder(path, { parents: true, mode: member.mode });
  const above = path.slice(0, path.lastIndexOf("/"));
  if (above) await files.makeFolder(above, { parents: true });
  if (member.link !== undefined) {
    if (await files.stat(path, { follow: false })) await files.remove(path);
    return files.makeLink(path, member.link);
  }
  await files.write(path, member.content);
  await files.setMode(path, member.mode);
  if (!flags.has("m")) await files.setTime(path, member.mtime);
}

function parseArguments(args: readonly string[], context: ProgramContext): Options {
  const options = {
    mode: "" as Options["mode"],
    flags: new Set<string>(),
    archive: "-",
    folder: context.workingDir,
    names: [] as string[],
  };
  const rest = [...args];
  // The first word may be a bundle of letters without a dash.
  if (rest[0] && /^[a-zA-Z]+$/.test(rest[0])) rest[0] = `-${rest[0]}`;
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === "--") {
      options.names.push(...rest);
      break;
    }
    if (!/^-./.test(arg)) {
      options.names.push(arg);
      continue;
    }
    for (let at = 1; at < arg.length; at++) {
      const letter = arg[at]!;
      if ("cxt".includes(letter)) options.mode = letter as Options["mode"];
      else if (letter === "f" || letter === "C") {
        const value = arg.slice(at + 1) || (rest.shift() ?? "");
        if (letter === "f") options.archive = value;
        else options.folder = pathOf(value, context);
        break;
      } else options.flags.add(letter);
    }
  }
  return options;
}
