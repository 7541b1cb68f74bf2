import type { ServerName } from "../../src/warehouse/embedded/server.ts";

/** Every PostgreSQL that CTF supports. */
export const majors = [15, 16, 17, 18] as const;
export type TestMajor = (typeof majors)[number];

/**
 * On which of them tests run that are about PostgreSQL: CTF_TEST_POSTGRES="15 18" asks for the oldest and the newest, as
 * `.ci/run` does. What every project does is tried on all of them in any case (tests/life/majors.test.ts).
 */
export const testMajors: readonly TestMajor[] = majors.filter((major) =>
  (process.env["CTF_TEST_POSTGRES"] ?? "18").split(" ").includes(String(major)),
);

export const scratchServer = (folder: string, major: TestMajor): ServerName => ({
  root: folder,
  role: "scratch",
  major,
});
