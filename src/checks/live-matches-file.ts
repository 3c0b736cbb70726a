import { ApiError } from "../kube/api-error.ts";
import type { KubeObject } from "../kube/objects.ts";
import { type CheckContext, defineCheck, fail, pass, type Words } from "./check.ts";
import { unreadable, unreadableWords } from "./manifest.ts";
import { isRecord, toText } from "./path.ts";

/** A place where file and cluster say different things. */
interface Difference {
  path: string;
  written: string;
  live: string;
}

export const liveMatchesFile = defineCheck({
  type: "live-matches-file",
  expected: { en: "cluster = {file}", ja: "クラスター = {file}" },
  async run(context, { file }: { file: string }) {
    const manifest = await context.manifests.read(file);
    const want = { en: `what ${file} says`, ja: `${file} に書かれているとおり` };
    if (manifest.state !== "read") return unreadable(file, manifest, want);
    const fields = { file, want, where: file };
    for (const { value } of manifest.documents) {
      const found = isRecord(value) ? await compare(context, value) : "not-applied";
      if (found === "not-applied") return fail("not-applied", { ...fields, got: nameOf(value) });
      const [first, ...more] = found;
      if (!first) continue;
      const others = more.map(({ path }) => path).join(", ");
      return fail("differs", { ...fields, ...first, got: told(first, others) });
    }
    return pass({ ...fields, got: want });
  },
  words: {
    ...unreadableWords,
    "not-applied": {
      actual: { en: "{got} is not in the cluster", ja: "{got} がクラスターにありません" },
      why: {
        en: "the file was not applied yet, or into another namespace",
        ja: "まだ適用していないか、別の namespace に適用しています",
      },
      try: { en: "`kubectl apply -f {file}`", ja: "`kubectl apply -f {file}`" },
    },
    differs: {
      actual: { en: "{got}", ja: "{got}" },
      why: {
        en: "the file was changed after it was applied, or the object in another way",
        ja: "適用した後でファイルが変わったか、オブジェクトが別の方法で変更されました",
      },
      try: {
        en: "`kubectl diff -f {file}`, then edit the file or apply it",
        ja: "`kubectl diff -f {file}` で違いを見て、ファイルを直すか、適用してください",
      },
    },
  },
});

const told = ({ path, written, live }: Difference, others: string): Words => ({
  en: `${path}: file ${written}, live ${live}${others && `; also ${others}`}`,
  ja: `${path}: ファイルは ${written}、クラスターは ${live}${others && `。ほかに ${others}`}`,
});

/** Applies the document for a try, taking over what others own, and looks what would change. */
async function compare(
  { cluster, namespace }: CheckContext,
  document: Readonly<Record<string, unknown>>,
): Promise<Difference[] | "not-applied"> {
  const { apiVersion, kind, metadata } = document as KubeObject;
  const name = metadata?.name;
  if (!apiVersion || !kind || !name) return "not-applied";
  const kube = await cluster.kube();
  const live = (await kube.resourceOf(apiVersion, kind)) && (await cluster.get(kind, name, metadata.namespace ?? namespace));
  if (!live) return "not-applied";
  try {
    const object = { ...document, metadata: { namespace, ...metadata } };
    const applied = await kube.apply(object, { dryRun: true, force: true, manager: "k8s-bootcamp" });
    return differences(document, applied, live, "");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return differences(document, document, live, "");
  }
}

/** Where `applied` and `live` differ below what the file names; status and bookkeeping are nobody's wish. */
function differences(named: unknown, applied: unknown, live: unknown, path: string): Difference[] {
  if (isRecord(named) && isRecord(applied)) {
    return Object.keys(named).flatMap((field) =>
      differences(named[field], applied[field], isRecord(live) ? live[field] : undefined, path ? `${path}.${field}` : field),
    );
  }
  if (Array.isArray(named) && Array.isArray(applied) && Array.isArray(live) && applied.length === live.length) {
    return applied.flatMap((member, index) => differences(member, member, live[index], `${path}[${index}]`));
  }
  if (JSON.stringify(applied) === JSON.stringify(live)) return [];
  return [{ path, written: short(named), live: live === undefined ? "—" : short(live) }];
}

/** Lists of named things by their names. */
function short(value: unknown): string {
  if (Array.isArray(value) && value.every((one) => isRecord(one) && "name" in one))
    return value.map((one) => toText(one.name)).join(", ");
  return toText(value) || "—";
}

function nameOf(value: unknown): string {
  const { kind = "", metadata } = (isRecord(value) ? value : {}) as KubeObject;
  return `${kind} ${metadata?.name ?? ""}`.trim();
}
