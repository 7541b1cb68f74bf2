/** What is lost on the way from a file's rows to the table. */
import { differingColumns } from "../trying/same_rows.ts";
import type { Loaded, LoadStage, MadeRow, Sort } from "./load_stage.ts";

export interface Loss {
  /** Losses of one sort have one cause. */
  readonly sort: string;
  readonly message: string;
}

/** Undefined where every row is there, with the values that it has where it comes into the table without a file. `loaded`: what came of the rows, where that is known. */
export async function lossOf(
  stage: LoadStage,
  sort: Sort,
  rows: readonly MadeRow[],
  loaded?: Loaded,
): Promise<Loss | undefined> {
  const made = (await stage.rows(sort))!;
  const { refused, outputs } = loaded ?? (await stage.load(rows));
  if (refused) return { sort: refused[0]!.code, message: refused[0]!.message };
  const there = outputs[0]!.rows.length;
  if (there !== rows.length) return { sort: "rows", message: `of ${rows.length} rows ${there} are in the table` };
  const expected = await stage.exact(await stage.inserted(made, rows));
  const differs = differingColumns(expected, await stage.exact(outputs));
  return (
    differs && { sort: "values", message: `other values are in the table than in the file: ${differs.join(", ")}` }
  );
}
