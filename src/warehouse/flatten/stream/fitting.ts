/** What goes along with documents in files is text there: whether the columns of the output take it. */
import type { DocumentRows } from "../../../plan/types.ts";
import { surely } from "../../load/surely_valid.ts";
import { batch, rowsOf } from "../../session/batch.ts";
import type { Work } from "../../work.ts";
import type { GivenDocument } from "./documents.ts";

type Batches = AsyncIterable<readonly GivenDocument[]>;

/** A document with a value that is refused has a fault. PostgreSQL is asked of those that do not speak for themselves. */
export async function* fittingDocuments(
  work: Work,
  { columns }: DocumentRows,
  batches: Batches,
): AsyncGenerator<readonly GivenDocument[]> {
  const types = columns.flatMap(({ type, from }) => (from.type === "document" ? [type] : []));
  const tests = types.map(surely);
  let session: ReturnType<typeof openSession> | undefined;
  for await (const documents of batches) {
    const doubtful = documents.flatMap(({ fault, carried }, n) =>
      fault === undefined && carried.some((value, i) => value !== null && tests[i]?.(value) !== true) ? [n] : [],
    );
    if (doubtful.length === 0) {
      yield documents;
      continue;
    }
    const client = await (session ??= openSession(work, types));
    const answers = await rowsOf(
      client,
      `SELECT ${types.map((_, i) => `coalesce(pg_temp.ctf_takes_${i}(d.texts ->> ${i}), true)`).join(" AND ")} AS taken
       FROM pg_catalog.jsonb_array_elements($1::pg_catalog.jsonb) WITH ORDINALITY d (texts, n) ORDER BY d.n`,
      [JSON.stringify(doubtful.map((n) => documents[n]!.carried))],
    );
    const refused = new Set(doubtful.filter((_, i) => answers[i]!["taken"] !== true));
    yield documents.map((given, n) => (refused.has(n) ? { ...given, fault: "carried_misfit" as const } : given));
  }
}

/** Functions that try, as PostgreSQL 15 can't be asked. Assigning, unlike casting, cuts off no text that is too long. */
async function openSession(work: Work, types: readonly string[]): Promise<Awaited<ReturnType<Work["another"]>>> {
  const client = await work.another();
  await batch(
    client,
    types.map((type, i) => ({
      text: `CREATE OR REPLACE FUNCTION pg_temp.ctf_takes_${i}(given text) RETURNS boolean STRICT LANGUAGE plpgsql AS $ctf$
        DECLARE taken ${type};
        BEGIN taken := given; RETURN true;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded THEN RETURN false;
        END $ctf$`,
    })),
  );
  return client;
}
