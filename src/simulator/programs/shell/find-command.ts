import type { ContainerFiles } from "../program.ts";

/** Where PATH finds an executable; undefined when nowhere. */
export async function findCommand(
  name: string,
  path: string,
  workingDir: string,
  files: ContainerFiles,
): Promise<string | undefined> {
  const candidates = name.includes("/")
    ? [name.startsWith("/") ? name : `${workingDir}/${name}`]
    : path.split(":").map((folder) => `${folder}/${name}`);
  for (const candidate of candidates) {
    const stat = await files.stat(candidate);
    if (stat?.kind === "file" && stat.mode & 0o111) return candidate;
  }
  return undefined;
}
