import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { TableOutput } from "../../project/types.ts";
import { rowsOf, type Statement } from "../session/batch.ts";
import { buildSchema, leave, type Build } from "../build/build.ts";
import { countRows, failOn } from "../build/monitors.ts";
import { list, qualified } from "../names.ts";
import { succeeded } from "../records/transform_run.ts";
import { inPhase, runSteps, tableOrigin } from "../session/steps.ts";
import type { Work } from "../work.ts";
import { foreignKeyProblems, keysToHold } from "./foreign_keys.ts";
import { changeRows, refuseLosses } from "./in_place.ts";
import { madeBefore, recordOutput } from "./record.ts";
import { newCheckProblems } from "./settle.ts";

/** A built table's rows added to the published one, after `before`, and in one transaction with `also`, which records them. */
export async function addRows(
  work: Work,
  output: TableOutput,
  build: Build,
  also: readonly Statement[],
  before: readonly Statement[] = [],
): Promise<void> {
  work.enter("publish");
  const { client, planned } = work;
  const source = { schema: buildSchema(build.number), name: output.name };
  await changeRows(work, output, async () => {
    const columns = await rowsOf(
      client,
      `SELECT a.attname AS name, EXISTS (
         SELECT FROM pg_catalog.pg_attribute o
         WHERE o.attrelid = pg_catalog.to_regclass($2) AND o.attname = a.attname AND o.attidentity = 'a'
       ) AS numbered
       FROM pg_catalog.pg_attribute a
       WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
      [qualified(source), qualified(output)],
    );
    const names = list(columns.map((column) => column["name"] as string));
    const overriding = columns.some((column) => column["numbered"]) ? " OVERRIDING SYSTEM VALUE" : "";
    const text = `INSERT INTO ${qualified(output)} (${names})${overriding} SELECT ${names} FROM ${qualified(source)}`;
    const results = await runSteps(work, inPhase("publish", [...before, { text }], tableOrigin(output, work.span)));
    await refuseLosses(work, output, async () => build.rows - (results.at(-1)?.count ?? 0));
    if (planned.monitors.length > 0) {
      const rows = await countRows(work, output);
      await failOn(work, output, rows, rows - build.rows);
    }
    const sides = { added: source, whole: output };
    const problems = [
      ...(await newCheckProblems(work, output)),
      ...(await foreignKeyProblems(client, output, sides, keysToHold(planned), work.span)),
    ];
    if (problems.length > 0) throw new DiagnosticError(problems);
    await runSteps(work, [
      recordOutput(work, output, await madeBefore(work, output)),
      ...also,
      succeeded(work.record),
      { text: "COMMIT" },
    ]);
  });
  await leave(work, build.number, source);
}
