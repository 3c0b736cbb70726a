import { homedir } from "node:os";
import { join } from "node:path";

export type Env = Readonly<Record<string, string | undefined>>;

/** Where the tutor keeps what is its own. The learner's files are elsewhere: in the workspace. */
export interface Paths {
  /** Everything below is in here. */
  state: string;
  progress: string;
  /** One folder per cluster: its objects, process file, log. */
  clusters: string;
  /** Held by the command that changes clusters or prepares a step. */
  lock: string;
  /** Programs: kubectl and kind as `setup tools` fetches them, and ourselves for shells of ours. */
  bin: string;
  /** Held by the command that fetches programs. */
  setupLock: string;
  /** Which cluster the course runs on. */
  current: string;
  /** The tutor's private kubeconfig; the user's own is never touched. */
  kubeconfig: string;
  /** Where kubectl keeps what it discovered, one folder per cluster. */
  kubectlCache: string;
  /** What a bug leaves behind for its report. */
  bugReport: string;
}

/** `K8S_BOOTCAMP_HOME`, else XDG_STATE_HOME, else the platform's own place for state. */
export function statePaths(env: Env, platform: NodeJS.Platform = process.platform): Paths {
  const state = env["K8S_BOOTCAMP_HOME"] || join(stateRoot(env, platform), "k8s-bootcamp");
  return {
    state,
    progress: join(state, "progress.json"),
    clusters: join(state, "clusters"),
    lock: join(state, "lock"),
    bin: join(state, "bin"),
    setupLock: join(state, "setup-lock"),
    current: join(state, "cluster.json"),
    kubeconfig: join(state, "kubeconfig"),
    kubectlCache: join(state, "kubectl-cache"),
    bugReport: join(state, "bug-report.txt"),
  };
}

function stateRoot(env: Env, platform: NodeJS.Platform): string {
  if (env["XDG_STATE_HOME"]) return env["XDG_STATE_HOME"];
  const home = env["HOME"] || env["USERPROFILE"] || homedir();
  if (platform === "win32") return env["LOCALAPPDATA"] || join(home, "AppData", "Local");
  if (platform === "darwin") return join(home, "Library", "Application Support");
  return join(home, ".local", "state");
}
