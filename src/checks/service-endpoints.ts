import type { Pod, Service } from "kubernetes-types/core/v1";
import type { EndpointSlice } from "kubernetes-types/discovery/v1";
import { isGoing } from "../kube/objects.ts";
import { defineCheck, fail, pass } from "./check.ts";
import type { ClusterView } from "./cluster-view.ts";
import { isPodReady, settlingOf } from "./pods.ts";
import { elsewhere } from "./whereabouts.ts";

interface Args {
  service: string;
  /** A label selector: the ready Pods that should be listed. */
  "equal-to"?: string;
  count?: number;
  /** By the cluster, which takes a selector; otherwise slices may be made by hand. */
  managed?: boolean;
}

export const serviceEndpoints = defineCheck({
  type: "service-endpoints",
  expected: { en: "{want} ready addresses behind {service}", ja: "{service} の後ろに、準備のできたアドレスが {want} 個" },
  async run({ cluster, namespace }, { service: name, "equal-to": equalTo, count, managed = true }: Args) {
    const behind = await endpointsOf(name, cluster, namespace);
    const asked = equalTo === undefined ? undefined : await livingPods(cluster, namespace, equalTo);
    const wantedIPs = asked?.filter(isPodReady).map(ipOf);
    const want = count ?? wantedIPs?.length ?? 1;
    const fields = {
      service: name,
      want,
      got: behind.addresses.length,
      ips: behind.addresses.join(", "),
      selector: behind.selectorText,
    };
    if (!behind.service) return fail("absent", { ...fields, elsewhere: await elsewhere(cluster, "Service", name, namespace) });
    if (managed && !behind.selectorText) return fail("no-selector", fields);
    const matched = { ...fields, pods: behind.pods.length };
    if (managed && behind.pods.length === 0) {
      const values = Object.values(behind.service.spec?.selector ?? {});
      const container = (asked ?? []).flatMap(({ spec }) => spec?.containers ?? []).find((one) => values.includes(one.name));
      return container ? fail("container-name", { ...matched, container: container.name }) : fail("no-match", matched);
    }
    const port = portWithout(behind);
    if (port !== undefined) return fail("no-port", { ...matched, port }, { settling: behind.follows ? undefined : "moments" });
    const complete = behind.addresses.length >= Math.max(want, 1) && (count === undefined || behind.addresses.length === count);
    const same = wantedIPs === undefined || wantedIPs.toSorted().join() === behind.addresses.toSorted().join();
    if (complete && same) return pass(matched);
    const settling = behind.follows ? settlingOf(behind.pods) : "moments";
    return behind.pods.length > 0 && !behind.pods.some(isPodReady)
      ? fail("not-ready", matched, { settling })
      : fail("count", matched, { settling });
  },
  words: {
    absent: {
      actual: { en: "Service {service} not found{elsewhere}", ja: "Service {service} が見つかりません{elsewhere}" },
      why: {
        en: "it was not applied yet, or has another name or namespace",
        ja: "まだ適用していないか、名前や namespace が違います",
      },
      try: { en: "apply its file, then `kubectl get svc -A`", ja: "ファイルを適用して、`kubectl get svc -A` を見てください" },
    },
    "no-selector": {
      actual: {
        en: "{got} of {want}: the Service has no selector",
        ja: "{want} 個のうち {got} 個: Service に selector がありません",
      },
      why: { en: "without a selector nobody keeps the list of addresses", ja: "selector がないと、アドレスの一覧が作られません" },
      try: { en: "add `selector` to the file and apply it", ja: "ファイルに `selector` を書いて適用してください" },
    },
    "no-match": {
      actual: {
        en: "{got} of {want}: selector {selector} matches no Pod",
        ja: "{want} 個のうち {got} 個: selector {selector} に合う Pod がありません",
      },
      why: { en: "the selector is not a label of the Pods", ja: "selector が Pod のラベルと違います" },
      try: { en: "compare it with `kubectl get pods --show-labels`", ja: "`kubectl get pods --show-labels` と見比べてください" },
    },
    "container-name": {
      actual: {
        en: "{got} of {want}: selector {selector} matches no Pod",
        ja: "{want} 個のうち {got} 個: selector {selector} に合う Pod がありません",
      },
      why: { en: "that is the container's name, not a label", ja: "それはコンテナの名前で、ラベルではありません" },
      try: { en: "compare it with `kubectl get pods --show-labels`", ja: "`kubectl get pods --show-labels` と見比べてください" },
    },
    "no-port": {
      actual: { en: "{got} addresses without a port: {ips}", ja: "ポートのないアドレスが {got} 個: {ips}" },
      why: { en: "no container port is called {port}", ja: "{port} という名前のコンテナのポートはありません" },
      try: {
        en: "`targetPort` is a number, or the name of a container's port",
        ja: "`targetPort` に書くのは、番号か、コンテナのポートの名前です",
      },
    },
    "not-ready": {
      actual: {
        en: "{got} of {want}: {pods} Pods match, none is ready",
        ja: "{want} 個のうち {got} 個: 合う Pod は {pods} 個、準備のできたものはありません",
      },
      why: { en: "only ready Pods are listed", ja: "一覧に載るのは、準備のできた Pod だけです" },
      try: { en: "`kubectl get pods`, column READY", ja: "`kubectl get pods` の READY の列を見てください" },
    },
    count: {
      actual: { en: "{got} of {want}: {ips}", ja: "{want} 個のうち {got} 個: {ips}" },
      why: {
        en: "the selector matches other Pods, or some are not ready",
        ja: "selector が別の Pod に合っているか、準備のできていない Pod があります",
      },
      try: {
        en: "`kubectl get endpointslices -l kubernetes.io/service-name={service}`",
        ja: "`kubectl get endpointslices -l kubernetes.io/service-name={service}`",
      },
    },
  },
});

