import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["tests/support/global_setup.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 3,
    env: {
      GIT_CONFIG_GLOBAL: fileURLToPath(new URL("tests/support/gitconfig", import.meta.url)),
      GIT_CONFIG_SYSTEM: "/dev/null",
    },
  },
});
