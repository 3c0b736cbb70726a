import type { Pod } from "kubernetes-types/core/v1";
import { keyOfCall } from "../handlers.ts";
import type { Live } from "../object.ts";
import type { SubresourceHandler } from "../pipeline.ts";
import { invalidOption } from "../call.ts";
import type { FindKubelet, LogOptions } from "../kubelet-access.ts";
import { isTrue, type RequestInfo } from "../request-info.ts";
import { StatusError } from "../status-error.ts";
import { containerOf, podTarget } from "./pod-target.ts";

/** `GET …/pods/NAME/log`: plain text, streamed with `follow`. */
export const serveLog =
  (find: FindKubelet): SubresourceHandler =>
  async (call, endpoint) => {
    const options = logOptions(call.info);
    // A pod without a node has printed nothing yet.
    const pod = call.registry.store.get("pods", keyOfCall(call, endpoint)) as Live<Pod> | undefined;
    if (pod && !pod.spec?.nodeName) return call.send(200, "text/plain", "");
    const target = podTarget(call, endpoint, find);
    const container = containerOf(target, call.info.query.get("container") ?? "");
    const gone = new AbortController();
    call.response.on("close", () => gone.abort());
    let started = false;
    const start = () => {
      if (started) return;
      started = true;
      call.response.writeHead(200, { "Content-Type": "text/plain", "Cache-Control": "no-cache, private" });
      call.response.flushHeaders();
    };
    if (options.follow)
      setImmediate(() => !call.response.headersSent && !gone.signal.aborted && refused === undefined && start());
    let refused: unknown;
    try {
      await target.kubelet.logs(
        target.key,
        container,
        options,
        (chunk) => {
          start();
          call.response.write(chunk);
        },
        gone.signal,
      );
    } catch (error) {
      refused = error;
      throw error;
    }
    start();
    call.response.end();
  };

function logOptions({ query }: RequestInfo): LogOptions {
  const flag = (name: string) => query.has(name) && isTrue(query.get(name));
  const number = (name: string) => (query.get(name) ? { [name]: Number(query.get(name)) } : {});
  const sinceTime = query.get("sinceTime");
  if (sinceTime && query.get("sinceSeconds")) {
    throw invalidOption(
      "PodLogOptions",
      "",
      "FieldValueForbidden",
      "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified",
    );
  }
  for (const name of ["tailLines", "sinceSeconds", "limitBytes"]) {
    const value = query.get(name);
    if (value !== null && !/^-?\d+$/.test(value))
      throw StatusError.badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
  return {
    follow: flag("follow"),
    previous: flag("previous"),
    timestamps: flag("timestamps"),
    ...number("tailLines"),
    ...number("sinceSeconds"),
    ...number("limitBytes"),
    ...(sinceTime && { sinceTime: Date.parse(sinceTime) }),
  };
}
