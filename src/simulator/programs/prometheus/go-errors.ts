import { DialError } from "../../network/network.ts";
import { ResolveError } from "../../network/http-fetch.ts";
import { parseResolvConf } from "../../network/resolv-conf.ts";
import type { ContainerFiles } from "../program.ts";

const UNKNOWN_AUTHORITY = new Set([
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_GET_ISSUER_CERT",
]);

/** Why a request failed, as Go's net/http says it behind `Get "URL": `. */
export async function requestFailure(error: unknown, url: URL, address: string, files: ContainerFiles): Promise<string> {
  if (error instanceof DialError) return `dial tcp ${address}: ${error.message}`;
  if (error instanceof ResolveError) {
    const conf = parseResolvConf(String(await files.read("/etc/resolv.conf").catch(() => "")));
    const server = conf.nameservers[0] ? ` on ${conf.nameservers[0]}:53` : "";
    return `dial tcp: lookup ${url.hostname}${server}: no such host`;
  }
  const { code = "", message, cert } = error as Error & { code?: string; cert?: { subjectaltname?: string } };
  if (UNKNOWN_AUTHORITY.has(code)) return "tls: failed to verify certificate: x509: certificate signed by unknown authority";
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID")
    return "tls: failed to verify certificate: x509: certificate has expired or is not yet valid";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return `tls: failed to verify certificate: x509: ${nameFault(url.hostname, cert?.subjectaltname ?? "")}`;
  if (code === "EPROTO" || code === "ERR_SSL_WRONG_VERSION_NUMBER") return "http: server gave HTTP response to HTTPS client";
  if (code === "ECONNRESET" || message === "socket hang up") return "EOF";
  return code.startsWith("HPE_") ? `net/http: HTTP/1.x transport connection broken: malformed HTTP response` : message;
}

/** A certificate that is somebody else's (crypto/x509, HostnameError). */
function nameFault(host: string, names: string): string {
  const of = (kind: string) => [...names.matchAll(new RegExp(`${kind}:([^,\\s]+)`, "g"))].map(([, name]) => name!);
  const [hosts, addresses] = [of("DNS"), of("IP Address")];
  if (/^[\d.]+$/.test(host)) {
    return addresses.length === 0
      ? `cannot validate certificate for ${host} because it doesn't contain any IP SANs`
      : `certificate is valid for ${addresses.join(", ")}, not ${host}`;
  }
  return hosts.length === 0
    ? `certificate is not valid for any names, but wanted to match ${host}`
    : `certificate is valid for ${hosts.join(", ")}, not ${host}`;
}

const FILE_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EROFS: "read-only file system",
  EISDIR: "is a directory",
  ENOTDIR: "not a directory",
};

/** Why a file could not be read, as Go's os package says it: `open /x: no such file or directory`. */
export function fileFault(path: string, error: unknown): string {
  const code = (error as { code?: string }).code ?? "";
  return `${code === "EISDIR" ? "read" : "open"} ${path}: ${FILE_FAULTS[code] ?? (error as Error).message}`;
}
