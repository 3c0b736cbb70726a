// Builds dist/: the command line, the simulator's process, the recorded data beside them, and the course as JSON.
import { build } from "esbuild";
import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const path = (relative) => join(root, relative);
const DATA = "src/simulator/data/";

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "esm",
  minify: true,
  keepNames: true,
  logLevel: "warning",
  legalComments: "none",
  // Native code for compressions that no lesson needs; just-bash does without.
  external: ["@mongodb-js/zstd", "node-liblzma"],
  // Packages that are CommonJS ask for Node's modules by require.
  banner: { js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);' },
};

await rm(path("dist"), { recursive: true, force: true });
await mkdir(path("dist/course"), { recursive: true });
const { metafile } = await build({
  ...common,
  entryPoints: { cli: "src/cli/entry.ts", simulator: "src/simulator/main.ts" },
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  outdir: "dist",
  metafile: true,
});
await copyData(metafile);
await compileCourse();
await writeFile(path("dist/meta.json"), JSON.stringify(metafile));

/** Recorded data is found relative to the module that reads it, so it goes where the bundler has put that. */
async function copyData({ outputs }) {
  const readers = Object.entries(outputs).filter(([, { inputs }]) => `${DATA}data-file.ts` in inputs);
  const files = (await readdir(path(DATA))).filter((file) => /\.(json|txt|br)$/.test(file));
  for (const [output] of readers) for (const file of files) await cp(path(DATA + file), join(path(dirname(output)), file));
}

async function compileCourse() {
  const compiler = path("dist/compile-course.mjs");
  await build({ ...common, entryPoints: ["src/course/compile.ts"], outfile: compiler });
  const { compileCourse } = await import(pathToFileURL(compiler).href);
  for (const [file, content] of Object.entries(await compileCourse(path("lessons")))) await writeFile(path(`dist/course/${file}`), content);
  await rm(compiler);
}
