import type { ContainerRecord } from "./container-record.ts";
import { recordFromStatus, timeOf } from "./container-record.ts";
import { adoptContainer } from "./container-start.ts";
import type { PodSurroundings } from "./container-start.ts";
import type { ContainerStatus } from "./container-status.ts";
import { containersOf } from "./pod.ts";
import type { Pod } from "./pod.ts";

const shownStatuses = ({ status }: Pod) =>
  [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ] as ContainerStatus[];

/** What a pod's status says of its containers: nothing for a new pod. */
export function recordsOf(pod: Pod): ContainerRecord[] {
  const shown = shownStatuses(pod);
  return containersOf(pod).map((one) =>
    recordFromStatus(
      one,
      shown.find(({ name }) => name === one.container.name),
    ),
  );
}

/** Brings back what ran before this kubelet started, as if it had never stopped; `started` hears of each. */
export async function adoptContainers(
  pod: Pod,
  records: readonly ContainerRecord[],
  around: PodSurroundings,
  started: (record: ContainerRecord) => void,
): Promise<void> {
  for (const { name, state, containerID = "", started: up = true, ready } of shownStatuses(pod)) {
    const record = records.find(({ container }) => container.name === name);
    if (!state?.running || !record) continue;
    try {
      const startedAt = timeOf(state.running.startedAt);
      await adoptContainer(record, { id: containerID, startedAt, started: up, ready }, around);
      started(record);
    } catch (error) {
      around.node.report(error);
    }
  }
}
