import { timestamp } from "../../api/object.ts";
import type { VolumeFiles } from "../runtime.ts";
import type { Payload } from "./payload.ts";
import type { MountedVolume, VolumeContext } from "./volume.ts";

/** A volume the kubelet writes as a whole and replaces as a whole (pkg/volume/util/atomic_writer.go). */
export function atomicVolume(
  produce: (context: VolumeContext) => { payload: Payload; renewAt?: number | undefined },
  first: VolumeContext,
): MountedVolume {
  const files: VolumeFiles & { modes: Map<string, number>; version: string } = {
    files: new Map(),
    writable: false,
    modes: new Map(),
    version: "",
  };
  let renewAt: number | undefined;
  const write = (context: VolumeContext) => {
    const produced = produce(context);
    renewAt = produced.renewAt;
    if (files.version !== "" && shows(files, produced.payload)) return;
    files.files.clear();
    files.modes.clear();
    files.version = versionName(context);
    for (const [path, { content, mode }] of produced.payload) {
      files.files.set(path, content);
      files.modes.set(path, mode);
    }
  };
  write(first);
  return { files, refresh: write, expires: () => renewAt };
}

const shows = ({ files }: VolumeFiles, payload: Payload): boolean =>
  files.size === payload.size && [...payload].every(([path, { content }]) => files.get(path)?.equals(content));

/** `..2026_01_02_03_04_05.123456789` */
const versionName = ({ clock, random }: VolumeContext): string =>
  `..${timestamp(clock.now()).slice(0, -1).replaceAll(/[-:T]/g, "_")}.${String(random.integer(1e9)).padStart(9, "0")}`;
