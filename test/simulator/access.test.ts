import { webcrypto } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPracticeCluster, type PracticeCluster } from "../helpers/practice-cluster.ts";

let cluster: PracticeCluster;
beforeAll(async () => {
  cluster = await startPracticeCluster({ nodes: 1 });
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

const run = (command: string) => cluster.kubectl(words(command));
/** Standard output of a command that succeeds. */
async function kubectl(command: string): Promise<string> {
  const { exitCode, stdout, stderr } = await run(command);
  expect({ command, stderr: exitCode === 0 ? "" : stderr }).toEqual({ command, stderr: "" });
  return stdout.trim();
}
/** What a command that fails says. */
async function refused(command: string): Promise<string> {
  const { exitCode, stderr, stdout } = await run(command);
  expect({ command, stdout, isRefused: exitCode !== 0 }).toEqual({ command, stdout, isRefused: true });
  return stderr.trim();
}
/** Words at blanks; `'…'` stays together. */
const words = (command: string) => [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");

/** Applies objects through a file, as a user would. */
async function apply(...objects: object[]): Promise<string> {
  const file = join(tmpdir(), `access-${process.pid}-${Math.trunc(performance.now() * 1000)}.yml`);
  await writeFile(file, objects.map((object) => dump(object)).join("---\n"));
  const { stdout, stderr } = await cluster.kubectl(["apply", "-f", file]);
  return `${stdout}${stderr}`;
}

describe("a fresh cluster", () => {
  test("has the roles of kubeadm and kind, and admin holds what edit and view hold", async () => {
    const names = (await kubectl("get clusterroles -o name")).split("\n").map((name) => name.split("/")[1]);
    expect(names).toHaveLength(72);
    expect(names).toEqual(expect.arrayContaining(["system:controller:job-controller", "kubeadm:get-nodes", "kindnet"]));
    const rules = async (role: string) => JSON.parse(await kubectl(`get clusterrole ${role} -o jsonpath={.rules}`)) as unknown[];
    const [view, edit, admin] = await Promise.all(["view", "edit", "admin"].map(rules));
    expect(edit).toEqual(expect.arrayContaining(view as unknown[]));
    expect(admin).toEqual(expect.arrayContaining(edit as unknown[]));
  });

  test("shows a node that joins its own configuration, and nobody the Secrets", async () => {
    const joining = "--as=system:bootstrap:abcdef --as-group=system:bootstrappers:kubeadm:default-node-token";
    expect(await kubectl(`auth can-i get cm/kubeadm-config -n kube-system ${joining}`)).toBe("yes");
    expect((await run(`auth can-i get secrets -n kube-system ${joining}`)).stdout.trim()).toBe("no");
  });
});

describe("roles", () => {
  beforeAll(async () => {
    await kubectl("create namespace team");
    await kubectl("create clusterrole grants --verb=create,get,patch --resource=roles,rolebindings,clusterroles");
    await kubectl("create rolebinding grants --clusterrole=grants --user=mia -n team");
  });

  test("cannot be given by somebody who does not have them, or the right to bind them", async () => {
    expect(await refused("create role r --verb=get,list --resource=pods,pods/log -n team --as=mia")).toBe(
      [
        'Error from server (Forbidden): roles.rbac.authorization.k8s.io "r" is forbidden: user "mia" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:',
        '{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}',
        '{APIGroups:[""], Resources:["pods/log"], Verbs:["get" "list"]}',
      ].join("\n"),
    );
    expect(await refused("create rolebinding rb --clusterrole=view --user=mia -n team --as=mia")).toContain(
      'attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["bindings"]',
    );
    expect(await refused("create rolebinding rb --role=none --user=mia -n team --as=mia")).toBe(
      'error: failed to create rolebinding: role.rbac.authorization.k8s.io "none" not found',
    );
    await kubectl("create role binds --verb=bind --resource=clusterroles --resource-name=view -n team");
    await kubectl("create rolebinding binds --role=binds --user=mia -n team");
    await kubectl("create rolebinding rb --clusterrole=view --user=mia -n team --as=mia");
    // Now that mia holds them, they can be passed on.
    await kubectl("create role r --verb=get,list --resource=pods,pods/log -n team --as=mia");
  });

  test("that are bound but missing are named in the refusal", async () => {
    await kubectl("create rolebinding dangling --role=gone --user=zed -n team");
    expect(await refused("get pods -n team --as=zed")).toBe(
      'Error from server (Forbidden): pods is forbidden: User "zed" cannot list resource "pods" in API group "" in the namespace "team": RBAC: role.rbac.authorization.k8s.io "gone" not found',
    );
    expect((await run("auth can-i get pods -n team --as=zed")).stdout.trim()).toBe(
      'no - RBAC: role.rbac.authorization.k8s.io "gone" not found',
    );
  });

  test("of one name allow a watch of that name", async () => {
    await kubectl("create role one --verb=list --resource=cm --resource-name=mine -n team");
    await kubectl("create rolebinding one --role=one --user=ola -n team");
    await kubectl("get cm --field-selector metadata.name=mine -n team --as=ola");
    expect(await refused("get cm -n team --as=ola")).toContain('User "ola" cannot list resource "configmaps"');
  });
});

describe("a kubelet", () => {
  const NODE = "bootcamp-control-plane";
  const as = `--as=system:node:${NODE} --as-group=system:nodes`;
  const denied = (what: string, resource: string, where: string, why: string) =>
    `Error from server (Forbidden): ${what} is forbidden: User "system:node:${NODE}" cannot ${resource} in API group "" ${where}: ${why}`;

  test("sees its own node and pods, and what these need", async () => {
    await kubectl(`get node ${NODE} ${as}`);
    await kubectl(`get pods -A --field-selector spec.nodeName=${NODE} ${as}`);
    await kubectl(`get cm coredns -n kube-system ${as}`);
    expect(await refused(`get pods -A ${as}`)).toBe(
      denied(
        "pods",
        'list resource "pods"',
        "at the cluster scope",
        "can only list/watch pods with spec.nodeName field selector",
      ),
    );
    expect(await refused(`get nodes ${as}`)).toContain(`node '${NODE}' cannot read all nodes, only its own Node object`);
    expect(await refused(`get cm kubelet-config -n kube-public ${as}`)).toBe(
      denied(
        'configmaps "kubelet-config"',
        'get resource "configmaps"',
        'in the namespace "kube-public"',
        `no relationship found between node '${NODE}' and this object`,
      ),
    );
  });

  test("changes its own node, but not what pods are steered by", async () => {
    await kubectl(`label node ${NODE} disk=fast ${as}`);
    expect(await refused(`label node ${NODE} node-restriction.kubernetes.io/team=a ${as}`)).toBe(
      `Error from server (Forbidden): nodes "${NODE}" is forbidden: is not allowed to modify labels: node-restriction.kubernetes.io/team`,
    );
    expect(await refused(`taint node ${NODE} a=b:NoSchedule ${as}`)).toContain(`node "${NODE}" is not allowed to modify taints`);
    expect(await refused(`run a --image=busybox:1.36 ${as}`)).toContain(
      `pod does not have "kubernetes.io/config.mirror" annotation, node "${NODE}" can only create mirror pods`,
    );
  });
});

describe("who is asking", () => {
  interface Answer {
    code: number;
    body: { message?: string; status?: { userInfo?: Record<string, unknown> } & Record<string, unknown> };
  }
  interface Config {
    clusters: { cluster: { server: string; "certificate-authority-data": string } }[];
    users: { user: { "client-certificate-data": string; "client-key-data": string } }[];
  }

  /** A bare request, as the administrator unless `who` says otherwise. */
  async function ask(
    path: string,
    headers: Record<string, string | string[]> = {},
    body?: object,
    who = "admin",
  ): Promise<Answer> {
    const raw = await kubectl("config view --raw -o yaml");
    const { clusters, users } = load(raw) as Config;
    const { server, ...authority } = clusters[0]!.cluster;
    const bytes = (text: string) => Buffer.from(text, "base64");
    const { "client-certificate-data": certificate, "client-key-data": key } = users[0]!.user;
    const options = {
      method: body ? "POST" : "GET",
      ca: bytes(authority["certificate-authority-data"]),
      headers: { "Content-Type": "application/json", ...headers },
      agent: false as const,
      ...(who === "admin" && { cert: bytes(certificate), key: bytes(key) }),
    };
    return new Promise((resolve, reject) => {
      const call = request(`${server}${path}`, options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ code: response.statusCode ?? 0, body: text.startsWith("{") ? JSON.parse(text) : {} });
        });
      });
      call.on("error", reject);
      call.end(body && JSON.stringify(body));
    });
  }

  const review = (apiVersion: string, kind: string, spec?: object) => ({ apiVersion, kind, ...(spec && { spec }) });
  const selfReview = review("authentication.k8s.io/v1", "SelfSubjectReview");
  const WHO = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

  test("a certificate, a token, another user's name, or nobody", async () => {
    const admin = await ask(WHO, {}, selfReview);
    expect(admin.body.status?.userInfo).toMatchObject({
      username: "kubernetes-admin",
      extra: { "authentication.kubernetes.io/credential-id": [expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/)] },
    });
    const headers = {
      "Impersonate-User": "system:serviceaccount:team:robot",
      "Impersonate-Uid": "7",
      "Impersonate-Extra-Example.com%2Fscopes": ["a", "b"],
    };
    expect((await ask(WHO, headers, selfReview)).body.status?.userInfo).toEqual({
      username: "system:serviceaccount:team:robot",
      uid: "7",
      groups: ["system:serviceaccounts", "system:serviceaccounts:team", "system:authenticated"],
      extra: { "example.com/scopes": ["a", "b"] },
    });
    expect(await ask("/api/v1/pods", {}, undefined, "nobody")).toMatchObject({
      code: 403,
      body: {
        message: 'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope',
      },
    });
    expect((await ask("/readyz", {}, undefined, "nobody")).code).toBe(200);
    expect((await ask("/readyz", { Authorization: "Bearer wrong" }, undefined, "nobody")).code).toBe(401);
  });

  test("impersonation takes a right for each thing it pretends", async () => {
    await kubectl("create clusterrole poses --verb=impersonate --resource=users --resource-name=jane");
    await kubectl("create clusterrolebinding poses --clusterrole=poses --user=system:serviceaccount:default:default");
    const token = await kubectl("create token default");
    const as = (headers: object) => ask(WHO, { Authorization: `Bearer ${token}`, ...headers }, selfReview, "nobody");
    expect((await as({ "Impersonate-User": "jane" })).body.status?.userInfo?.["username"]).toBe("jane");
    const { code, body } = await as({ "Impersonate-User": "jane", "Impersonate-Extra-Scopes": "a" });
    expect({ code, message: body.message }).toEqual({
      code: 403,
      message:
        'userextras.authentication.k8s.io "a" is forbidden: User "system:serviceaccount:default:default" cannot impersonate resource "userextras/scopes" in API group "authentication.k8s.io" at the cluster scope',
    });
  });

  test("a token dies with the object it is bound to, and is good for its audience alone", async () => {
    await kubectl("create sa robot");
    await kubectl("create secret generic key");
    const bound = await kubectl("create token robot --bound-object-kind=Secret --bound-object-name=key");
    const other = await kubectl("create token robot --audience=vault");
    const verdict = async (token: string, audiences?: string[]) => {
      const asked = review("authentication.k8s.io/v1", "TokenReview", { token, ...(audiences && { audiences }) });
      return (await ask("/apis/authentication.k8s.io/v1/tokenreviews", {}, asked)).body.status;
    };
    expect(await verdict(bound)).toMatchObject({
      authenticated: true,
      user: { username: "system:serviceaccount:default:robot" },
    });
    expect(await verdict(other, ["vault", "else"])).toMatchObject({ authenticated: true, audiences: ["vault"] });
    expect((await verdict(other))?.["error"]).toContain('token audiences ["vault"] is invalid for the target audiences');
    await kubectl("delete secret key");
    expect(await verdict(bound)).toEqual({
      user: {},
      error: "[invalid bearer token, service account token has been invalidated]",
    });
    expect(await refused("create token robot --bound-object-kind=Secret --bound-object-name=key")).toBe(
      'error: failed to create token: secrets "key" not found',
    );
  });

  test("reviews refuse a question that is none", async () => {
    const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    const { code, body } = await ask(path, {}, review("authorization.k8s.io/v1", "SubjectAccessReview", {}));
    expect({ code, message: body.message }).toEqual({
      code: 422,
      message:
        'SubjectAccessReview.authorization.k8s.io "" is invalid: [spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified, spec.user: Invalid value: "": at least one of user or group must be specified]',
    });
  });
});

