/** A load of one table `lab.t` from source `files`, and what came of it. */
import { expect } from "vitest";
import type { RunResult } from "../../src/run/events.ts";
import type { Files } from "../support/files.ts";
import type { TestMajor } from "../support/servers.ts";
import { warehouse, type Warehouse } from "../support/warehouse.ts";

const COLUMNS = "[{name: id, type: int}, {name: name, type: text}, {name: amount, type: numeric}]";

interface Load {
  readonly files: Files;
  /** Keys of the source; its files are data/* where it does not say. */
  readonly source?: string;
  readonly columns?: string;
  /** Further keys of the output, each on a line. */
  readonly output?: string;
  /** Further keys of the transform. */
  readonly more?: string;
  readonly setup?: string;
  readonly major?: TestMajor;
}

const indented = (text: string, by: string) =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => `${by}${line}\n`)
    .join("");

export const definition = ({ columns = COLUMNS, output = "", more = "" }: Omit<Load, "files">): string =>
  `kind: load\ninputs: [{source: files}]\noutput:\n  table: lab.t\n  columns: ${columns}\n${indented(output, "  ")}${indented(more, "")}`;

export const load = ({
  files,
  source = 'file: "data/*.csv"',
  setup = "",
  major = 18,
  ...rest
}: Load): Promise<Warehouse> =>
  warehouse(
    major,
    {
      "t.yaml": definition(rest),
      "sources/files.yaml": `sources:\n  - name: files\n${indented(source, "    ")}`,
      ...files,
    },
    `CREATE SCHEMA lab; ${setup}`,
  );

/** The table's rows as lists, sorted by the first column. */
export const rowsOf = async (w: Warehouse, of = "SELECT * FROM lab.t ORDER BY 1"): Promise<unknown[][]> =>
  (await w.rows(of)).map((row) => Object.values(row));

/** `file:line column reason message raw`, one for each reject. */
export const rejectsOf = async (w: Warehouse): Promise<string[]> =>
  (await w.rows("SELECT * FROM lab.t_rejects ORDER BY file, line")).map(
    (row) =>
      `${row["file"]}:${row["line"]} ${row["column_name"] ?? "-"} ${row["reason"]} ${row["message"]} | ${row["raw"]}`,
  );

/** Rows read = loaded + rejected, as the run says and as the records keep it. */
export async function expectCounts(w: Warehouse, result: RunResult, rows: number, rejected: number): Promise<void> {
  expect(result.transforms[0]?.counts).toMatchObject({ read: rows + rejected, rows, rejected });
  expect(
    await rowsOf(w, "SELECT rows_read::int, rejected::int FROM ctf.transform_run ORDER BY run DESC LIMIT 1"),
  ).toEqual([[rows + rejected, rejected]]);
}
