/** How much memory V8 keeps for what is new, while a stream goes on. */
import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";

const MODULES = ["scripts/typescript.mjs", "src/warehouse/flatten/stream/young_space.ts"].map(
  (file) => pathToFileURL(file).href,
);

/** Makes garbage of which some is alive for a while, and looks at the young space meanwhile. Gives its size in MB. */
const program = `
  await import(${JSON.stringify(MODULES[0])});
  const { YoungSpace } = await import(${JSON.stringify(MODULES[1])});
  const { getHeapSpaceStatistics } = await import("node:v8");
  const size = () => getHeapSpaceStatistics().find((space) => space.space_name === "new_space").space_size >> 20;
  const alive = new Array(2000);
  const work = (look) => {
    for (let n = 0; n < 1e7; n++) {
      alive[n % alive.length] = { n: [n] };
      if (n % 1000 === 0) look();
    }
    return size();
  };
  const [one, other] = [new YoungSpace(), new YoungSpace()];
  const held = work(() => (one.look(), other.look()));
  one.release();
  const stillHeld = work(() => {});
  other.release();
  console.log(JSON.stringify([held, stillHeld, work(() => {})]));
`;

test("it does not grow until the last stream is over", () => {
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  expect(stderr).toBe("");
  const [held, stillHeld, released] = JSON.parse(stdout) as readonly number[];
  expect([held, stillHeld]).toEqual([8, 8]);
  expect(released).toBeGreaterThan(8);
});
