import type { KubeObject } from "../object.ts";
import type { Endpoint, Registry } from "../registry.ts";
import { compileSelectors, type Matcher } from "../selectors.ts";
import { StatusError } from "../status-error.ts";

/** The query of a list or watch, as sent. */
export interface ListQuery {
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  limit?: number | undefined;
  continue?: string | undefined;
  resourceVersion?: string | undefined;
  resourceVersionMatch?: string | undefined;
}

export interface Listed {
  items: readonly KubeObject[];
  resourceVersion: string;
  continue?: string;
  remainingItemCount?: number;
}

export const matcherFor = ({ strategy }: Endpoint, query: ListQuery): Matcher =>
  compileSelectors(query, (object) => strategy.selectableFields?.(object as never) ?? {});

/** Objects of one namespace (or all, when undefined), in etcd's order, a page at a time when a limit is given. */
export function listObjects(registry: Registry, endpoint: Endpoint, namespace: string | undefined, query: ListQuery): Listed {
  checkVersion(query);
  const matches = matcherFor(endpoint, query);
  const all = registry.store.list(endpoint.storage, namespace);
  const start = query.continue ? decodeContinue(query.continue) : undefined;
  const rest = start ? all.filter((object) => pageKey(object) >= start.key) : all;
  const found = rest.filter(matches);
  const resourceVersion = start?.version ?? String(registry.store.version);
  const shown = (items: readonly KubeObject[]) => (endpoint.conversion ? items.map(endpoint.conversion.fromStored) : items);
  if (!query.limit || found.length <= query.limit) return { items: shown(found), resourceVersion };
  const next = found[query.limit] as KubeObject;
  const selecting = Boolean(query.labelSelector || query.fieldSelector);
  return {
    items: shown(found.slice(0, query.limit)),
    resourceVersion,
    continue: encodeContinue(resourceVersion, pageKey(next)),
    // Upstream does not count what a selector might still drop.
    ...(!selecting && { remainingItemCount: found.length - query.limit }),
  };
}

/** A list's resourceVersion; throws what upstream says of one that is no number. */
function checkVersion({ resourceVersion, resourceVersionMatch }: ListQuery): void {
  if (resourceVersionMatch && !resourceVersion) {
    throw invalidOption(
      "resourceVersionMatch",
      "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided",
    );
  }
  if (resourceVersionMatch === "Exact" && resourceVersion === "0") {
    throw invalidOption("resourceVersionMatch", 'Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
  if (resourceVersion && !/^\d+$/.test(resourceVersion)) {
    throw StatusError.badRequest(`invalid resource version: ${invalidVersion(resourceVersion)}`);
  }
}

export const invalidVersion = (version: string) =>
  `resourceVersion: Invalid value: ${JSON.stringify(version)}: strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`;

export const invalidOption = (field: string, message: string): StatusError =>
  StatusError.invalid({ group: "meta.k8s.io", kind: "ListOptions" }, "", [{ reason: "FieldValueForbidden", field, message }]);

const pageKey = ({ metadata }: KubeObject) => `${metadata.namespace ?? ""}/${metadata.name}`;

const encodeContinue = (version: string, key: string) =>
  Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: Number(version), start: key })).toString("base64url");

function decodeContinue(token: string): { version: string; key: string } {
  const text = Buffer.from(token, "base64url").toString();
  try {
    const { rv, start } = JSON.parse(text) as { rv: number; start: string };
    return { version: String(rv), key: start };
  } catch {
    throw StatusError.badRequest(
      `invalid continue token: continue key is not valid: invalid character ${goQuote(text[0] ?? "")} looking for beginning of value`,
    );
  }
}

/** A character as Go's JSON decoder names it. */
const goQuote = (character: string) => (character === "" ? "''" : `'${character}'`);
