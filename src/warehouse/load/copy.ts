import { finished } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { copyRows } from "../../files/text.ts";
import { isTransient, sqlstate } from "../errors.ts";
import { DATA } from "./faults.ts";

type Values = readonly (string | null)[];

/** Rows by COPY; `text` is the statement up to FROM STDIN. Gives how many came. */
export async function copyRecords(
  client: pg.Client,
  text: string,
  records: readonly { readonly values: Values }[],
): Promise<number> {
  const copy = client.query(copyFrom(`${text} FROM STDIN`));
  copy.end(copyRows(records));
  await finished(copy);
  return copy.rowCount;
}

/** An error that speaks of rows: they are bad, and everything else is sound. */
export function isDataFault(error: unknown): boolean {
  const state = sqlstate(error);
  return state !== undefined && !isTransient(error) && new RegExp(DATA).test(state);
}
