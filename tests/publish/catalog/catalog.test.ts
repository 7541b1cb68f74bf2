/**
 * After a swap all that PostgreSQL says of a table and of what hangs on it is as it was, or the run stopped before the build
 * and told why.
 */
import { describe, expect, test } from "vitest";
import { testMajors, type TestMajor } from "../../support/servers.ts";
import { definition, problems, warehouse } from "../../support/warehouse.ts";
import { ensureRoles } from "../roles.ts";
import { cases, type Case } from "./cases.ts";
import { snapshot } from "./snapshot.ts";

const plain = { id: "integer", name: "text", kind: "integer" };
const schemaOf = (n: number) => `c${String(n).padStart(3, "0")}`;

/** One transform for each case, in a schema of its own. */
function files(chosen: readonly Case[], publish: string) {
  const each = chosen.map((one, n): [string, string][] => {
    const text = definition(
      `${schemaOf(n)}.t`,
      one.columns ?? plain,
      one.more ?? "primary_key: [id]\nindexes: [{columns: [kind]}]",
      publish,
    ).replace('{name: number, type: "bigint"}', "{name: number, type: bigint, identity: by_default}");
    const select = one.select ?? "SELECT n AS id, 'x' || n AS name, n % 7 AS kind FROM generate_series(1, 3) n";
    return [
      [`${schemaOf(n)}.yaml`, text],
      [`${schemaOf(n)}.sql`, select],
    ];
  });
  return Object.fromEntries(each.flat());
}

describe.each(testMajors)("on PostgreSQL %i", (major: TestMajor) => {
  const chosen = Object.entries(cases).filter(([, { from = 15 }]) => from <= major);

  test.each(["swap", "rows"])("everything that hangs on a table stays, publish: %s", async (publish) => {
    const all = chosen.map(([, one]) => one);
    const w = await warehouse(major, files(all, `publish: ${publish}`));
    await ensureRoles(w.client, "analyst", "steward", "landlord");
    await w.client.query(
      "SET allow_in_place_tablespaces = on; CREATE EXTENSION btree_gist; CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler",
    );
    await w.client.query("CREATE TABLESPACE ctf_test_room LOCATION ''").catch(() => {});
    await w.publish();
    for (const [n, { sql }] of all.entries()) {
      await w.client.query(
        `GRANT USAGE, CREATE ON SCHEMA ${schemaOf(n)} TO analyst, steward, landlord; SET search_path = ${schemaOf(n)}, public`,
      );
      await w.client.query(sql).catch((error: Error) => {
        throw new Error(`${chosen[n]?.[0]}: ${error.message}`, { cause: error });
      });
    }
    const look = async () => {
      const found: (readonly string[])[] = [];
      for (const n of all.keys()) found.push(await snapshot(w.client, `${schemaOf(n)}.t`));
      return found;
    };
    const before = await look();
    const told = problems(await w.run());
    const after = await look();

    const saidOf = ({ said = [], saidOfRows = [] }: Case) => (publish === "rows" ? saidOfRows : said);
    const outcomes = chosen.map(([name, one], n) => {
      const lines = told.filter((line) => line.startsWith(`p.${schemaOf(n)} `));
      const is = (line: string) =>
        saidOf(one).find(([code, words]) => line.startsWith(`p.${schemaOf(n)} ${code}`) && line.includes(words));
      const others = (all: readonly string[], than: readonly string[]) =>
        all.filter((line) => !than.includes(line) && one.changes?.test(line) !== true);
      return {
        name,
        said: lines.map((line) => is(line)?.join(" ") ?? line).sort(),
        gone: others(before[n]!, after[n]!),
        come: others(after[n]!, before[n]!),
      };
    });
    const expected = chosen.map(([name, one]) => ({
      name,
      said: saidOf(one)
        .map((words) => words.join(" "))
        .sort(),
      gone: [],
      come: [],
    }));
    // Only those that are not as expected: most are.
    const same = (n: number) => JSON.stringify(outcomes[n]) === JSON.stringify(expected[n]);
    expect(outcomes.filter((_, n) => !same(n))).toEqual(expected.filter((_, n) => !same(n)));
  });
});
