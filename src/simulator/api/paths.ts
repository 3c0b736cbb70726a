import type { ResourceInfo } from "../schema/resource-info.ts";
import { recordedVersion } from "../schema/resource-info.ts";
import { aggregatedDiscovery, legacyDiscovery } from "../schema/discovery.ts";
import { openapi as openapiOf } from "../schema/openapi.ts";
import { openapiV2 } from "../schema/openapi-v2.ts";
import type { Schemas } from "../schema/schemas.ts";
import { encodeOpenapiV2 } from "../protobuf/openapi-v2.ts";
import { EXPOSITION_TYPE, exposition } from "../metrics/exposition.ts";
import type { Aggregator } from "./aggregation/aggregator.ts";
import type { PathHandler } from "./pipeline.ts";
import type { ServerMetrics } from "./server-metrics.ts";

const AGGREGATED = /as=APIGroupDiscoveryList/;

/** What is served beside the resources. `serverAddress` is what `/api` tells clients: `172.18.0.5:6443`. */
export const standardPaths = (
  serverAddress: string,
  schemas: Schemas,
  resources: () => readonly ResourceInfo[],
  { metrics, aggregator }: { metrics: ServerMetrics; aggregator: Pick<Aggregator, "handler" | "versions"> },
): readonly PathHandler[] => [
  health,
  version,
  metricsPath(metrics),
  openapi(schemas, resources),
  aggregator.handler,
  discovery(serverAddress, resources, aggregator),
];

const health: PathHandler = (call) => {
  if (!/^\/(healthz|livez|readyz)(\/[-\w]+)?$/.test(call.info.path)) return false;
  call.send(200, "text/plain; charset=utf-8", "ok");
  return true;
};

const metricsPath =
  (metrics: ServerMetrics): PathHandler =>
  (call) => {
    if (call.info.path !== "/metrics") return false;
    call.send(200, EXPOSITION_TYPE, exposition(metrics.families()));
    return true;
  };

const version: PathHandler = (call) => {
  if (call.info.path !== "/version" && call.info.path !== "/version/") return false;
  call.send(200, "application/json", JSON.stringify(recordedVersion(), null, 2));
  return true;
};

const discovery =
  (serverAddress: string, resources: () => readonly ResourceInfo[], aggregator: Pick<Aggregator, "versions">): PathHandler =>
  (call) => {
    const path = call.info.path.replace(/\/$/, "");
    const { accept = "" } = call.request.headers;
    const others = aggregator.versions();
    const infos = others.length > 0 ? [...resources(), ...others.flatMap((one) => one.resources)] : resources();
    if ((path === "/api" || path === "/apis") && AGGREGATED.test(accept)) {
      // The first version the client names that exists; the answer's media type says which it is.
      const chosen = /v=v2(?!beta)/.test(accept) ? "v2" : "v2beta1";
      const type = `application/json;g=apidiscovery.k8s.io;v=${chosen};as=APIGroupDiscoveryList`;
      call.send(200, type, JSON.stringify(aggregatedDiscovery(infos, path === "/api", chosen, others)), { Vary: "Accept" });
      return true;
    }
    if (path === "") {
      call.sendValue({
        paths: [
          "/api",
          "/api/v1",
          "/apis",
          "/healthz",
          "/livez",
          "/metrics",
          "/openapi/v2",
          "/openapi/v3",
          "/readyz",
          "/version",
        ],
      });
      return true;
    }
    const document = legacyDiscovery(infos, path, serverAddress, others);
    if (document === undefined) return false;
    call.sendValue(document);
    return true;
  };

function openapi(schemas: Schemas, resources: () => readonly ResourceInfo[]): PathHandler {
  const documents = openapiOf(schemas, resources);
  return (call) => {
    const { path, query } = call.info;
    if (path === "/openapi/v2" || path === "/swagger-2.0.0.pb-v1") {
      const swagger = openapiV2(schemas, resources());
      if (call.request.headers.accept?.startsWith("application/json"))
        call.send(200, "application/json", JSON.stringify(swagger));
      else call.send(200, "application/com.github.proto-openapi.spec.v2.v1.0+protobuf", encodeOpenapiV2(swagger));
      return true;
    }
    const document =
      path === "/openapi/v3"
        ? documents.index()
        : path.startsWith("/openapi/v3/")
          ? documents.document(path.slice(12))
          : undefined;
    if (!document) return false;
    const { text, hash } = document;
    const headers = { ETag: `"${hash}"`, Vary: "Accept" };
    if (call.request.headers["if-none-match"] === headers.ETag) {
      call.response.writeHead(304, headers).end();
      return true;
    }
    // A path with the document's own hash never changes its content.
    const forever = { "Cache-Control": "public, immutable", Expires: new Date(call.registry.clock.now() + YEAR).toUTCString() };
    call.send(200, "application/json", text, { ...headers, ...(query.get("hash") === hash && forever) });
    return true;
  };
}

const YEAR = 365 * 24 * 3600 * 1000;
