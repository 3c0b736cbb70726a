/** An image name, completed as Docker's registry rules complete it. */
export interface ImageReference {
  /** `docker.io` */
  registry: string;
  /** `library/nginx` */
  path: string;
  tag: string;
  /** `sha256:…`, when the name carries one. */
  digest?: string;
}

/** `docker.io/library/nginx` */
export const repositoryOf = ({ registry, path }: ImageReference): string => `${registry}/${path}`;

/** `docker.io/library/nginx:1.27`; by digest, when there is one. */
export const fullName = (reference: ImageReference): string =>
  repositoryOf(reference) + (reference.digest ? `@${reference.digest}` : `:${reference.tag}`);

const COMPONENT = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$/;

/** Reads a name; `{ error }` says why it is none (github.com/distribution/reference, ParseNormalizedNamed). */
export function parseImageReference(name: string): ImageReference | { error: string } {
  const [, rest = "", digest] = /^([^@]*)(?:@(.*))?$/.exec(name)!;
  const [, repository = "", tag] = /^(.*?)(?::([^/:]*))?$/.exec(rest)!;
  const slash = repository.indexOf("/");
  const first = repository.slice(0, Math.max(0, slash));
  const hasRegistry = first.includes(".") || first.includes(":") || first === "localhost";
  const registry = hasRegistry ? first : "docker.io";
  const remainder = hasRegistry ? repository.slice(slash + 1) : repository;
  const path = registry === "docker.io" && !remainder.includes("/") ? `library/${remainder}` : remainder;

  if (remainder !== remainder.toLowerCase()) {
    return { error: `invalid reference format: repository name (${remainder}) must be lowercase` };
  }
  const valid =
    path.split("/").every((component) => COMPONENT.test(component)) &&
    (tag === undefined || /^\w[\w.-]{0,127}$/.test(tag)) &&
    (digest === undefined || /^sha256:[0-9a-f]{64}$/.test(digest));
  if (!valid) return { error: "invalid reference format" };
  return { registry, path, tag: tag ?? "latest", ...(digest && { digest }) };
}
