import type { Provider } from "../course/lesson.ts";
import { contextProvider } from "./context.ts";
import { readRemembered } from "./current.ts";
import { kindProvider } from "./kind.ts";
import { practiceProvider } from "./practice.ts";
import type { ClusterProvider } from "./provider.ts";
import type { Surroundings } from "./surroundings.ts";

/** Every way to have a cluster: a new one is a line here. */
const makers = {
  practice: practiceProvider,
  kind: kindProvider,
  context: contextProvider,
} satisfies Partial<Record<Provider, (surroundings: Surroundings) => ClusterProvider>>;

export type ProviderId = keyof typeof makers;

export const providers = Object.keys(makers) as ProviderId[];

/** Providers that make a cluster of their own, by the names one types. */
export const makingProviders = ["practice", "kind"] as const satisfies readonly ProviderId[];

export const providerNamed = (id: ProviderId, surroundings: Surroundings): ClusterProvider => makers[id](surroundings);

/** The provider the course runs on. */
export const chosenProvider = (surroundings: Surroundings): ClusterProvider =>
  providerNamed(chosenId(surroundings), surroundings);

/** Its name; the practice cluster's, when what is remembered is no provider that we have. */
export function chosenId({ paths }: Pick<Surroundings, "paths">): ProviderId {
  const { provider } = readRemembered(paths);
  return provider in makers ? (provider as ProviderId) : "practice";
}
