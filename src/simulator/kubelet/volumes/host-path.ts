import type { HostPathVolumeSource } from "kubernetes-types/core/v1";
import { VolumeError } from "./volume.ts";
import type { VolumeKind } from "./volume.ts";

/** A path of the node, checked or made as its type says (pkg/volume/hostpath). */
export const hostPath: VolumeKind<HostPathVolumeSource> = ({ path, type = "" }, { nodeFiles }) => {
  const present = nodeFiles.kindOf(path);
  const refuse = (why: string) => new VolumeError(`hostPath type check failed: ${path} ${why}`);
  switch (type) {
    case "":
    case "DirectoryOrCreate":
      if (present === "file" && type !== "") throw refuse("is not a directory");
      break;
    case "Directory":
      if (present !== "folder") throw refuse("is not a directory");
      break;
    case "FileOrCreate":
      if (present === "folder") throw refuse("is not a file");
      if (!present) nodeFiles.makeFile(path);
      break;
    case "File":
      if (present !== "file") throw refuse("is not a file");
      break;
    default:
      throw refuse({ Socket: "is not a socket file", CharDevice: "is not a character device" }[type] ?? "is not a block device");
  }
  if (nodeFiles.kindOf(path) !== "file") return { files: nodeFiles.folder(path) };
  const slash = path.lastIndexOf("/");
  return { files: nodeFiles.folder(path.slice(0, slash) || "/"), root: path.slice(slash + 1) };
};
