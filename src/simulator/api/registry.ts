import type { Clock } from "../clock.ts";
import type { Random } from "../random.ts";
import type { ResourceStrategy, StrategyContext } from "../resources/resource.ts";
import type { ColumnDefinition, ResourceInfo } from "../schema/resource-info.ts";
import type { Schema, SchemaIndex } from "../schema/schema.ts";
import type { Store } from "../store/store.ts";
import type { AdmissionPlugin } from "./admission.ts";
import type { KubeObject } from "./object.ts";
import type { GroupResource } from "./status-error.ts";

/** A kind whose version on the wire differs from the stored one (autoscaling/v1, events.k8s.io/v1). */
export interface Conversion {
  /** The resource under whose name objects are stored. */
  storage: string;
  fromStored(object: KubeObject): KubeObject;
  toStored(object: KubeObject): KubeObject;
}

/** Everything the pipeline knows of one resource in one version. */
export interface Endpoint {
  info: ResourceInfo;
  /** Plural and group: `pods`, `deployments.apps`. */
  name: string;
  /** Under which name its objects are stored. */
  storage: string;
  resource: GroupResource;
  apiVersion: string;
  schema: Schema;
  strategy: ResourceStrategy;
  columns?: readonly ColumnDefinition[];
  conversion?: Conversion;
  /** The kind of a CustomResourceDefinition. */
  custom?: true;
}

/** What a custom resource brings along that is recorded for others. */
export type CustomEndpoint = Required<Pick<Endpoint, "strategy" | "columns" | "conversion">>;

export interface RegistryOptions {
  store: Store;
  schemas: SchemaIndex;
  clock: Clock;
  random: Random;
  infos: readonly ResourceInfo[];
  strategies: ReadonlyMap<string, ResourceStrategy>;
  columns(group: string, version: string, resource: string): readonly ColumnDefinition[] | undefined;
  conversions: ReadonlyMap<string, Conversion>;
  admission: readonly AdmissionPlugin[];
}

/** The resources that are served, by where they stand in a URL and by name. */
export class Registry {
  readonly store: Store;
  readonly schemas: SchemaIndex;
  readonly clock: Clock;
  readonly random: Random;
  readonly admission: readonly AdmissionPlugin[];
  #endpoints = new Map<string, Endpoint>();
  #byName = new Map<string, Endpoint>();
  #options: RegistryOptions;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.store = options.store;
    this.schemas = options.schemas;
    this.clock = options.clock;
    this.random = options.random;
    this.admission = options.admission;
    for (const info of options.infos) this.add(info);
  }

  /** Serves a resource from now on. Of a custom resource's versions the first is the one it is known by inside. */
  add(info: ResourceInfo, custom?: CustomEndpoint): void {
    const { group, version, resource, kind } = info;
    const name = qualifiedName({ group, resource });
    const conversion = custom?.conversion ?? this.#options.conversions.get(`${group}/${version}/${resource}`);
    const columns = custom?.columns ?? this.#options.columns(group, version, resource);
    const endpoint: Endpoint = {
      info,
      name,
      storage: conversion?.storage ?? name,
      resource: { group, resource },
      apiVersion: group ? `${group}/${version}` : version,
      schema: this.schemas.forKind({ group, version, kind }) ?? {},
      strategy: custom?.strategy ?? this.#options.strategies.get(conversion?.storage ?? name) ?? { resource: name },
      ...(columns && { columns }),
      ...(conversion && { conversion }),
      ...(custom && { custom: true }),
    };
    this.#endpoints.set(`${group}/${version}/${resource}`, endpoint);
    if (custom ? !this.#byName.has(name) : !conversion) this.#byName.set(name, endpoint);
  }

  /** Stops serving a resource, in all its versions. */
  remove(name: string): void {
    for (const [path, endpoint] of this.#endpoints) if (endpoint.name === name) this.#endpoints.delete(path);
    this.#byName.delete(name);
  }

  find(group: string, version: string, resource: string): Endpoint | undefined {
    return this.#endpoints.get(`${group}/${version}/${resource}`);
  }

  hasGroupVersion(group: string, version: string): boolean {
    return this.all().some(({ info }) => info.group === group && info.version === version);
  }

  /** By plural and group, in the stored version. Throws when there is no such resource: a caller's mistake. */
  named(name: string): Endpoint {
    const endpoint = this.#byName.get(name);
    if (!endpoint) throw new Error(`no resource is named ${name}`);
    return endpoint;
  }

  all(): Endpoint[] {
    return [...this.#endpoints.values()];
  }

  /** Each resource once, as it is known by name. */
  stored(): Endpoint[] {
    return [...this.#byName.values()];
  }

  /** The endpoint that serves objects of a kind; undefined when nothing does. */
  forKind(apiVersion: string, kind: string): Endpoint | undefined {
    return this.all().find((endpoint) => endpoint.apiVersion === apiVersion && endpoint.info.kind === kind);
  }

  get strategyContext(): StrategyContext {
    return {
      now: this.clock.now(),
      random: this.random,
      get: <T extends KubeObject>(resource: string, { namespace = "", name }: { namespace?: string; name: string }) =>
        this.store.get(resource, { namespace, name }) as T | undefined,
      list: <T extends KubeObject>(resource: string, options?: { namespace?: string }) =>
        this.store.list(resource, options?.namespace) as readonly T[],
    };
  }
}

/** The API extensions validate metadata by themselves, without core's list of standard finalizers. */
export const takesAnyFinalizer = ({ custom, resource }: Endpoint): boolean =>
  custom === true || resource.group === "apiextensions.k8s.io";

const qualifiedName = ({ group, resource }: GroupResource): string => (group ? `${resource}.${group}` : resource);
