import { createHash, webcrypto } from "node:crypto";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { Pki } from "./identity.ts";

type KeyPair = webcrypto.CryptoKeyPair;

const YEAR = 365 * 24 * 3600 * 1000;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** Names a client inside or outside the cluster may reach the API server by. */
const SERVER_NAMES = [
  "localhost",
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster.local",
];

/** A new authority and what it signs. `addresses` are the API server's IPs besides loopback. Valid for ten years, as the cluster is a toy. */
export async function createPki(now: number, addresses: readonly string[]): Promise<Pki> {
  x509.cryptoProvider.set(webcrypto as never);
  const pair = () => webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]) as Promise<KeyPair>;
  const [authority, server, admin, token] = await Promise.all([pair(), pair(), pair(), pair()]);
  const validity = { notBefore: new Date(now - 60_000), notAfter: new Date(now + 10 * YEAR), signingAlgorithm: ALGORITHM };
  const serial = (name: string) => createHash("sha256").update(`${name}${now}`).digest("hex").slice(0, 16);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: serial("ca"),
    name: "CN=kubernetes",
    keys: authority,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  const signed = async (
    subject: string,
    keys: KeyPair,
    usage: string,
    extensions: InstanceType<typeof x509.Extension>[] = [],
  ) => {
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity,
      serialNumber: serial(subject),
      subject,
      issuer: ca.subject,
      publicKey: keys.publicKey,
      signingKey: authority.privateKey,
      extensions: [
        new x509.ExtendedKeyUsageExtension([usage]),
        await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
        ...extensions,
      ],
    });
    return { certificate: certificate.toString("pem"), key: await privatePem(keys) };
  };
  const names = new x509.SubjectAlternativeNameExtension([
    ...SERVER_NAMES.map((value) => ({ type: "dns" as const, value })),
    ...["127.0.0.1", ...addresses].map((value) => ({ type: "ip" as const, value })),
  ]);
  return {
    ca: `${ca.toString("pem")}\n`,
    server: await signed("CN=kube-apiserver", server, x509.ExtendedKeyUsage.serverAuth, [names]),
    admin: await signed("O=kubeadm:cluster-admins, CN=kubernetes-admin", admin, x509.ExtendedKeyUsage.clientAuth),
    tokenKey: await privatePem(token),
  };
}

async function privatePem({ privateKey }: KeyPair): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", privateKey)).toString("base64");
  return `-----BEGIN PRIVATE KEY-----\n${der.replaceAll(/(.{64})(?=.)/g, "$1\n")}\n-----END PRIVATE KEY-----\n`;
}
