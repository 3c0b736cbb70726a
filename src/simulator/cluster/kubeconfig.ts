/** A kubeconfig with one cluster, one user and one context, all of the cluster's name. */
export interface KubeconfigEntry {
  /** The context's name, also that of cluster and user. */
  context: string;
  server: string;
  /** PEM. */
  ca: string;
  certificate: string;
  key: string;
  namespace: string;
}

/** The file as kubectl would write it. */
export function kubeconfigText({ context, server, ca, certificate, key, namespace }: KubeconfigEntry): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const lines = [
    "apiVersion: v1",
    "kind: Config",
    "clusters:",
    "- cluster:",
    `    certificate-authority-data: ${base64(ca)}`,
    `    server: ${server}`,
    `  name: ${context}`,
    "contexts:",
    "- context:",
    `    cluster: ${context}`,
    `    namespace: ${namespace}`,
    `    user: ${context}`,
    `  name: ${context}`,
    `current-context: ${context}`,
    "users:",
    `- name: ${context}`,
    "  user:",
    `    client-certificate-data: ${base64(certificate)}`,
    `    client-key-data: ${base64(key)}`,
    "",
  ];
  return lines.join("\n");
}
