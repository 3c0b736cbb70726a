import type { Namespace, Service } from "kubernetes-types/core/v1.js";
import type { Endpoint, EndpointSlice } from "kubernetes-types/discovery/v1.js";
import type { Client } from "../api/client.ts";
import type { Live } from "../api/object.ts";
import type { DNSRecord, DNSReply, RecordType } from "./dns-records.ts";
import type { NameServer } from "./network.ts";

const DOMAIN = "cluster.local";
/** CoreDNS' kubernetes plugin as kubeadm configures it. */
const TTL = 30;
/** A CNAME may lead to another name, but not for ever. */
const LONGEST_CHAIN = 8;

/**
 * The cluster's DNS as CoreDNS' kubernetes plugin answers it (plugin/kubernetes), for the address of the Service kube-dns.
 * Silent while that Service has no ready endpoint. Names outside the cluster do not exist: the practice cluster has no
 * internet. So do node names, as on kind.
 */
export function createClusterDNS(client: Client): NameServer {
  const zone = new Zone(client);
  return (server, name, type) => {
    const service = client.get<Live<Service>>("services", { namespace: "kube-system", name: "kube-dns" });
    if (!service || server !== service.spec?.clusterIP) return undefined;
    if (zone.endpoints(service).length === 0) return undefined;
    return zone.reply(name.replace(/\.$/, "").toLowerCase(), type);
  };
}

const NXDOMAIN: DNSReply = { rcode: "NXDOMAIN", answers: [] };
const NO_DATA: DNSReply = { rcode: "NOERROR", answers: [] };

/** A name of the zone and what it holds, by record type. */
type Records = Partial<Record<RecordType, readonly string[]>>;

class Zone {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  reply(name: string, type: RecordType, chain = 0): DNSReply {
    const records = this.#records(name);
    if (!records) return NXDOMAIN;
    const answer = (data: string): DNSRecord => ({ name, type: records.CNAME ? "CNAME" : type, ttl: TTL, data });
    if (records.CNAME && type !== "CNAME" && chain < LONGEST_CHAIN) {
      const target = this.reply(records.CNAME[0]!, type, chain + 1);
      return { rcode: target.rcode, answers: [answer(records.CNAME[0]!), ...target.answers] };
    }
    const data = records[type];
    return data ? { rcode: "NOERROR", answers: data.map(answer) } : NO_DATA;
  }

  /** Endpoints a Service's name leads to, each with the ports of its slice. */
  endpoints(service: Live<Service>): { endpoint: Endpoint; ports: NonNullable<EndpointSlice["ports"]> }[] {
    const { name, namespace = "" } = service.metadata;
    const everyone = service.spec?.publishNotReadyAddresses ?? false;
    return this.#client
      .list<Live<EndpointSlice>>("endpointslices.discovery.k8s.io", {
        namespace,
        labelSelector: `kubernetes.io/service-name=${name}`,
      })
      .flatMap(({ endpoints, ports }) => (endpoints ?? []).map((endpoint) => ({ endpoint, ports: ports ?? [] })))
      .filter(({ endpoint }) => everyone || (endpoint.conditions?.ready ?? true));
  }

  #records(name: string): Records | undefined {
    if (name.endsWith(".in-addr.arpa")) return this.#reverse(name.split(".").slice(0, -2).toReversed().join("."));
    if (name === DOMAIN) return {};
    if (!name.endsWith(`.${DOMAIN}`)) return undefined;
    const [kind, namespace, ...rest] = name
      .slice(0, -DOMAIN.length - 1)
      .split(".")
      .toReversed();
    if (kind !== "svc" && kind !== "pod") return undefined;
    if (!namespace) return {};
    if (!this.#client.get<Live<Namespace>>("namespaces", { name: namespace })) return undefined;
    const [first, ...labels] = rest;
    if (!first) return {};
    return kind === "pod" ? podRecords(first, labels) : this.#serviceRecords(namespace, first, labels.toReversed());
  }

  /** `labels` is what stands before the Service's name: nothing, a host name, or `_port`, `_protocol`. */
  #serviceRecords(namespace: string, serviceName: string, labels: string[]): Records | undefined {
    const service = this.#client.get<Live<Service>>("services", { namespace, name: serviceName });
    if (!service?.spec) return undefined;
    const name = `${serviceName}.${namespace}.svc.${DOMAIN}`;
    if (service.spec.type === "ExternalName") return labels.length ? undefined : { CNAME: [service.spec.externalName ?? ""] };

    const headless = service.spec.clusterIP === "None";
    const endpoints = this.endpoints(service);
    const serve = (matches: (port: { name?: string; protocol?: string }) => boolean): string[] =>
      headless
        ? endpoints.flatMap(({ endpoint, ports }) =>
            ports.filter(matches).map(({ port }) => `0 100 ${port} ${hostOf(endpoint)}.${name}.`),
          )
        : (service.spec?.ports ?? []).filter(matches).map(({ port }) => `0 100 ${port} ${name}.`);

    if (labels.length === 2) {
      const [port, protocol] = labels.map((label) => label.replace(/^_/, ""));
      const found = serve((one) => one.name === port && (one.protocol ?? "TCP").toLowerCase() === protocol);
      return found.length ? { SRV: found } : undefined;
    }
    if (labels.length === 1) {
      const addresses = endpoints.filter(({ endpoint }) => hostOf(endpoint) === labels[0]).map(addressOf);
      return addresses.length ? { A: addresses } : undefined;
    }
    if (labels.length > 0 || (headless && endpoints.length === 0)) return undefined;
    return { A: headless ? endpoints.map(addressOf) : [service.spec.clusterIP ?? ""], SRV: serve(() => true) };
  }

  #reverse(ip: string): Records | undefined {
    const services = this.#client.list<Live<Service>>("services");
    const owner = services.find(({ spec }) => spec?.clusterIPs?.includes(ip));
    if (owner) return { PTR: [`${owner.metadata.name}.${owner.metadata.namespace}.svc.${DOMAIN}.`] };
    const names = services.flatMap((service) =>
      this.endpoints(service)
        .filter((one) => addressOf(one) === ip)
        .map(({ endpoint }) => `${hostOf(endpoint)}.${service.metadata.name}.${service.metadata.namespace}.svc.${DOMAIN}.`),
    );
    return names.length ? { PTR: names } : undefined;
  }
}

/** `pods insecure`: any address spelled with dashes, whether a pod has it or not. */
function podRecords(first: string, rest: string[]): Records | undefined {
  const ip = first.replaceAll("-", ".");
  return rest.length === 0 && /^(\d{1,3}\.){3}\d{1,3}$/.test(ip) ? { A: [ip] } : undefined;
}

const addressOf = ({ endpoint }: { endpoint: Endpoint }) => endpoint.addresses[0]!;
const hostOf = (endpoint: Endpoint) => endpoint.hostname || endpoint.addresses[0]!.replaceAll(".", "-");
