import { createHash } from "node:crypto";
import type { Build } from "./server.ts";

/** The last patch of each minor release, and the version of Go it was built with. */
const LAST_PATCHES: readonly (readonly [go: string, releases: string])[] = [
  ["go1.10.3", "2.0.0 2.1.0 2.2.1 2.3.2 2.4.3"],
  ["go1.13.10", "2.5.0 2.6.1 2.7.2 2.8.1 2.9.2 2.10.0 2.11.2 2.12.0 2.13.1 2.14.0 2.15.2 2.16.0 2.17.2"],
  ["go1.16.7", "2.18.2 2.19.3 2.20.1 2.21.0 2.22.2 2.23.0 2.24.1 2.25.2 2.26.1 2.27.1 2.28.1 2.29.2"],
  ["go1.17.9", "2.30.4 2.31.2 2.32.1 2.33.5 2.34.0 2.35.0"],
  ["go1.20.5", "2.36.2 2.37.9 2.38.0 2.39.2 2.40.7 2.41.0 2.42.0 2.43.1 2.44.0 2.45.6"],
  ["go1.22.7", "2.46.0 2.47.2 2.48.1 2.49.1 2.50.1 2.51.2 2.52.0 2.53.5 2.54.1 2.55.1"],
  ["go1.24.6", "3.0.1 3.1.0 3.2.1 3.3.1 3.4.2 3.5.5"],
  ["go1.26.5", "3.6.0 3.7.3 3.8.1 3.9.1 3.10.0 3.11.3 3.12.0 3.13.2 3.14.0"],
];

const VERSIONS = LAST_PATCHES.flatMap(([go, releases]) =>
  releases.split(" ").flatMap((release) => {
    const [major, minor, last] = release.split(".").map(Number) as [number, number, number];
    return Array.from({ length: last + 1 }, (_, patch) => ({ version: `${major}.${minor}.${patch}`, go }));
  }),
);

/** Every release of Prometheus 2 and 3, with the tags of its image. */
export const RELEASES: readonly { version: string; tags: readonly string[] }[] = VERSIONS.map(({ version }, index) => ({
  version,
  tags: [`v${version}`, ...(index === VERSIONS.length - 1 ? ["latest", "main"] : [])],
}));

/** The commit is made up; only its shape is a real one's. */
export const buildOf = (version: string): Build => ({
  version,
  revision: createHash("sha1").update(`prometheus ${version}`).digest("hex"),
  goVersion: VERSIONS.find((one) => one.version === version)!.go,
});
