import type { NodeInfo } from "../node-info.ts";
import type { Plugin } from "../plugin.ts";

const MEGABYTE = 1024 * 1024;
const SMALLEST = 23 * MEGABYTE;
const LARGEST_PER_CONTAINER = 1000 * MEGABYTE;

/** Prefers nodes that have big images already; an image on few nodes counts less, lest all pods crowd there. */
export const imageLocality: Plugin = {
  name: "ImageLocality",
  weight: 1,
  prepare(pod, { nodes: all }) {
    const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
    return {
      score(nodes) {
        const sizes = all.map(imageSizes);
        const largest = LARGEST_PER_CONTAINER * containers.length;
        return nodes.map((node) => {
          const own = sizes[all.indexOf(node)] ?? imageSizes(node);
          const sum = containers.reduce((total, { image = "" }) => {
            const name = fullName(image);
            const spread = sizes.filter((images) => images.has(name)).length / all.length;
            return total + Math.trunc((own.get(name) ?? 0) * spread);
          }, 0);
          return Math.trunc((100 * (Math.min(Math.max(sum, SMALLEST), largest) - SMALLEST)) / (largest - SMALLEST));
        });
      },
    };
  },
};

const imageSizes = ({ node }: NodeInfo): Map<string, number> =>
  new Map(
    (node.status?.images ?? []).flatMap(({ names = [], sizeBytes = 0 }) => names.map((name) => [name, sizeBytes] as const)),
  );

const TAGGED = /:[^/]*$/;

/** With the tag that is implied, and the registry's name as the container runtime lists it. */
function fullName(image: string): string {
  const tagged = TAGGED.test(image) ? image : `${image}:latest`;
  const parts = tagged.split("/");
  if (parts.length === 1) return `docker.io/library/${tagged}`;
  return /[.:]|^localhost$/.test(parts[0] as string) ? tagged : `docker.io/${tagged}`;
}
