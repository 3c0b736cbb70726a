import type { EndpointAddress, Service as ServiceType, ServicePort } from "kubernetes-types/core/v1";
import { isDeepStrictEqual } from "node:util";
import type { Live } from "../../api/object.ts";
import { labelsMatch, requirementsOf } from "../../api/selectors.ts";
import type { ControllerContext, WorkQueue } from "../controller.ts";
import { objectKey, queueKey, workQueue } from "../controller.ts";
import { podLabels } from "../pod-labels.ts";
import type { Pod } from "../pod-state.ts";
import { isFinished, isReady } from "../pod-state.ts";
import { triggerTimes } from "./trigger-times.ts";

export type Service = Live<ServiceType>;

/** How long a Service rests after it was written, ms: nothing one sees with a few pods, a second with a thousand. */
const REST_FOR_EACH_POD = 1;
const LONGEST_REST = 2000;

/** A Service and the pods its selector selects, in the order of their names. */
export interface ServicePods {
  service: Service;
  pods: Pod[];
  /** RFC 3339; when the oldest of the changes behind this sync happened. Undefined when nothing changed. */
  triggerTime?: string | undefined;
}

/**
 * Calls `sync` for each Service with a selector whenever it or one of its pods changed in what endpoints show, and `gone` with the key of
 * a deleted Service.
 */
export function followServices(
  context: ControllerContext,
  sync: (input: ServicePods) => Promise<void>,
  gone: (key: string) => Promise<void> = async () => {},
): { queue: WorkQueue; stop: () => void } {
  const { client } = context;
  const labels = podLabels(client);
  /** When a Service may be looked at again: the more pods, the longer, so that many changes are written as one. */
  const rested = new Map<string, number>();
  const times = triggerTimes();
  const queue = workQueue(context, async (key) => {
    const service = client.get<Service>("services", objectKey(key));
    if (!service) {
      times.forget(key);
      rested.delete(key);
      return await gone(key);
    }
    const { selector, type } = service.spec ?? {};
    if (!selector || type === "ExternalName") return;
    const pods = labels.select(service.metadata.namespace ?? "", { matchLabels: selector });
    pods.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    rested.set(key, context.clock.now() + Math.min(pods.length * REST_FOR_EACH_POD, LONGEST_REST));
    await sync({ service, pods, triggerTime: times.since(service, pods) });
  });
  const add = (service: Service) => {
    const key = queueKey(service);
    const wait = (rested.get(key) ?? 0) - context.clock.now();
    if (wait > 0) queue.addAfter(key, wait);
    else queue.add(key);
  };
  const ofPods = (...pods: Pod[]) => {
    for (const service of client.list<Service>("services", { namespace: pods[0]?.metadata.namespace ?? "" })) {
      const { selector } = service.spec ?? {};
      if (!selector) continue;
      const requirements = requirementsOf({ matchLabels: selector });
      if (pods.some(({ metadata }) => labelsMatch(requirements, metadata.labels))) add(service);
    }
  };
  const stops = [
    client.watch<Service>("services", ({ object }) => queue.add(queueKey(object))),
    client.watch<Pod>("pods", ({ type, object, old }) => {
      if (type !== "MODIFIED" || !old) ofPods(object);
      else if (!isDeepStrictEqual(shown(object), shown(old))) ofPods(object, old);
    }),
  ];
  return { queue, stop: () => [...stops, labels.stop, queue.stop].forEach((stop) => stop()) };
}

/** What of a pod endpoints depend on. */
const shown = (pod: Pod) => [
  pod.metadata.labels,
  pod.metadata.deletionTimestamp !== undefined,
  pod.status?.podIP,
  pod.spec?.nodeName,
  pod.spec?.hostname,
  isFinished(pod),
  isReady(pod),
];

/** Has an address and is not over; one that is being deleted counts only where asked for. */
export const isAddressable = (pod: Pod, { terminating }: { terminating: boolean }): boolean =>
  !isFinished(pod) && Boolean(pod.status?.podIP) && (terminating || pod.metadata.deletionTimestamp === undefined);

/** Who stands behind an address. */
export const podAddress = (service: Service, { metadata: { name, namespace, uid }, spec, status }: Pod): EndpointAddress => ({
  ip: status?.podIP ?? "",
  ...(spec?.hostname && spec.subdomain === service.metadata.name && { hostname: spec.hostname }),
  ...(spec?.nodeName && { nodeName: spec.nodeName }),
  targetRef: { kind: "Pod", namespace: namespace ?? "", name, uid },
});

export interface ResolvedPort {
  name: string;
  port: number;
  protocol: string;
  appProtocol?: string;
}

/** The Service's ports as this pod has them: a named target port is looked up in its containers, and left out when none has it. */
export function portsOf(service: Service, pod: Pod): ResolvedPort[] {
  return (service.spec?.ports ?? []).flatMap((servicePort) => {
    const port = targetPort(servicePort, pod);
    const { name = "", protocol = "TCP", appProtocol } = servicePort;
    return port === undefined ? [] : [{ name, port, protocol, ...(appProtocol && { appProtocol }) }];
  });
}

function targetPort({ targetPort, port, protocol = "TCP" }: ServicePort, { spec }: Pod): number | undefined {
  const wanted = targetPort || port;
  if (typeof wanted === "number") return wanted;
  const sidecars = spec?.initContainers?.filter(({ restartPolicy }) => restartPolicy === "Always") ?? [];
  const ports = [...(spec?.containers ?? []), ...sidecars].flatMap((container) => container.ports ?? []);
  return ports.find((candidate) => candidate.name === wanted && (candidate.protocol ?? "TCP") === protocol)?.containerPort;
}

export const isHeadless = ({ spec }: Service): boolean => !spec?.clusterIP || spec.clusterIP === "None";

export const HEADLESS_LABEL = "service.kubernetes.io/headless";
export const TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";
