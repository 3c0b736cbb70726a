import type { Ingress } from "kubernetes-types/networking/v1";
import type { AdmissionPlugin } from "../api/admission.ts";
import type { Live } from "../api/object.ts";
import { created } from "./created.ts";
import { newestDefault } from "./newest-default.ts";

/** An Ingress that names no class gets the cluster's (plugin/pkg/admission/network/defaultingressclass). */
export const defaultIngressClass: AdmissionPlugin = {
  name: "DefaultIngressClass",
  mutate(request, { store }) {
    const ingress = created<Live<Ingress>>(request, "ingresses.networking.k8s.io");
    if (!ingress || ingress.spec?.ingressClassName) return;
    if (ingress.metadata.annotations?.["kubernetes.io/ingress.class"]) return;
    const annotation = "ingressclass.kubernetes.io/is-default-class";
    const standard = newestDefault(store.list("ingressclasses.networking.k8s.io"), [annotation]);
    if (standard) ingress.spec = { ...ingress.spec, ingressClassName: standard.metadata.name };
  },
};
