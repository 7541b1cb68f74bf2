/** The rows of a new table from nested documents. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { DocumentRows } from "../../plan/types.ts";
import { tableText, type TableName, type TableOutput } from "../../project/types.ts";
import { rowsOf } from "../session/batch.ts";
import { nothingBehind, type Filled, type Filler } from "../build/filler.ts";
import { isFilledIn } from "../build/table.ts";
import { columnProblems, describeDeclared } from "../build/verify_columns.ts";
import { qualified } from "../names.ts";
import { runSteps } from "../session/steps.ts";
import type { Work } from "../work.ts";
import { besideTaken } from "./codes.ts";
import { documentType, type JsonType } from "./json_columns.ts";
import { readForms } from "./forms/read.ts";
import { columnList, questionColumns, rejectColumns, seenColumns, storeQuestions } from "./sql/beside.ts";
import { refuseLossy } from "./carried.ts";
import { fillInside } from "./sql/fill.ts";
import { helpersIn } from "./sql/helpers.ts";
import { fillStreamed } from "./stream/fill.ts";
import { tell, type Flattened } from "./tally.ts";

export interface Flattening {
  /** The table only brings rows to another, which has defaults and numbers rows of its own. */
  readonly merge: boolean;
  /** The output is there, with the documents of earlier runs. */
  readonly further: boolean;
}

export function fromDocuments(rows: DocumentRows, output: TableOutput, { merge, further }: Flattening): Filler {
  let type: JsonType = "jsonb";
  return {
    async prepare(work) {
      const problems = await describeDeclared(work.client, output.columns).then(
        () => [],
        () => columnProblems(work.client, output, [], { giver: work.planned.file, span: work.span }),
      );
      if (problems.length > 0) throw new DiagnosticError(problems);
      await refuseTaken(work, rows);
      type = await documentType(work, rows);
      await refuseLossy(work, rows, output);
    },
    async fill(work, table, begin, behind = nothingBehind): Promise<Filled> {
      work.enter("build");
      const [server] = await rowsOf(
        work.client,
        "SELECT pg_catalog.current_setting('server_version_num')::int / 10000 AS major",
      );
      // Without the rejects of earlier runs their documents are not done with.
      const goesOn = further && rows.which === "changed";
      const known =
        goesOn && (await isThere(work, rows.seen)) && (await isThere(work, rows.rejects)) ? rows.seen : undefined;
      const helpers = helpersIn(table.schema);
      const inserted = !merge && output.columns.some(isFilledIn);
      await runSteps(work, begin);
      const read = await readForms(work, rows);
      const filling = {
        rows,
        output,
        table,
        helpers,
        type,
        major: server?.["major"] as number,
        inserted,
        ...(known && { known }),
      };
      const { explain, ...flat } = await (rows.engine === "sql" ? fillInside : fillStreamed)(work, filling, read);
      if (rows.questions) await storeQuestions(work, helpers.questions, read.forms);
      const flattened: Flattened = await tell(work, rows, output, helpers.rejects, flat);
      const given = new Set(rows.columns.map(({ name }) => name));
      const notNulls = inserted
        ? []
        : output.columns.filter(({ name, notNull }) => notNull && given.has(name)).map(({ name }) => name);
      return {
        rows: flat.events,
        notNulls,
        behind: await runSteps(work, behind({ notNulls })),
        ...(explain !== undefined && { explain }),
        flattened,
      };
    },
  };
}

const isThere = async (work: Work, table: TableName): Promise<boolean> =>
  (await rowsOf(work.client, "SELECT pg_catalog.to_regclass($1) IS NOT NULL AS there", [qualified(table)]))[0]?.[
    "there"
  ] === true;

/** @throws DiagnosticError naming all tables beside the output that CTF did not make */
async function refuseTaken(work: Work, { rejects, questions, seen, which }: DocumentRows): Promise<void> {
  const wanted = [
    { table: rejects, columns: rejectColumns },
    ...(questions ? [{ table: questions, columns: questionColumns }] : []),
    ...(which === "changed" ? [{ table: seen, columns: seenColumns }] : []),
  ];
  const problems = [];
  for (const { table, columns } of wanted) {
    const found = await rowsOf(
      work.client,
      `SELECT a.attname AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, c.relkind::text AS kind
       FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       WHERE c.oid = pg_catalog.to_regclass($1)`,
      [qualified(table)],
    );
    const types = new Map(found.map((row) => [row["name"], row["type"]]));
    if (found.length === 0) continue;
    if (found[0]!["kind"] === "r" && columns.every(([name, type]) => types.get(name) === type)) continue;
    problems.push(
      besideTaken({
        message: `${tableText(table)} is to be kept beside the output, and what has that name was not made for it`,
        span: work.span,
        hint: `Rename or drop it. It is to have ${columnList(columns)}.`,
      }),
    );
  }
  if (problems.length > 0) throw new DiagnosticError(problems);
}
