import type { Image } from "../programs/program.ts";
import { parentOf } from "./files/file-system.ts";
import { TreeFileSystem } from "./files/tree.ts";

/** What ls shows as the age of an image's files. */
const BUILT_AT = Date.UTC(2025, 8, 1);

const FOLDERS = [
  "bin",
  "dev",
  "etc",
  "home",
  "proc",
  "root",
  "sbin",
  "sys",
  "tmp",
  "usr/bin",
  "usr/local/bin",
  "usr/sbin",
  "var/log",
];

const layers = new WeakMap<Image, TreeFileSystem>();

/** The image's files, unpacked once; each container gets a fork. */
function imageLayer(image: Image): TreeFileSystem {
  const known = layers.get(image);
  if (known) return known;
  const layer = new TreeFileSystem(() => BUILT_AT);
  const makeParents = (path: string) => {
    if (path === "" || layer.stat(path)) return;
    makeParents(parentOf(path));
    layer.makeFolder(path, path === "tmp" ? 0o1777 : 0o755);
  };
  for (const path of FOLDERS) makeParents(path);
  layer.write("etc/passwd", Buffer.from("root:x:0:0:root:/root:/bin/sh\n"), false);
  layer.write("etc/group", Buffer.from("root:x:0:\n"), false);
  for (const [absolute, content] of Object.entries(image.files ?? {})) {
    const path = absolute.slice(1);
    makeParents(path.endsWith("/") ? path.slice(0, -1) : parentOf(path));
    if (!path.endsWith("/")) layer.write(path, Buffer.from(content), false);
  }
  for (const [absolute, program] of Object.entries(image.programs)) {
    makeParents(parentOf(absolute.slice(1)));
    layer.makeProgram(absolute.slice(1), program);
  }
  layers.set(image, layer);
  return layer;
}

/** A container's own files over its image's. */
export const containerRoot = (image: Image, now: () => number): TreeFileSystem => imageLayer(image).fork(now);
