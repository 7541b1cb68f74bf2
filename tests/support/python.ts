/** The Python of the tests, which `make` sets up with pyarrow and pandas. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = fileURLToPath(new URL("../../.python/bin/python", import.meta.url));

/** For `python:` in ctf.yaml. @throws where `make` was not run */
export function testPython(): string {
  if (!existsSync(path)) throw new Error("the tests' Python is missing: `make check` sets it up");
  return path;
}

/** A ctf.yaml for tests that run python transforms on the test's own database. */
export const pythonProject = (more = ""): string =>
  `ctf: 1\nproject: test\npython: ${testPython()}\ntargets:\n  test: {url_env: WAREHOUSE_URL}\n${more}`;