describe("pod security", () => {
  test("warns those who write workloads, and of pods that are there already", async () => {
    await kubectl("create namespace held");
    await kubectl("run a --image=busybox:1.36 -n held");
    await kubectl("run b --image=busybox:1.36 -n held");
    const { stderr } = await run("label ns held pod-security.kubernetes.io/enforce=restricted");
    expect(stderr.trim()).toBe(
      [
        'Warning: existing pods in namespace "held" violate the new PodSecurity enforce level "restricted:latest"',
        "Warning: a (and 1 other pod): allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile",
      ].join("\n"),
    );
    const template = {
      metadata: { labels: { app: "a" } },
      spec: { hostPID: true, containers: [{ name: "c", image: "busybox:1.36" }] },
    };
    const job = {
      metadata: { name: "j" },
      spec: { template: { ...template, spec: { ...template.spec, restartPolicy: "Never" } } },
    };
    const cronJob = { apiVersion: "batch/v1", kind: "CronJob", metadata: { name: "nightly", namespace: "held" } };
    expect(await apply({ ...cronJob, spec: { schedule: "0 0 * * *", jobTemplate: { spec: job.spec } } })).toMatch(
      /^cronjob.batch\/nightly created\nWarning: would violate PodSecurity "restricted:latest": host namespaces \(hostPID=true\), allow/,
    );
  });
});

