import type { ClusterProvider } from "../clusters/provider.ts";
import { during } from "../ui/status.ts";
import { statusOf } from "./cluster-access.ts";
import type { Session } from "./session.ts";

/** Takes the course's objects out of a namespace of somebody else's cluster. Only in turn. @throws ApiError, ClusterUnreachable */
export async function emptyBorrowed(session: Session, provider: ClusterProvider, name: string): Promise<void> {
  const { emptyNamespace } = await import("../steps/borrowed-namespace.ts");
  const kube = await connect(provider, name);
  await emptyNamespace(kube, await session.course(kube.namespace), session.clock);
}

/** Leaves such a namespace as it was before us, if the provider's cluster is such a one. Only in turn. @throws ApiError, ClusterUnreachable */
export async function leaveBorrowed(session: Session, provider: ClusterProvider, name: string): Promise<void> {
  const borrowed = provider.borrowed?.(name);
  if (!borrowed) return;
  const { clock, messages } = session;
  const { leaveNamespace } = await import("../steps/borrowed-namespace.ts");
  const { namespace } = provider.access(name);
  const kube = await connect(provider, name);
  const course = await session.course(namespace);
  await during(messages.context.leaving(namespace), statusOf(session), () => leaveNamespace(kube, course, clock, borrowed));
}

async function connect(provider: ClusterProvider, name: string) {
  const { connectKube } = await import("../kube/kube.ts");
  return connectKube(await provider.ensure(name, () => {}));
}
