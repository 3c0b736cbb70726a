import type { Namespace } from "kubernetes-types/core/v1";
import type { AdmissionPlugin } from "../api/admission.ts";
import type { Live } from "../api/object.ts";
import { StatusError } from "../api/status-error.ts";

/** Namespaces that nobody may delete. */
const IMMORTAL = new Set(["default", "kube-system", "kube-public"]);

/** Nothing is created in a namespace that is missing or going (plugin/pkg/admission/namespace/lifecycle). */
export const namespaceLifecycle: AdmissionPlugin = {
  name: "NamespaceLifecycle",
  validate({ operation, endpoint, name }) {
    if (operation === "DELETE" && endpoint.name === "namespaces" && IMMORTAL.has(name)) {
      throw StatusError.forbidden(endpoint.resource, name, "this namespace may not be deleted");
    }
  },
  mutate({ operation, endpoint, namespace, name }, { store }) {
    if (operation !== "CREATE" || !endpoint.info.namespaced) return;
    const found = store.get("namespaces", { namespace: "", name: namespace }) as Live<Namespace> | undefined;
    if (!found) throw StatusError.notFound({ group: "", resource: "namespaces" }, namespace);
    if (!found.metadata.deletionTimestamp) return;
    const refusal = StatusError.forbidden(
      endpoint.resource,
      name,
      `unable to create new content in namespace ${namespace} because it is being terminated`,
    );
    const cause = {
      reason: "NamespaceTerminating",
      message: `namespace ${namespace} is being terminated`,
      field: "metadata.namespace",
    };
    refusal.status.details = { ...refusal.status.details, causes: [cause] };
    throw refusal;
  },
};