describe("certificate requests", () => {
  const csr = (name: string, signerName: string, request: string) => ({
    apiVersion: "certificates.k8s.io/v1",
    kind: "CertificateSigningRequest",
    metadata: { name },
    spec: { signerName, request, usages: ["client auth"] },
  });

  /** A request of a new key for the organisation, in base64. */
  async function requestFor(organisation: string): Promise<string> {
    await import("reflect-metadata");
    const { Pkcs10CertificateRequestGenerator } = await import("@peculiar/x509");
    const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const keys = (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
    const made = await Pkcs10CertificateRequestGenerator.create({
      name: `O=${organisation}, CN=jane`,
      keys,
      signingAlgorithm: algorithm,
    });
    return Buffer.from(made.toString("pem")).toString("base64");
  }

  test("are approved by those who may approve for the signer, and never make superusers", async () => {
    const signer = "kubernetes.io/kube-apiserver-client";
    expect(await apply(csr("jane", signer, await requestFor("devs")))).toContain(
      "certificatesigningrequest.certificates.k8s.io/jane created",
    );
    expect(await apply(csr("root", signer, await requestFor("system:masters")))).toContain(
      `certificatesigningrequests.certificates.k8s.io "root" is forbidden: use of ${signer} signer with system:masters group is not allowed`,
    );
    await kubectl(
      "create clusterrole half --verb=get,update --resource=certificatesigningrequests,certificatesigningrequests/approval",
    );
    await kubectl("create clusterrolebinding half --clusterrole=half --user=ann");
    expect(await refused("certificate approve jane --as=ann")).toContain(
      `certificatesigningrequests.certificates.k8s.io "jane" is forbidden: user not permitted to approve requests with signerName "${signer}"`,
    );
    await apply({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "whole" },
      rules: [
        { apiGroups: ["certificates.k8s.io"], resources: ["signers"], resourceNames: ["kubernetes.io/*"], verbs: ["approve"] },
      ],
    });
    await kubectl("create clusterrolebinding whole --clusterrole=whole --user=ann");
    await kubectl("certificate approve jane --as=ann");
  });
});
