import type { PolicyRule } from "../../api/rbac.ts";

/** One role of a table. */
export interface RoleRow {
  name: string;
  /** Empty for a ClusterRole. */
  namespace: string;
  /** Its rules are those of all roles that say they go `to` this (`<view`). */
  collects?: string;
  /** Its rules also go to this role (`>edit`). */
  goesTo?: string;
  rules: PolicyRule[];
}

export interface BindingRow {
  name: string;
  namespace: string;
  role: string;
  subjects: { kind: "User" | "Group" | "ServiceAccount"; name: string; namespace?: string }[];
}

const VERBS: Readonly<Record<string, string>> = {
  read: "get,list,watch",
  write: "create,delete,deletecollection,patch,update",
  readwrite: "create,delete,deletecollection,get,list,patch,update,watch",
};

/** The rule of everybody who tells what happened. */
const EVENTS = "create,patch,update core,events.k8s.io events";

/**
 * Reads roles: a line with the name (`namespace/name` for a Role), then an indented line for each rule: verbs, groups (`core` for
 * the one without a name), resources, and names where the rule has some; or verbs and paths. `read`,
 * `write` and `readwrite` stand for verbs.
 */
export function readRoles(table: string): RoleRow[] {
  const roles: RoleRow[] = [];
  for (const line of lines(table)) {
    const words = line.trim().split(" ");
    if (line.startsWith(" ")) roles.at(-1)?.rules.push(ruleOf(line.trim() === "events" ? EVENTS.split(" ") : words));
    else {
      const [full = "", ...marks] = words;
      const collects = marks.find((mark) => mark.startsWith("<"))?.slice(1);
      const goesTo = marks.find((mark) => mark.startsWith(">"))?.slice(1);
      roles.push({ ...placed(full), ...(collects && { collects }), ...(goesTo && { goesTo }), rules: [] });
    }
  }
  return roles;
}

/** Reads bindings: name (`namespace/name` for a RoleBinding), the role where it has another name, subjects. */
export const readBindings = (table: string): BindingRow[] =>
  lines(table).map((line) => {
    const [full = "", ...words] = line.split(" ");
    const place = placed(full);
    const role = words[0] && !SUBJECT.test(words[0]) ? words.shift() : undefined;
    return { ...place, role: role ?? place.name, subjects: words.map(subjectOf) };
  });

const lines = (table: string) => table.split("\n").filter((line) => line !== "");

function placed(full: string): { namespace: string; name: string } {
  const slash = full.indexOf("/");
  return { namespace: full.slice(0, Math.max(0, slash)), name: full.slice(slash + 1) };
}

function ruleOf([verbs = "", ...rest]: string[]): PolicyRule {
  const list = (text: string) => text.split(",");
  const rule = { verbs: list(VERBS[verbs] ?? verbs) };
  if (rest.length === 1) return { ...rule, nonResourceURLs: list(rest[0] as string) };
  const [groups = "", resources = "", names] = rest;
  return {
    ...rule,
    apiGroups: list(groups).map((group) => (group === "core" ? "" : group)),
    resources: list(resources),
    ...(names && { resourceNames: list(names) }),
  };
}

const SUBJECT = /^(user|group|account):(?:(.*)\/)?(.*)$/;

function subjectOf(word: string): BindingRow["subjects"][number] {
  const [, kind, namespace, name = ""] = SUBJECT.exec(word) ?? [];
  if (kind === "account") return { kind: "ServiceAccount", name, namespace: namespace ?? "" };
  return { kind: kind === "user" ? "User" : "Group", name };
}
