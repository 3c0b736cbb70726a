import { join } from "node:path";
import type { Exec } from "./exec.ts";
import type { Env } from "./paths.ts";

/** Programs of other projects that the course is worked with. */
export const toolNames = ["kubectl", "kind"] as const;
export type ToolName = (typeof toolNames)[number];

/** One of their releases, for one platform. */
export interface ToolSource {
  tool: ToolName;
  /** As the project writes it: `v1.34.4`. */
  version: string;
  url: string;
  /** Where the project publishes the SHA-256 of it. */
  checksumUrl: string;
  /** `kubectl`, or `kubectl.exe`. */
  file: string;
}

interface Tool {
  /** The release that fits the course: for kubectl that of practice clusters. */
  version: string;
  /** Where the project publishes its releases. */
  base: string;
  /** Below the base, and below a mirror. */
  path(platform: string, exe: string): string;
  checksum: string;
  /** Platforms it is published for, each by the name it has there. */
  platforms: Readonly<Record<string, string>>;
  /** Asks the program for its version. */
  ask: readonly string[];
  told(stdout: string): string | undefined;
  /** Whether another release will do as well. */
  fits(version: string, pinned: string): boolean;
}

/** The minor version that practice clusters were recorded from; kubectl may be one away. */
export const SERVER = "v1.34";

const kubectlVersion = `${SERVER}.4`;
const kindVersion = "v0.33.0";

/** As Node names platforms, and as these projects do. */
const common = {
  "linux-x64": "linux/amd64",
  "linux-arm64": "linux/arm64",
  "darwin-x64": "darwin/amd64",
  "darwin-arm64": "darwin/arm64",
  "win32-x64": "windows/amd64",
};

const tools: Readonly<Record<ToolName, Tool>> = {
  kubectl: {
    version: kubectlVersion,
    base: "https://dl.k8s.io",
    path: (platform, exe) => `/release/${kubectlVersion}/bin/${platform}/kubectl${exe}`,
    checksum: ".sha256",
    platforms: { ...common, "win32-arm64": "windows/arm64" },
    ask: ["version", "--client", "--output=json"],
    told: (stdout) => (JSON.parse(stdout) as { clientVersion?: { gitVersion: string } }).clientVersion?.gitVersion,
    fits: (version, pinned) => Math.abs(minorOf(version) - minorOf(pinned)) <= 1,
  },
  kind: {
    version: kindVersion,
    base: "https://kind.sigs.k8s.io",
    path: (platform) => `/dl/${kindVersion}/kind-${platform.replace("/", "-")}`,
    checksum: ".sha256sum",
    // Windows on ARM runs what is made for x64.
    platforms: { ...common, "win32-arm64": "windows/amd64" },
    ask: ["version", "--quiet"],
    told: (stdout) => /^\d+\.\d+\.\d+\S*/.exec(stdout)?.[0].replace(/^/, "v"),
    fits: (version, pinned) => minorOf(version) >= minorOf(pinned),
  },
};

/** The release we pin; from a mirror, which has it at the project's own path. Undefined where none is published for the platform. */
export function toolSource(tool: ToolName, platform: NodeJS.Platform, arch: string, mirror?: string): ToolSource | undefined {
  const { version, base, path, checksum, platforms } = tools[tool];
  const published = platforms[`${platform}-${arch}`];
  if (published === undefined) return undefined;
  const exe = platform === "win32" ? ".exe" : "";
  const url = (mirror ?? base).replace(/\/+$/, "") + path(published, exe);
  return { tool, version, url, checksumUrl: url + checksum, file: tool + exe };
}

export interface FoundTool {
  version: string;
  /** Whether the course can be worked with it. */
  fits: boolean;
  isPinned: boolean;
}

/** What a program on PATH, or in `folder`, says of itself; undefined where there is none that runs. */
export async function findTool(exec: Exec, tool: ToolName, env: Env, folder?: string): Promise<FoundTool | undefined> {
  const { version: pinned, ask, told, fits } = tools[tool];
  const { exitCode, stdout } = await exec(folder === undefined ? tool : join(folder, tool), ask, { env });
  const version = exitCode === 0 ? told(stdout) : undefined;
  return version === undefined ? undefined : { version, fits: fits(version, pinned), isPinned: version === pinned };
}

const minorOf = (version: string): number => Number(/^v\d+\.(\d+)/.exec(version)?.[1]);
