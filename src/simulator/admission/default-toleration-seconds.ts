import type { Pod } from "kubernetes-types/core/v1";
import type { AdmissionPlugin } from "../api/admission.ts";
import type { Live } from "../api/object.ts";
import { created } from "./created.ts";

/** Seconds a pod stays on a node that stopped answering. */
const STAY = 300;
const LOST = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

/** Lets pods stay five minutes on a lost node unless they say otherwise (plugin/pkg/admission/defaulttolerationseconds). */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: "DefaultTolerationSeconds",
  mutate(request) {
    const spec = created<Live<Pod>>(request, "pods")?.spec;
    if (!spec) return;
    for (const key of LOST) {
      const tolerated = spec.tolerations?.some(
        (one) => (one.key === key || !one.key) && (!one.effect || one.effect === "NoExecute"),
      );
      if (!tolerated)
        spec.tolerations = [
          ...(spec.tolerations ?? []),
          { key, operator: "Exists", effect: "NoExecute", tolerationSeconds: STAY },
        ];
    }
  },
};
