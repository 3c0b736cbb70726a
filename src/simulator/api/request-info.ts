/** What a URL and a method ask for (apiserver pkg/endpoints/request RequestInfo). */
export interface RequestInfo {
  /** get list watch create update patch delete deletecollection; the lower-case method for paths that are no resource. */
  verb: string;
  path: string;
  isResource: boolean;
  group: string;
  version: string;
  namespace: string;
  resource: string;
  subresource: string;
  name: string;
  /** What follows the subresource: `proxy/a/b` gives `/a/b`. A trailing slash is kept. */
  rest: string;
  query: URLSearchParams;
}

const VERBS: Readonly<Record<string, string>> = {
  GET: "get",
  HEAD: "get",
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

export function parseRequest(method: string, url: string): RequestInfo {
  const question = url.indexOf("?");
  const path = question < 0 ? url : url.slice(0, question);
  const query = new URLSearchParams(question < 0 ? "" : url.slice(question + 1));
  const info: RequestInfo = {
    verb: method.toLowerCase(),
    path,
    isResource: false,
    group: "",
    version: "",
    namespace: "",
    resource: "",
    subresource: "",
    name: "",
    rest: "",
    query,
  };
  let parts = path.split("/").slice(1).map(decode);
  if (parts.at(-1) === "") parts = parts.slice(0, -1);
  if (parts[0] === "api" && parts.length >= 3) [info.version, ...parts] = parts.slice(1) as [string, ...string[]];
  else if (parts[0] === "apis" && parts.length >= 4)
    [info.group, info.version, ...parts] = parts.slice(1) as [string, string, ...string[]];
  else return info;

  info.isResource = true;
  info.verb = VERBS[method] ?? method.toLowerCase();
  if (parts[0] === "watch") {
    parts = parts.slice(1);
    info.verb = "watch";
  }
  // `namespaces/NS/pods` is in a namespace; `namespaces/NS` and its subresources are the namespace itself.
  if (parts[0] === "namespaces" && parts.length >= 3 && !NAMESPACE_SUBRESOURCES.has(parts[2] as string)) {
    info.namespace = parts[1] as string;
    parts = parts.slice(2);
  } else if (parts[0] === "namespaces" && parts.length >= 2) info.namespace = parts[1] as string;
  [info.resource = "", info.name = "", info.subresource = ""] = parts;
  info.rest = info.subresource ? restOf(path, info.subresource) : "";

  if (!info.name && info.verb === "get") info.verb = isTrue(query.get("watch")) ? "watch" : "list";
  else if (!info.name && info.verb === "delete") info.verb = "deletecollection";
  return info;
}

const NAMESPACE_SUBRESOURCES = new Set(["status", "finalize"]);

/** Go's strconv.ParseBool, as far as queries use it. */
export const isTrue = (value: string | null): boolean => value === "true" || value === "1" || value === "";

const restOf = (path: string, subresource: string) => {
  const at = path.indexOf(`/${subresource}`);
  return path.slice(at + subresource.length + 1);
};

const decode = (part: string) => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};
