import type { KubeObject } from "../api/object.ts";

/** The class that an annotation marks as default; of several the newest, of equally new ones the first by name. */
export const newestDefault = (classes: readonly KubeObject[], annotations: readonly string[]): KubeObject | undefined =>
  classes
    .filter(({ metadata }) => annotations.some((annotation) => metadata.annotations?.[annotation] === "true"))
    .sort((a, b) => {
      const [newer, older] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
      return newer === older ? (a.metadata.name < b.metadata.name ? -1 : 1) : newer > older ? -1 : 1;
    })[0];
