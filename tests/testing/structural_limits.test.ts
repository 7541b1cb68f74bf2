/** How long what is tried may take. */
import { describe, expect, test } from "vitest";
import { rowsOf } from "../../src/warehouse/session/batch.ts";
import { guarded } from "../../src/warehouse/empty/database.ts";
import { isLostConnection } from "../../src/warehouse/errors.ts";
import { connect, freshDatabase } from "../support/database.ts";

const SILENCE = 2_000;

describe("the limit of a session", () => {
  test("holds for each statement, not for all of them together; one that never ends is stopped", async () => {
    const { url } = await freshDatabase(18);
    const [admin, client] = await Promise.all([connect(url), connect(url)]);
    try {
      const several = async (): Promise<string> => {
        for (let n = 0; n < 6; n++) await rowsOf(client, "SELECT pg_sleep(0.5)");
        return "done";
      };
      expect(await guarded(admin, client, several, SILENCE)).toBe("done");
      const endless = guarded(admin, client, () => rowsOf(client, "SELECT pg_sleep(3600)"), SILENCE);
      expect(isLostConnection(await endless.catch((error: unknown) => error))).toBe(true);
    } finally {
      await Promise.all([admin.end(), client.end()]);
    }
  });
});
