import { dataFile } from "../data/data-file.ts";

/** What discovery says of a resource; for recorded kinds in the words of a real server. */
export interface ResourceInfo {
  /** Empty for the core group. */
  group: string;
  version: string;
  /** The plural: `deployments`. */
  resource: string;
  kind: string;
  singular: string;
  namespaced: boolean;
  /** Sorted. */
  verbs: readonly string[];
  shortNames: readonly string[];
  categories: readonly string[];
  subresources: readonly SubresourceInfo[];
  /** A DELETE answers with the deleted object; others answer with a Status. */
  returnsDeleted?: boolean;
  storageVersionHash?: string;
}

export interface SubresourceInfo {
  /** `status`, `scale`, `log`… */
  name: string;
  /** Group and version of the kind, where they are not the resource's own: `autoscaling/v1 Scale`. */
  group?: string;
  version?: string;
  kind: string;
  verbs: readonly string[];
}

/** A column of a Table as the server describes it; priority 1 is shown by `-o wide` only. */
export interface ColumnDefinition {
  name: string;
  type: string;
  format: string;
  priority: number;
}

export interface GroupVersionResource {
  group: string;
  version: string;
  resource: string;
}

type Column = [name: string, type: string, format: string, priority: number];

interface Recording {
  version: Record<string, string>;
  resources: (ResourceInfo & { columns?: Column[] })[];
}

let recording: Recording | undefined;
const recorded = (): Recording => (recording ??= JSON.parse(dataFile("resources.json").toString()) as Recording);

/** Every recorded resource, in the server's own order; a fresh list of shared entries. */
export const resourceInfos = (): ResourceInfo[] => [...recorded().resources];

let columns: Map<string, ColumnDefinition[]> | undefined;

/** The columns of the resource's Table; undefined for what cannot be listed and for resources that were not recorded. */
export function columnsOf({ group, version, resource }: GroupVersionResource): ColumnDefinition[] | undefined {
  columns ??= new Map(
    recorded().resources.flatMap((one) => {
      const definitions = one.columns?.map(([name, type, format, priority]) => ({ name, type, format, priority }));
      return definitions ? [[`${one.group}/${one.version}/${one.resource}`, definitions] as const] : [];
    }),
  );
  return columns.get(`${group}/${version}/${resource}`);
}

/** `GET /version` of the server the practice cluster was recorded from. */
export const recordedVersion = (): Record<string, string> => recorded().version;
