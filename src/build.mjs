// Builds dist/: the command line, the simulator's process, the recorded data beside them, and the course as JSON.
import { build, context } from "esbuild";
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const path = (relative) => join(root, relative);
const DATA = "src/simulator/data/";

/** commander runs other programs only for subcommands that are files of their own. We have none, and loading that takes long. */
const withoutChildProcess = {
  name: "without-child-process",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes("/commander/") ? { path: "child_process", namespace: "nothing" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "nothing" }, () => ({ contents: "export {};" }));
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "esm",
  // Names stay, so that the stack in a bug report says something.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: "warning",
  legalComments: "none",
  // Native code for compressions that no lesson needs; just-bash does without.
  plugins: [withoutChildProcess],
  external: ["@mongodb-js/zstd", "node-liblzma"],
  // Packages that are CommonJS ask for Node's modules by require.
  banner: { js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);' },
};

const inChunks = { splitting: true, chunkNames: "chunks/[name]-[hash]", metafile: true };
// Made beside dist/ and put in its place when all is there: whoever runs the program meanwhile finds it whole.
const made = `dist.${process.pid}`;
const commandLine = { ...common, ...inChunks, entryPoints: { cli: "src/cli/entry.ts" }, outdir: made };
const simulator = { ...common, ...inChunks, entryPoints: { simulator: "src/simulator/main.ts" }, outdir: `${made}/simulator` };

try {
  await mkdir(path(`${made}/course`), { recursive: true });
  const [cli, cluster] = await Promise.all([build(commandLine), build(simulator), compileCourse()]);
  await copyData(cluster.metafile);
  await writeLicenses([cli.metafile, cluster.metafile]);
  await putInPlace();
} finally {
  await rm(path(made), { recursive: true, force: true });
}
if (process.argv.includes("--watch")) await watch();

/** Recorded data is found relative to the module that reads it, so it goes where the bundler has put that. */
async function copyData({ outputs }) {
  const readers = Object.entries(outputs).filter(([, { inputs }]) => `${DATA}data-file.ts` in inputs);
  const files = (await readdir(path(DATA))).filter((file) => /\.(json|txt|br)$/.test(file));
  for (const [output] of readers) for (const file of files) await cp(path(DATA + file), join(path(dirname(output)), file));
}

async function compileCourse() {
  const compiler = path(`${made}/compile-course.mjs`);
  await build({ ...common, entryPoints: ["src/course/compile.ts"], outfile: compiler });
  const { compileCourse } = await import(pathToFileURL(compiler).href);
  for (const [file, content] of Object.entries(await compileCourse(path("lessons"))))
    await writeFile(path(`${made}/course/${file}`), content);
  await rm(compiler);
}

/** What is bundled is given on: with the licence of each package. */
async function writeLicenses(metafiles) {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const folders = [...new Set(inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []))].sort(
    (a, b) => (a < b ? -1 : 1),
  );
  const texts = await Promise.all(folders.map(licenseOf));
  await writeFile(path(`${made}/third-party-licenses.txt`), texts.join(`\n${"-".repeat(80)}\n\n`));
}

async function licenseOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(path(`${folder}/package.json`), "utf8"));
  const file = (await readdir(path(folder))).find((one) => /^licen[cs]e/i.test(one));
  return `${name} ${version}: ${license}\n\n${file ? await readFile(path(`${folder}/${file}`), "utf8") : ""}`;
}

async function putInPlace() {
  const old = path(`${made}.old`);
  await rename(path("dist"), old).catch((error) => {
    if (error.code !== "ENOENT") throw error;
  });
  await rename(path(made), path("dist"));
  await rm(old, { recursive: true, force: true });
}

/** Builds code anew whenever it changes; lessons and recorded data are as they were. */
async function watch() {
  const logLevel = "info";
  for (const part of [
    { ...commandLine, outdir: "dist" },
    { ...simulator, outdir: "dist/simulator" },
  ])
    await (await context({ ...part, logLevel })).watch();
}
