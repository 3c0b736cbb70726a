import type { Timer } from "../clock.ts";
import type { Call } from "./call.ts";
import { encodeEvent, type Encoding } from "./encode.ts";
import type { KubeObject } from "./object.ts";
import type { Endpoint } from "./registry.ts";
import { isTrue } from "./request-info.ts";
import { invalidOption, invalidVersion, matcherFor, type ListQuery } from "./rest/list.ts";
import { StatusError } from "./status-error.ts";

/** A watch that names no timeout ends after 30 to 60 minutes (apiserver minRequestTimeout). */
const SHORTEST_WATCH = 1800;
/** How often a watch that asked for bookmarks gets one, ms. */
const BOOKMARK_PERIOD = 60_000;

/** Streams the changes of a resource until the client leaves or the time is up. */
export function serveWatch(call: Call, endpoint: Endpoint, namespace: string | undefined, query: ListQuery): void {
  const { registry, info, response } = call;
  const { clock, random, store } = registry;
  const { resourceVersion = "" } = query;
  const initialEvents = info.query.get("sendInitialEvents");
  const bookmarks = isTrue(info.query.get("allowWatchBookmarks")) && info.query.has("allowWatchBookmarks");
  if (initialEvents !== null && query.resourceVersionMatch !== "NotOlderThan") {
    throw invalidOption(
      "resourceVersionMatch",
      "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
    );
  }
  if (resourceVersion && !/^\d+$/.test(resourceVersion)) throw new StatusError(500, "", invalidVersion(resourceVersion));
  const matches = matcherFor(endpoint, query);
  const encoding: Encoding = call.encoding;
  let first = true;
  const send = (type: string, object: KubeObject) => {
    const shown = endpoint.conversion ? endpoint.conversion.fromStored(object) : object;
    response.write(encodeEvent(endpoint, type, shown, { ...encoding, now: clock.now() }, first));
    first = false;
  };
  const bookmark = (annotations?: Record<string, string>) => {
    const metadata = { resourceVersion: String(store.version), ...(annotations && { annotations }) };
    const mark = { kind: endpoint.info.kind, apiVersion: endpoint.apiVersion, metadata };
    response.write(
      `${JSON.stringify({ type: "BOOKMARK", object: encoding.as === "Table" ? tableMark(encoding, metadata, mark) : mark })}\n`,
    );
  };

  response.writeHead(200, { "Content-Type": "application/json", "Cache-Control": "no-cache, private", ...call.warningHeader() });
  response.flushHeaders();
  const synthetic = initialEvents === null ? resourceVersion === "" || resourceVersion === "0" : isTrue(initialEvents);
  let since = Number(resourceVersion);
  if (synthetic) {
    since = store.version;
    for (const object of store.list(endpoint.storage, namespace)) if (matches(object)) send("ADDED", object);
    if (initialEvents !== null && bookmarks) bookmark({ "k8s.io/initial-events-end": "true" });
  }

  const timers: Timer[] = [];
  let stop = () => {};
  const end = () => {
    stop();
    for (const timer of timers.splice(0)) timer.cancel();
    response.end();
  };
  try {
    stop = store.watch(endpoint.storage, since, ({ type, object, old }) => {
      if (namespace !== undefined && object.metadata.namespace !== namespace) return;
      const [before, after] = [old !== undefined && matches(old), type !== "DELETED" && matches(object)];
      // An object that stops matching is gone for this watcher, one that starts to is new.
      if (after) send(before ? "MODIFIED" : "ADDED", object);
      else if (before) send("DELETED", type === "DELETED" ? object : withVersion(old as KubeObject, object));
    });
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    response.write(`${JSON.stringify({ type: "ERROR", object: error.status })}\n`);
    return end();
  }
  const seconds = Number(info.query.get("timeoutSeconds")) || SHORTEST_WATCH * (1 + random.next());
  timers.push(clock.setTimeout(end, seconds * 1000));
  const remind = () => {
    bookmark();
    timers[1] = clock.setTimeout(remind, BOOKMARK_PERIOD);
  };
  if (bookmarks) timers[1] = clock.setTimeout(remind, BOOKMARK_PERIOD);
  response.on("close", end);
}

const withVersion = (object: KubeObject, newer: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: newer.metadata.resourceVersion },
});

const tableMark = ({ version = "v1" }: Encoding, metadata: object, object: object) => ({
  kind: "Table",
  apiVersion: `meta.k8s.io/${version}`,
  metadata,
  columnDefinitions: null,
  rows: [{ cells: [], object }],
});
