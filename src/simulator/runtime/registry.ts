import { createHash } from "node:crypto";
import { PullError, type PulledImage } from "../kubelet/runtime.ts";
import type { Image } from "../programs/program.ts";
import { fullName, parseImageReference, repositoryOf, type ImageReference } from "./image-reference.ts";

/** Images that exist, but not for this runtime: why containerd 2.1 refuses them. */
const REFUSED: Readonly<Record<string, string>> = {
  "registry.k8s.io/echoserver:1.4": schema1("application/vnd.docker.distribution.manifest.v1+prettyjws"),
  "gcr.io/google-samples/node-hello:1.0": schema1("application/vnd.docker.distribution.manifest.v1+prettyjws"),
};

/** Well-known images that the practice cluster has no program for. To say that they do not exist would be a lie. */
const NOT_MODELLED = new Set(
  "mysql mariadb postgres mongo redis memcached rabbitmq cassandra elasticsearch python node golang openjdk ruby php wordpress tomcat traefik haproxy registry vault consul perl fluentd nats influxdb kafka zookeeper".split(
    " ",
  ),
);

/** All the images there are, and the words of the registries about those there are not. */
export class Registry {
  readonly #images = new Map<string, Image[]>();

  constructor(images: readonly Image[]) {
    for (const image of images) {
      for (const repository of image.repositories.map(canonical)) {
        this.#images.set(repository, [...(this.#images.get(repository) ?? []), image]);
      }
    }
  }

  /** Throws a PullError with reason InvalidImageName, in the kubelet's words. */
  reference(name: string): ImageReference {
    const reference = parseImageReference(name);
    if (!("error" in reference)) return reference;
    const why = `couldn't parse image name "${name}": ${reference.error}`;
    throw new PullError("InvalidImageName", `Failed to apply default image tag "${name}": ${why}`);
  }

  /** Throws a PullError with the text the kubelet gets from containerd 2.1: a code that is Unknown is not mentioned. */
  find(reference: ImageReference): PulledImage {
    const name = fullName(reference);
    const failed = (why: string, code?: string) => {
      const text = `failed to pull and unpack image "${name}": ${why}`;
      return new PullError("ErrImagePull", code ? `rpc error: code = ${code} desc = ${text}` : text);
    };
    const unresolved = (why: string, code?: string) => failed(`failed to resolve reference "${name}": ${why}`, code);

    const refusal = REFUSED[name];
    if (refusal) throw failed(refusal, "Unimplemented");
    const images = this.#images.get(repositoryOf(reference));
    if (!images) throw unresolved(...unknownRepository(reference));
    for (const image of images) {
      const tag = image.tags.find((one) =>
        reference.digest ? digestOf(image, one) === reference.digest : one === reference.tag,
      );
      if (tag) return { image, name, imageID: `${repositoryOf(reference)}@${digestOf(image, tag)}` };
    }
    throw unresolved(`${name}: not found`, "NotFound");
  }
}

const digestOf = ({ repositories }: Image, tag: string): string =>
  `sha256:${createHash("sha256")
    .update(`${canonical(repositories[0]!)}:${tag}`)
    .digest("hex")}`;

/** What each registry says of a repository it does not have, or does not show to strangers. */
function unknownRepository(reference: ImageReference): [why: string, code?: string] {
  const { registry, path, tag } = reference;
  const name = fullName(reference);
  switch (registry) {
    case "docker.io":
      if (NOT_MODELLED.has(path.replace("library/", "")))
        return ["the practice cluster does not model this image", "Unimplemented"];
      return [
        "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
      ];
    case "registry.k8s.io":
      return [`${name}: not found`, "NotFound"];
    case "quay.io":
      return [`unexpected status from HEAD request to https://quay.io/v2/${path}/manifests/${tag}: 401 UNAUTHORIZED`];
    case "ghcr.io": {
      const token = `https://ghcr.io/token?scope=${encodeURIComponent(`repository:${path}:pull`)}&service=ghcr.io`;
      return [
        `failed to authorize: failed to fetch anonymous token: unexpected status from GET request to ${token}: 403 Forbidden`,
      ];
    }
    default: {
      const host = registry.replace(/:\d+$/, "");
      const head = `Head "https://${registry}/v2/${path}/manifests/${reference.digest ?? tag}"`;
      return [`failed to do request: ${head}: dial tcp: lookup ${host} on 172.18.0.1:53: no such host`];
    }
  }
}

function schema1(mediaType: string): string {
  const successors = `"application/vnd.docker.distribution.manifest.v2+json" or "application/vnd.oci.image.manifest.v1+json"`;
  return `not implemented: media type "${mediaType}" is no longer supported since containerd v2.1, please rebuild the image as ${successors}`;
}

function canonical(repository: string): string {
  const reference = parseImageReference(repository);
  if ("error" in reference) throw new Error(`${repository}: ${reference.error}`);
  return repositoryOf(reference);
}
