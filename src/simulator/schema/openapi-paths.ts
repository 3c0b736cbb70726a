import type { ResourceInfo, SubresourceInfo } from "./resource-info.ts";
import type { GroupVersionKind } from "./schema.ts";
import type { Schemas } from "./schemas.ts";
import type { Method, Operation, Parameter, PathItem } from "./openapi-operations.ts";
import {
  answers,
  CONNECT,
  content,
  DELETE,
  inPath,
  item,
  JSON_TYPES,
  LIST,
  LOG,
  meta,
  NAME,
  NAMESPACE,
  PATCH_TYPES,
  PRETTY,
  query,
  WATCH_TYPES,
  WRITE,
} from "./openapi-operations.ts";

/** The paths of one group and version, sorted, as k8s.io/apiserver/pkg/endpoints/installer.go registers them. */
export function openapiPaths(group: string, version: string, resources: readonly ResourceInfo[], schemas: Schemas) {
  const root = group ? `/apis/${group}/${version}` : `/api/${version}`;
  const names = { id: upper(camel(group)) + upper(version), tag: `${camel(group)}_${version}` };
  const items: Record<string, PathItem> = { [`${root}/`]: index(names) };
  for (const resource of resources) {
    if (resource.group !== group || resource.version !== version) continue;
    Object.assign(items, new ResourcePaths(root, names, resource, schemas).items());
  }
  return Object.fromEntries(Object.entries(items).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

interface Names {
  /** In operation ids: `AppsV1`. */
  id: string;
  tag: string;
}

const index = ({ id, tag }: Names): PathItem => ({
  get: {
    tags: [tag],
    operationId: `get${id}APIResources`,
    responses: answers([200], content(JSON_TYPES, meta("APIResourceList"))),
  },
});

class ResourcePaths {
  #root: string;
  #names: Names;
  #resource: ResourceInfo;
  #schemas: Schemas;
  #scope: Parameter[];
  /** Custom resources are served without protobuf, strategic merge and the old watch paths. */
  #custom: boolean;

  constructor(root: string, names: Names, resource: ResourceInfo, schemas: Schemas) {
    this.#root = root;
    this.#names = names;
    this.#resource = resource;
    this.#schemas = schemas;
    this.#scope = resource.namespaced ? [NAMESPACE] : [];
    this.#custom = schemas.custom(resource) !== undefined;
  }

  items(): Record<string, PathItem> {
    const { resource, namespaced, subresources, verbs } = this.#resource;
    const inScope = namespaced ? `/namespaces/{namespace}/${resource}` : `/${resource}`;
    const items: Record<string, PathItem> = {
      [this.#root + inScope]: this.#collection(),
      [`${this.#root}${inScope}/{name}`]: this.#single(),
    };
    const watchPaths = verbs.includes("watch") && !this.#custom;
    if (watchPaths) {
      items[`${this.#root}/watch${inScope}`] = this.#watch("watchlist", this.#scope, "List");
      items[`${this.#root}/watch${inScope}/{name}`] = this.#watch("watch", [...this.#scope, NAME], "");
    }
    if (namespaced && verbs.includes("list")) {
      items[`${this.#root}/${resource}`] = item([["get", this.#list([], "ForAllNamespaces")]]);
      if (watchPaths) items[`${this.#root}/watch/${resource}`] = this.#watch("watchlist", [], "ListForAllNamespaces");
    }
    for (const subresource of subresources) {
      const path = `${this.#root}${inScope}/{name}/${subresource.name}`;
      items[path] = this.#subresource(subresource, false);
      if (subresource.kind.endsWith("ProxyOptions")) items[`${path}/{path}`] = this.#subresource(subresource, true);
    }
    return Object.fromEntries(Object.entries(items).filter(([, one]) => Object.keys(one).some((key) => key !== "parameters")));
  }

  #collection(): PathItem {
    const { verbs } = this.#resource;
    const operations: [Method, Operation][] = [];
    if (verbs.includes("list")) operations.push(["get", this.#list(this.#scope, "")]);
    if (verbs.includes("create")) operations.push(["post", this.#write("post", "create", this.#scope)]);
    if (verbs.includes("deletecollection")) {
      operations.push([
        "delete",
        this.#operation("deletecollection", `delete${this.#names.id}Collection${this.#subject()}`, {
          parameters: [
            ...this.#scope,
            ...LIST.filter(({ name }) => !/^(allowWatchBookmarks|watch)$/.test(name)),
            ...DELETE,
            PRETTY,
          ],
          requestBody: { content: this.#content(["*/*"], meta("DeleteOptions")) },
          responses: answers([200], this.#content(JSON_TYPES, meta("Status"))),
        }),
      ]);
    }
    return item(operations);
  }

  #single(): PathItem {
    const { verbs, returnsDeleted } = this.#resource;
    const scope = [...this.#scope, NAME];
    const operations: [Method, Operation][] = [];
    if (verbs.includes("get")) operations.push(["get", this.#read(scope)]);
    if (verbs.includes("update")) operations.push(["put", this.#write("put", "replace", scope)]);
    if (verbs.includes("delete")) {
      operations.push([
        "delete",
        this.#operation("delete", `delete${this.#names.id}${this.#subject()}`, {
          parameters: [...scope, ...DELETE, PRETTY],
          requestBody: { content: this.#content(["*/*"], meta("DeleteOptions")) },
          responses: answers([200, 202], this.#content(JSON_TYPES, returnsDeleted ? this.#schema() : meta("Status"))),
        }),
      ]);
    }
    if (verbs.includes("patch")) operations.push(["patch", this.#write("patch", "patch", scope)]);
    return item(operations);
  }

  #subresource(subresource: SubresourceInfo, withPath: boolean): PathItem {
    const scope = [...this.#scope, NAME];
    if (subresource.kind.endsWith("Options")) return this.#connect(subresource, scope, withPath);
    const operations: [Method, Operation][] = [];
    const { verbs, name } = subresource;
    if (verbs.includes("get")) operations.push(["get", name === "log" ? this.#log(scope) : this.#read(scope, subresource)]);
    if (verbs.includes("update")) operations.push(["put", this.#write("put", "replace", scope, subresource)]);
    if (verbs.includes("create")) operations.push(["post", this.#write("post", "create", scope, subresource)]);
    if (verbs.includes("patch")) operations.push(["patch", this.#write("patch", "patch", scope, subresource)]);
    return item(operations);
  }

  #list(scope: Parameter[], suffix: string): Operation {
    return this.#operation("list", `list${this.#names.id}${suffix ? this.#resource.kind : this.#subject()}${suffix}`, {
      parameters: [...scope, ...LIST, PRETTY],
      responses: answers([200], this.#content(WATCH_TYPES, this.#schema(`${this.#resource.kind}List`))),
    });
  }

  #watch(action: string, scope: Parameter[], suffix: string): PathItem {
    const subject = suffix.endsWith("ForAllNamespaces") ? this.#resource.kind : this.#subject();
    const operation = this.#operation(action, `watch${this.#names.id}${subject}${suffix}`, {
      parameters: [...scope, ...LIST, PRETTY],
      responses: answers([200], this.#content(WATCH_TYPES, meta("WatchEvent"))),
    });
    return item([["get", operation]]);
  }

  #read(scope: Parameter[], subresource?: SubresourceInfo): Operation {
    return this.#operation(
      "get",
      `read${this.#names.id}${this.#subject(subresource)}`,
      {
        parameters: [...scope, PRETTY],
        responses: answers([200], this.#content(JSON_TYPES, this.#schema(undefined, subresource))),
      },
      subresource,
    );
  }

  #log(scope: Parameter[]): Operation {
    return this.#operation("get", `read${this.#names.id}${this.#subject()}Log`, {
      parameters: [...scope, PRETTY, ...LOG],
      responses: answers([200], this.#content([...JSON_TYPES, "text/plain"], { type: "string" })),
    });
  }

  #write(method: "post" | "put" | "patch", verb: string, scope: Parameter[], subresource?: SubresourceInfo): Operation {
    const schema = this.#schema(undefined, subresource);
    const codes = method === "post" ? [200, 201, 202] : [200, 201];
    const body = method === "patch" ? this.#content(PATCH_TYPES, meta("Patch")) : this.#content(["*/*"], schema);
    return this.#operation(
      method,
      `${verb}${this.#names.id}${this.#subject(subresource)}`,
      {
        parameters: [...scope, PRETTY, ...WRITE, ...(method === "patch" ? [query("force", "boolean")] : [])],
        requestBody: { content: body, required: true },
        responses: answers(codes, this.#content(JSON_TYPES, schema)),
      },
      subresource,
    );
  }

  #connect(subresource: SubresourceInfo, scope: Parameter[], withPath: boolean): PathItem {
    const isProxy = subresource.kind.endsWith("ProxyOptions");
    const methods: Method[] = isProxy ? ["get", "put", "post", "delete", "options", "head", "patch"] : ["get", "post"];
    const path: Parameter[] = withPath ? [inPath("path")] : [];
    return item(
      methods.map((method) => [
        method,
        this.#operation(
          "connect",
          `connect${this.#names.id}${upper(method)}${this.#subject(subresource)}${withPath ? "WithPath" : ""}`,
          {
            parameters: [...scope, ...path, ...(CONNECT[subresource.kind.replace(/^(Node|Service)/, "Pod")] ?? [])],
            responses: answers([200], this.#content(["*/*"], { type: "string" })),
          },
          subresource,
        ),
      ]),
    );
  }

  #operation(
    action: string,
    operationId: string,
    { parameters, ...rest }: Pick<Operation, "parameters" | "requestBody" | "responses">,
    subresource?: SubresourceInfo,
  ): Operation {
    return {
      tags: [this.#names.tag],
      operationId,
      ...(parameters && { parameters: parameters.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)) }),
      ...rest,
      "x-kubernetes-action": action,
      "x-kubernetes-group-version-kind": this.#kind(subresource),
    };
  }

  /** `NamespacedDeploymentScale` */
  #subject(subresource?: SubresourceInfo): string {
    const { namespaced, kind } = this.#resource;
    return (namespaced ? "Namespaced" : "") + kind + (subresource ? upper(subresource.name) : "");
  }

  #kind(subresource?: SubresourceInfo): GroupVersionKind {
    const { group, version, kind } = this.#resource;
    return { group: subresource?.group ?? group, version: subresource?.version ?? version, kind: subresource?.kind ?? kind };
  }

  #schema(kind?: string, subresource?: SubresourceInfo) {
    const wanted = { ...this.#kind(subresource), ...(kind && { kind }) };
    const name = this.#schemas.nameFor(wanted);
    return name === undefined ? { type: "object" } : { $ref: `#/components/schemas/${name}` };
  }

  #content(types: readonly string[], schema: Parameters<typeof content>[1]) {
    return content(this.#custom ? types.filter((type) => !/protobuf|strategic/.test(type)) : types, schema);
  }
}

/** `rbac.authorization.k8s.io` → `rbacAuthorization`, the core group → `core`. */
const camel = (group: string) =>
  (group || "core")
    .replace(/\.k8s\.io$/, "")
    .split(".")
    .map((part, i) => (i ? upper(part) : part))
    .join("");

const upper = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);
