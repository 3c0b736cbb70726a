import type { Secret as SecretType } from "kubernetes-types/core/v1";
import { keyOf, type Live } from "../api/object.ts";
import type { Controller } from "./controller.ts";
import { objectKey, queueKey, workQueue } from "./controller.ts";
import { StatusError } from "../api/status-error.ts";
import { objectIndex } from "./object-index.ts";
import { unlessGone } from "./refusals.ts";

type Secret = Live<SecretType>;

const ACCOUNT_NAME = "kubernetes.io/service-account.name";
const ACCOUNT_UID = "kubernetes.io/service-account.uid";

/** Fills Secrets of type kubernetes.io/service-account-token, which end with their account (pkg/controller/serviceaccount). */
export const serviceAccountTokenController: Controller = (context) => {
  const { client, issueToken, rootCA } = context;
  const byAccount = objectIndex<Secret>(client, "secrets", (secret) => {
    const account = accountOf(secret);
    return account ? [`${secret.metadata.namespace}/${account}`] : [];
  });

  const queue = workQueue(context, async (key) => {
    const secret = client.get<Secret>("secrets", objectKey(key));
    const name = secret && accountOf(secret);
    if (!secret || !name) return;
    const { namespace = "", annotations } = secret.metadata;
    const account = client.get("serviceaccounts", { namespace, name });
    const wanted = annotations?.[ACCOUNT_UID];
    if (!account || (wanted && wanted !== account.metadata.uid)) return await unlessGone(client.delete("secrets", keyOf(secret)));
    if (secret.data?.["token"] && secret.data["ca.crt"] && secret.data["namespace"] && wanted) return;
    if (!issueToken) throw StatusError.notModelled("tokens in Secrets");
    const { uid } = account.metadata;
    const encoded = (text: string) => Buffer.from(text).toString("base64");
    const data = {
      "ca.crt": encoded(rootCA),
      namespace: encoded(namespace),
      token: encoded(issueToken({ namespace, name, uid })),
      ...secret.data,
    };
    const metadata = { ...secret.metadata, annotations: { ...annotations, [ACCOUNT_UID]: uid } };
    await client.update<Secret>("secrets", { ...secret, metadata, data });
  });

  const stops = [
    client.watch<Secret>("secrets", ({ type, object }) => type !== "DELETED" && accountOf(object) && queue.add(queueKey(object))),
    client.watch("serviceaccounts", ({ object }) =>
      byAccount.get(queueKey(object)).forEach((secret) => queue.add(queueKey(secret))),
    ),
  ];
  return () => [...stops, byAccount.stop, queue.stop].forEach((stop) => stop());
};

const accountOf = ({ type, metadata }: Secret): string | undefined =>
  type === "kubernetes.io/service-account-token" ? metadata.annotations?.[ACCOUNT_NAME] : undefined;
