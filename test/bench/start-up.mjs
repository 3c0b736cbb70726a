// How long commands take, beside `node -e 0` and `kubectl get pods`: the least of several runs each, since a busy machine only adds.
// Looks at the cluster and the step at which the course stands in $K8S_BOOTCAMP_HOME, or begins one in a folder of its own.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const RUNS = 12;
const bin = fileURLToPath(new URL("../../bin/k8s-bootcamp.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "start-up-"));
const env = { ...process.env, K8S_BOOTCAMP_HOME: folder, KUBECONFIG: join(folder, "kubeconfig"), NO_COLOR: "1" };
const own = (...args) => [process.execPath, bin, ...args];
const commands = {
  "node -e 0": [process.execPath, "-e", "0"],
  list: own("list"),
  "list --help": own("list", "--help"),
  status: own("status"),
  "kubectl get pods": ["kubectl", "get", "pods"],
  "verify, a step that reads the cluster": own("verify", "--answer", "1"),
};

try {
  run(own("next", "setup/cluster/trial", "--dir", join(folder, "files")));
  const least = Object.fromEntries(
    Object.entries(commands).map(([name, command]) => [name, Math.min(...Array.from({ length: RUNS }, () => run(command)))]),
  );
  for (const [name, time] of Object.entries(least)) {
    const ratio = name.startsWith("verify") ? time / least["kubectl get pods"] : time / least["node -e 0"];
    process.stdout.write(`${name.padEnd(40)} ${time.toFixed(0).padStart(5)} ms   ×${ratio.toFixed(2)}\n`);
  }
} finally {
  run(own("cluster", "delete"));
  rmSync(folder, { recursive: true });
}

/** Milliseconds. */
function run([file, ...args]) {
  const begin = performance.now();
  spawnSync(file, args, { env, cwd: folder, stdio: "ignore" });
  return performance.now() - begin;
}
