import type { Volume } from "kubernetes-types/core/v1";
import type { Client } from "../../api/client.ts";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { NodeFiles } from "../node-files.ts";
import type { Pod } from "../pod.ts";
import type { VolumeFiles } from "../runtime.ts";

/** What a volume needs to be set up. */
export interface VolumeContext {
  pod: Pod;
  client: Pick<Client, "get">;
  clock: Clock;
  random: Random;
  nodeFiles: NodeFiles;
  allocatable: Readonly<Record<string, string>>;
  hostIP: string;
  issueToken: IssueToken;
}

interface TokenRequest {
  namespace: string;
  serviceAccount: string;
  /** Empty: the API server's own. */
  audiences: readonly string[];
  expirationSeconds: number;
  /** The pod the token dies with. */
  pod: { name: string; uid: string };
}

/** Makes a ServiceAccount token; `expires` in ms. Throws an Error when the account is missing. */
export type IssueToken = (request: TokenRequest) => { token: string; expires: number };

export interface MountedVolume {
  files: VolumeFiles;
  /** Below this path of `files` lies the volume's root. */
  root?: string;
  /** Writes new content into the files, if there is any; throws like the set-up. */
  refresh?(context: VolumeContext): void;
  /** When the content gets old, ms. */
  expires?(): number | undefined;
}

/** Sets a volume of one kind up. Throws a VolumeError; its message stands behind `MountVolume.SetUp failed for volume "x" : `. */
export type VolumeKind<Source> = (source: Source, context: VolumeContext, volume: Volume) => MountedVolume;

export class VolumeError extends Error {
  /** The kubelet could not even tell what to mount; such errors show in the summary after the time-out only. */
  readonly unprocessed: boolean;

  constructor(message: string, { unprocessed = false } = {}) {
    super(message);
    this.unprocessed = unprocessed;
  }
}
