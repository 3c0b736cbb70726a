import { describe, expect, test } from "vitest";
import { create, errorsOf, specOf, update } from "../helpers/resource-writes.ts";

describe("addresses of Services", () => {
  const service = (spec: string, name = "s") => `{apiVersion: v1, kind: Service, metadata: {name: ${name}}, spec: {${spec}}}`;
  interface Spec {
    clusterIP?: string;
    clusterIPs?: string[];
    type: string;
    ports: { port: number; nodePort?: number }[];
    externalName?: string;
    healthCheckNodePort?: number;
  }

  test("each gets one of its own, from the dynamic part of the range, and the same every time", () => {
    const first = create(service("ports: [{port: 80}]")).object;
    expect(specOf(first)).toEqual(specOf(create(service("ports: [{port: 80}]")).object));
    const { clusterIP = "" } = specOf(first) as Spec;
    expect(clusterIP).toMatch(/^10\.96\.(?!0\.)\d+\.\d+$/);
    const second = create(service("ports: [{port: 80}]", "t"), [first]).object;
    expect((specOf(second) as Spec).clusterIP).not.toBe(clusterIP);
    expect(errorsOf(service(`clusterIP: ${clusterIP}, ports: [{port: 80}]`, "t"), [first])).toEqual([
      `spec.clusterIPs: Invalid value: ["${clusterIP}"]: failed to allocate IP ${clusterIP}: provided IP is already allocated`,
    ]);
    expect(errorsOf(service("clusterIP: 10.0.0.1, ports: [{port: 80}]"))).toEqual([
      'spec.clusterIPs: Invalid value: ["10.0.0.1"]: failed to allocate IP 10.0.0.1: the provided network does not match the current range',
    ]);
  });

  test("node ports are unique in the cluster, and one for both protocols of a port", () => {
    const node = create(
      service(
        "type: NodePort, ports: [{name: a, port: 53, protocol: UDP}, {name: b, port: 53}, {name: c, port: 80, nodePort: 30777}]",
      ),
    ).object;
    const [udp, tcp, web] = (specOf(node) as Spec).ports;
    expect(tcp?.nodePort).toBe(udp?.nodePort);
    expect(web?.nodePort).toBe(30_777);
    expect(errorsOf(service("type: NodePort, ports: [{port: 80, nodePort: 30777}]", "t"), [node])).toEqual([
      "spec.ports[0].nodePort: Invalid value: 30777: provided port is already allocated",
    ]);
    expect(errorsOf(service("type: NodePort, ports: [{port: 80, nodePort: 99}]"))).toEqual([
      "spec.ports[0].nodePort: Invalid value: 99: provided port is not in the valid range. The range of valid ports is 30000-32767",
    ]);
  });

  test("a change of the type gives and takes what belongs to it", () => {
    const plain = create(service("ports: [{port: 80, targetPort: 8080}]")).object;
    const { object: node, errors } = update(plain, (copy: { spec: Spec }) => void (copy.spec.type = "NodePort"));
    expect(errors).toEqual([]);
    expect(specOf(node)).toMatchObject({ externalTrafficPolicy: "Cluster", clusterIP: (specOf(plain) as Spec).clusterIP });
    expect((specOf(node) as Spec).ports[0]?.nodePort).toBeGreaterThan(30_000);
    expect(specOf(update(node, (copy: { spec: Spec }) => void (copy.spec.type = "ClusterIP")).object)).toEqual(specOf(plain));
    const named = update(
      plain,
      (copy: { spec: Spec }) => void Object.assign(copy.spec, { type: "ExternalName", externalName: "a.example" }),
    );
    expect(named.errors).toEqual([]);
    expect(specOf(named.object)).not.toHaveProperty("clusterIP");
    const back = update(named.object, (copy: { spec: Spec }) => void (copy.spec.type = "ClusterIP"));
    expect((specOf(back.object) as Spec).clusterIPs).toHaveLength(1);
  });

  test("the address stays: leaving it out keeps it, naming another is refused", () => {
    const plain = create(service("ports: [{port: 80}]")).object;
    const without = update(plain, (copy: { spec: Spec }) => void (delete copy.spec.clusterIP, delete copy.spec.clusterIPs));
    expect(without).toMatchObject({ errors: [], object: { spec: specOf(plain) } });
    expect(update(plain, (copy: { spec: Spec }) => void (copy.spec.clusterIP = "10.96.200.200")).errors).toEqual([
      'spec.clusterIPs[0]: Invalid value: ["10.96.200.200"]: may not change once set',
    ]);
  });

  test("a headless one has none, a balanced one with local traffic has a port for health checks", () => {
    expect(specOf(create(service("clusterIP: None, selector: {a: b}, ports: [{port: 80}]")).object)).toMatchObject({
      clusterIPs: ["None"],
      ipFamilies: ["IPv4"],
      ipFamilyPolicy: "SingleStack",
    });
    const { object, errors } = create(service("type: LoadBalancer, externalTrafficPolicy: Local, ports: [{port: 80}]"));
    expect(errors).toEqual([]);
    expect((specOf(object) as Spec).healthCheckNodePort).toBeGreaterThan(30_000);
  });
});
