import { queueKey } from "../controller.ts";
import type { Pod } from "../pod-state.ts";
import { podCondition } from "../pod-state.ts";
import type { Service } from "./service-pods.ts";

/** Which changes of a Service and its pods were seen already (pkg/controller/util/endpoint/trigger_time_tracker.go). */
export interface TriggerTimes {
  /** When the oldest change happened that the last call did not see: the Service was made, a pod became ready or unready. */
  since: (service: Service, pods: readonly Pod[]) => string | undefined;
  forget: (key: string) => void;
}

export function triggerTimes(): TriggerTimes {
  const seen = new Map<string, { service: string; pods: Map<string, string> }>();
  return {
    since(service, pods) {
      const key = queueKey(service);
      const before = seen.get(key);
      const now = {
        service: service.metadata.creationTimestamp,
        pods: new Map(pods.flatMap((pod) => (changed(pod) ? [[pod.metadata.name, changed(pod) as string]] : []))),
      };
      seen.set(key, now);
      const news = [...now.pods].filter(([name, at]) => at > (before?.pods.get(name) ?? "")).map(([, at]) => at);
      if (now.service > (before?.service ?? "")) news.push(now.service);
      return news.sort()[0];
    },
    forget: (key) => void seen.delete(key),
  };
}

const changed = (pod: Pod) => podCondition(pod, "Ready")?.lastTransitionTime;