/** What stands behind a Service. */
export interface Behind {
  service: Service | undefined;
  selectorText: string;
  /** The Pods that the Service's selector matches, and that are not going. */
  pods: readonly Pod[];
  /** Ready ones of its EndpointSlices. */
  addresses: readonly string[];
  slices: readonly EndpointSlice[];
  /** The slices list just the ready Pods of the selector, at the Service's target ports: their controller is up to date. */
  follows: boolean;
}

export async function endpointsOf(name: string, cluster: ClusterView, namespace: string): Promise<Behind> {
  const service = await cluster.get<Service>("Service", name, namespace);
  const selector = service?.spec?.selector ?? {};
  const selectorText = Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  if (!service) return { service, selectorText, pods: [], addresses: [], slices: [], follows: true };
  const [slices, pods] = await Promise.all([
    cluster.list<EndpointSlice>("EndpointSlice", { namespace, selector: `kubernetes.io/service-name=${name}` }),
    selectorText ? livingPods(cluster, namespace, selectorText) : [],
  ]);
  // A slice that lists nobody has null there.
  const ready = slices.flatMap(({ endpoints }) => (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false));
  const addresses = ready.flatMap((endpoint) => endpoint.addresses);
  const isListed = pods.filter(isPodReady).map(ipOf).toSorted().join() === addresses.toSorted().join();
  const follows = !selectorText || (isListed && hasPorts(service, slices));
  return { service, selectorText, pods, addresses, slices, follows };
}

/** A port by name that none of the ready Pods has: their addresses are listed, but lead nowhere. */
function portWithout({ service, slices }: Behind): string | undefined {
  const names = (service?.spec?.ports ?? []).map(({ targetPort }) => targetPort).filter((target) => typeof target === "string");
  const isBare = slices.some(({ endpoints, ports }) => (endpoints ?? []).length > 0 && (ports ?? []).length === 0);
  return isBare ? names[0] : undefined;
}

/** Numbers can be compared; of a port by name only its Pods know the number. */
function hasPorts({ spec }: Service, slices: readonly EndpointSlice[]): boolean {
  const targets = (spec?.ports ?? [])
    .map(({ port, targetPort = port }) => targetPort)
    .filter((target) => typeof target === "number");
  return slices.every(
    ({ ports, endpoints }) => !endpoints?.length || targets.every((target) => ports?.some(({ port }) => port === target)),
  );
}

async function livingPods(cluster: ClusterView, namespace: string, selector: string): Promise<Pod[]> {
  return (await cluster.list<Pod>("Pod", { namespace, selector })).filter((pod) => !isGoing(pod));
}

const ipOf = ({ status }: Pod): string => status?.podIP ?? "";
