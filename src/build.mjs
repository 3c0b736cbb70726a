// Builds dist/: the command line, the simulator's process, the recorded data beside them, and the course as JSON.
import { build } from "esbuild";
import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const root = new URL("..", import.meta.url);
const path = (relative) => new URL(relative, root).pathname;
const DATA = "src/simulator/data/";

const common = {
  absWorkingDir: path("."),
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "esm",
  minify: true,
  keepNames: true,
  logLevel: "warning",
  legalComments: "none",
  // Packages that are CommonJS ask for Node's modules by require.
  banner: { js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);' },
};

await rm(path("dist"), { recursive: true, force: true });
await mkdir(path("dist/course"), { recursive: true });
await build({
  ...common,
  entryPoints: { cli: "src/cli/main.ts", simulator: "src/simulator/main.ts" },
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  outdir: "dist",
});
// Recorded data is found relative to the module that reads it, which the bundler moves into a chunk.
for (const file of await readdir(path(DATA))) {
  if (/\.(json|txt|br)$/.test(file)) for (const to of ["dist/", "dist/chunks/"]) await cp(path(DATA + file), path(to + file));
}

const compiler = path("dist/compile-course.mjs");
await build({ ...common, entryPoints: ["src/course/compile.ts"], outfile: compiler });
const { compileCourse } = await import(pathToFileURL(compiler).href);
for (const [file, content] of Object.entries(await compileCourse(path("lessons")))) await writeFile(path(`dist/course/${file}`), content);
await rm(compiler);
