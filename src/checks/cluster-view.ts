import type { Kube, ListQuery } from "../kube/kube.ts";
import { ApiError, isOfCluster } from "../kube/api-error.ts";
import { knownResources, resourceNamed } from "../kube/resources.ts";
import type { KubeObject } from "../kube/objects.ts";

/** The cluster at one moment: what is read twice is asked for once, so that the checks of a step agree with each other. */
export class ClusterView {
  readonly #connect: () => Promise<Kube>;
  readonly #read = new Map<string, Promise<unknown>>();

  constructor(connect: () => Promise<Kube>) {
    this.#connect = connect;
  }

  /** For what is not kept: dry runs, requests through the proxy, exec. */
  kube(): Promise<Kube> {
    return this.#once("kube", () => this.#connect());
  }

  get<T extends object = KubeObject>(kind: string, name: string, namespace?: string): Promise<T | undefined> {
    return this.#once(`get ${wordFor(kind)} ${name} ${namespace}`, async () => (await this.kube()).get<T>(kind, name, namespace));
  }

  list<T extends object = KubeObject>(kind: string, query: ListQuery = {}): Promise<T[]> {
    const { namespace, selector, fields } = query;
    return this.#once(`list ${wordFor(kind)} ${namespace} ${selector} ${fields}`, async () =>
      (await this.kube()).list<T>(kind, query),
    );
  }

  /** What more can be told, where one can look: a list that can't be had is empty. */
  async peek<T extends object = KubeObject>(kind: string, query: ListQuery = {}): Promise<T[]> {
    try {
      return await this.list<T>(kind, query);
    } catch (error) {
      if (isOfCluster(error)) return [];
      throw error;
    }
  }

  /** The output of a command in a container, undefined when it can't be had. */
  async output(pod: string, command: readonly string[], namespace: string): Promise<string | undefined> {
    return this.#once(`exec ${namespace} ${pod} ${command.join(" ")}`, async () => {
      try {
        const { code, stdout } = await (await this.kube()).exec({ pod, namespace, command });
        return code === 0 ? stdout : undefined;
      } catch (error) {
        if (error instanceof ApiError) return undefined;
        throw error;
      }
    });
  }

  #once<T>(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.#read.get(key);
    if (known) return known as Promise<T>;
    const reading = read();
    this.#read.set(key, reading);
    return reading;
  }
}

/** `Pod`, `pods` and `po` are one. */
const wordFor = (kind: string): string => resourceNamed(knownResources, kind)?.plural ?? kind;
