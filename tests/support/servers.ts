import type { ServerName } from "../../src/warehouse/embedded/server.ts";

/** The oldest and the newest PostgreSQL that CTF supports. */
export const testMajors = [15, 18] as const;
export type TestMajor = (typeof testMajors)[number];

export const scratchServer = (folder: string, major: TestMajor): ServerName => ({
  root: folder,
  role: "scratch",
  major,
});
