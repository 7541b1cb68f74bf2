/** A server process that hears of nothing any more: PostgreSQL's planner can be at something for hours. */
import { expect, test } from "vitest";
import { rowsOf } from "../../src/warehouse/session/batch.ts";
import { guarded } from "../../src/warehouse/empty/database.ts";
import { isLostConnection } from "../../src/warehouse/errors.ts";
import { connect, freshDatabase } from "../support/database.ts";

test("work on it ends all the same, and its process when it is done", async () => {
  const { url } = await freshDatabase(18);
  const [admin, client] = await Promise.all([connect(url), connect(url)]);
  const pid = (client as unknown as { readonly processID: number }).processID;
  try {
    process.kill(pid, "SIGSTOP");
    const work = guarded(admin, client, () => rowsOf(client, "SELECT 1"), 200, 200);
    expect(isLostConnection(await work.catch((error: unknown) => error))).toBe(true);
  } finally {
    process.kill(pid, "SIGCONT");
    await Promise.all([admin.end(), client.end()]);
  }
});
