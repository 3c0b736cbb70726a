/** `Warning:` headers for every request to a resource, by apiVersion and plural. */
export const deprecations: ReadonlyMap<string, string> = new Map([
  ["v1/endpoints", "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"],
  ["v1/componentstatuses", "v1 ComponentStatus is deprecated in v1.19+"],
]);
