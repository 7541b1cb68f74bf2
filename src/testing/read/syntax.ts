/** What a file of tests may hold. Values of rows are read from the text itself (`project/rows`), so here they are anything. */
import * as z from "zod";

/** CTF512, or 22012. */
export const ERROR_CODE = /^(?:CTF\d{3}|[0-9A-Z]{5})$/;

const name = z.string().min(1);
const row = z.record(name, z.unknown());
const rows = z.array(row);
const csv = z.strictObject({
  csv: name.describe("A CSV file with a header, from the test's folder."),
});
const file = z.strictObject({
  file: name.describe("The name that the file has for the load: `classify` reads it."),
  text: z.string().optional().describe("What stands in it."),
  rows: rows
    .optional()
    .describe(
      "Its rows, where it is loaded into a table: columns that are left out are made up, and the file is written as its source declares.",
    ),
  path: name.optional().describe("Where a file lies that is taken instead of a text, from the test's folder."),
});
const given = z.union([rows, csv, file, z.array(file)]);
/** One table's rows, or those of several by `schema.table`. */
const tables = z.union([rows, csv, z.record(name, z.union([rows, csv]))]);
const expectedError = z.strictObject({
  code: z
    .union([
      z.string().regex(ERROR_CODE, "must be the code of a diagnostic, such as CTF512, or an SQLSTATE, such as 22012"),
      z.number(),
    ])
    .optional()
    .describe("The code that a run would show, or PostgreSQL's own, the SQLSTATE."),
  like: name
    .optional()
    .describe(
      "A text that the message has, or what PostgreSQL or Python themselves say. One of several monitors is named by its limit: `row_count.min`.",
    ),
});
const refused = z.strictObject({
  error: expectedError.describe("The call must fail: what its function raises is tested like this."),
});
/** Beside tables, calls of functions. */
const outcomes = z.union([rows, csv, z.record(name, z.union([rows, csv, refused]))]);
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const count = z.int().min(0);

export const test = z.strictObject({
  name: name.describe("What must hold, in words: `a span that ends mid-month counts that month`."),
  now: z
    .string()
    .regex(
      /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$/,
      "must be a time with its zone, such as 2018-04-17T06:00:00Z",
    )
    .optional()
    .describe(
      "The clock stands still at this time: now(), CURRENT_DATE and their like, and that of Python, by the package time-machine. It has a zone: `2018-04-17T06:00:00Z`.",
    ),
  vars: z
    .record(name, scalar)
    .optional()
    .describe("Values of the project's variables, where they are not to be the defaults."),
  at: name
    .optional()
    .describe(
      "Tests one piece of the SQL instead of all of it: `cte(latest_plan)`, `subquery(alias)`, `statement(0)` (counted from 0), " +
        "`insert_into(schema.table)`, `create_table_as(table)`, one inside of the other as in `statement(1).cte(x)`. What it " +
        "reads is given by its name there.",
    ),
  run: z
    .strictObject({
      pipeline: name.describe("The pipeline that is run."),
      start: name.optional().describe("This transform and all that follows it."),
      end: name.optional().describe("All that leads to this transform, and it."),
    })
    .optional()
    .describe("Runs a pipeline, or a part of it, with only its sources given."),
  given: z
    .record(name, given)
    .optional()
    .describe(
      "Rows of the inputs, by table, transform or source. What is not named is empty; columns of a table that are left out are made up, those of a piece of the SQL are NULL. Files of a load are `{file: NAME, text: …}`, or a list of these; `[]` means that there is no file, which a run refuses.",
    ),
  before: tables
    .optional()
    .describe("Rows that the output has before the run, for an upsert or statements that change what is there."),
  expect: outcomes
    .optional()
    .describe(
      "All rows of the output, in any order; only the columns that are named are compared. Several outputs by `schema.table`; a function by a call of it in quotes, `\"claims.pmpm('A', '2018-01-01', '2018-12-31')\"`, whose rows are those of `SELECT * FROM` it, or an error that it must raise.",
    ),
  expect_rejects: z.union([rows, csv]).optional().describe("Rows of the table of rejects, for a load."),
  expect_error: expectedError
    .optional()
    .describe("The transform must be refused. Monitors are only looked at in such a test."),
  counts: z
    .strictObject({
      rows: count.optional(),
      read: count.optional(),
      rejected: count.optional(),
      inserted: count.optional(),
      updated: count.optional(),
      unchanged: count.optional(),
      deleted: count.optional(),
    })
    .optional()
    .describe("How many rows a run would count."),
  twice: z
    .boolean()
    .optional()
    .describe("false: an upsert is not run a second time, which would have to change nothing. Default: true."),
  tolerance: z
    .number()
    .min(0)
    .optional()
    .describe(
      "By how much numbers may differ, as a share of them. Default: 1e-9 for floating-point numbers, 0 for others.",
    ),
});

export const testFile = z.strictObject({
  tests: z.array(test).min(1).describe("The tests, each by itself and in any order."),
});

export type RawTest = z.infer<typeof test>;
