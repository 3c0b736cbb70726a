import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { dumpQuantity } from "../../src/simulator/protobuf/quantity-dump.ts";
import { controllerRevisionData, controllerRevisionHash, podTemplateHash } from "../../src/simulator/protobuf/template-hash.ts";

const bootcamp = {
  metadata: { labels: { app: "bootcamp" } },
  spec: {
    containers: [
      {
        image: "kicbase/echo-server:1.0",
        imagePullPolicy: "IfNotPresent",
        name: "bootcamp-app",
        ports: [{ containerPort: 8080, protocol: "TCP" }],
        resources: {},
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
      },
    ],
    dnsPolicy: "ClusterFirst",
    restartPolicy: "Always",
    schedulerName: "default-scheduler",
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  },
};

/** Volumes, probes, quantities, affinity and so on; its hashes were worked out by upstream's Go code. */
const rich: object = JSON.parse(readFileSync(new URL("../fixtures/pod-template.json", import.meta.url), "utf8"));

describe("pod template hash", () => {
  it("is what a real cluster gave the course's first Deployment", () => {
    expect(podTemplateHash(bootcamp)).toBe("557664fbd4");
  });

  it("covers every kind of field as upstream's dump does", () => {
    expect(podTemplateHash(rich)).toBe("d4bf79b6c");
  });

  it("changes with the collision count", () => {
    expect(podTemplateHash(rich, 3)).toBe("649644c56");
  });

  it("does not care how empty things are written", () => {
    const { spec, metadata } = structuredClone(bootcamp);
    const wordy = { metadata: { ...metadata, creationTimestamp: null, annotations: {} }, spec: { ...spec, tolerations: [] } };
    expect(podTemplateHash(wordy)).toBe(podTemplateHash(bootcamp));
  });

  it.each([
    ["100m", "i:{100 -3} d:nil s:100m DecimalSI"],
    ["1000", "i:{1000 0} d:nil s: DecimalSI"],
    ["0", "i:{0 0} d:nil s:0 DecimalSI"],
    ["2Gi", "i:{2147483648 0} d:nil s:2Gi BinarySI"],
    ["8Gi", "i:{8589934592 0} d:nil s: BinarySI"],
    ["12e6", "i:{12 6} d:nil s:12e6 DecimalExponent"],
    ["-1.5Gi", "i:{0 0} d:true [1610612736000000000] 9 s: BinarySI"],
    ["0.5Ki", "i:{0 0} d:false [512000000000] 9 s: BinarySI"],
    ["123456789012345678901", "i:{0 0} d:false [14083847773602697728 6692605942] 9 s: DecimalSI"],
    ["900Ei", "i:{0 0} d:false [9223372036854775807] 0 s: BinarySI"],
  ])("prints the insides of the quantity %s", (text, insides) => {
    const [, value, scale, decimal, kept, format] =
      /^\{i:\(resource\.int64Amount\)\{value:\(int64\)(\S+) scale:\(resource\.Scale\)(\S+)\} d:\(resource\.infDecAmount\)\{Dec:\(\*inf\.Dec\)(.+)\} s:\(string\)(.*) Format:\(resource\.Format\)(\w+)\}$/.exec(
        dumpQuantity(text),
      )!;
    const big = decimal!
      .replace("<nil>", "nil")
      .replace(/^\{unscaled:\(big\.Int\)\{neg:\(bool\)(\w+) abs:\(big\.nat\)(.+)\} scale:\(inf\.Scale\)(\d+)\}$/, "$1 $2 $3");
    expect(`i:{${value} ${scale}} d:${big} s:${kept} ${format}`).toBe(insides);
  });
});

describe("controller revision", () => {
  it("keeps the template as Go writes it, with empty structs filled in", () => {
    const bare = { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c" }] } };
    expect(controllerRevisionData(bare)).toEqual({
      spec: {
        template: {
          $patch: "replace",
          metadata: { labels: { a: "b" } },
          spec: { containers: [{ name: "c", resources: {} }] },
        },
      },
    });
  });

  it("is named by upstream's hash over its bytes", () => {
    expect(controllerRevisionHash(controllerRevisionData(rich))).toBe("6bbfd9c6fb");
    expect(controllerRevisionHash(controllerRevisionData(rich), 3)).toBe("68cf545bff");
  });
});
