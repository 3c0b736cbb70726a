import { webcrypto } from "node:crypto";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";

const YEAR = 365 * 24 * 3600 * 1000;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/**
 * What a Go server makes for its own port where nobody gives it a certificate: for its name alone, signed by an authority that nobody
 * knows (client-go util/cert GenerateSelfSignedCertKey). PEM. Load this module when it is needed: the certificate library takes 100 ms.
 */
export async function createSelfSigned(name: string, now: number): Promise<{ certificate: string; key: string }> {
  x509.cryptoProvider.set(webcrypto as never);
  const pair = () => webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>;
  const [authority, own] = await Promise.all([pair(), pair()]);
  const made = Math.floor(now / 1000);
  const certificate = await x509.X509CertificateGenerator.create({
    notBefore: new Date(now - 3_600_000),
    notAfter: new Date(now + YEAR),
    signingAlgorithm: ALGORITHM,
    serialNumber: "02",
    subject: `CN=${name}@${made}`,
    issuer: `CN=${name}-ca@${made}`,
    publicKey: own.publicKey,
    signingKey: authority.privateKey,
    extensions: [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([{ type: "dns", value: name }]),
    ],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", own.privateKey)).toString("base64");
  const key = `-----BEGIN PRIVATE KEY-----\n${der.replaceAll(/(.{64})(?=.)/g, "$1\n")}\n-----END PRIVATE KEY-----\n`;
  return { certificate: certificate.toString("pem"), key };
}
