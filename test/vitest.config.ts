import { defineConfig } from "vitest/config";

const CI = Boolean(process.env["CI"]);

/** One project per folder: `npx vitest run --config test/vitest.config.ts --project unit` is the inner loop. */
const project = (name: string, testTimeout: number, more: { globalSetup?: string; retry?: number } = {}) => ({
  extends: true as const,
  // Files of a worker share their modules: the simulator is loaded once, not fifty times.
  test: {
    name,
    isolate: false,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: 60_000,
    retry: CI ? 2 : 0,
    ...more,
  },
});

export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    // Much of the time kubectl's process is waited for; a shared CI machine gets no more to do than it can.
    maxWorkers: CI ? 1 : "100%",
    projects: [
      project("unit", 10_000),
      project("simulator", 30_000),
      project("lessons", 60_000),
      // What takes minutes: every step of the course, every recorded scenario, a real cluster.
      project("course", 60_000),
      project("parity", 600_000),
      project("cli", 120_000, { globalSetup: "test/cli/build.ts" }),
      // Its tests stand one upon the other, on one real cluster.
      project("kind", 900_000, { globalSetup: "test/cli/build.ts", retry: 0 }),
    ],
  },
});
