/** The rows that a transform's inputs get, as statements. */
import type pg from "pg";
import { DiagnosticError } from "../../../diagnostics/diagnostic.ts";
import { makeCheckedRows } from "../../../generate/checked_rows.ts";
import { withJoins } from "../../../generate/fill/joins.ts";
import type { Facts, MadeRows, Profile } from "../../../generate/types.ts";
import { tableText } from "../../../project/types.ts";
import type { Statement } from "../../../warehouse/session/batch.ts";
import { insertStatements } from "../../../warehouse/facts/insert.ts";
import { reordered } from "../../../warehouse/testbed/made_rows.ts";
import type { TableFacts } from "../../../warehouse/facts/types.ts";

/** Enough that some are alike, few enough that eight hundred transforms take seconds. */
export const ROWS = 10;
/** Of a table with a key of one column, which others may refer to: few, so that several refer to the same. */
const PARENTS = 4;

export interface MakeInputs {
  readonly profile: Profile;
  readonly seed: number;
  readonly until: string;
  /** In an open transaction, what takes it back to where it can go on. */
  readonly afterError?: Statement;
}

/** A text says why nothing can be made up that the tables take. */
export async function makeInputs(
  client: pg.Client,
  facts: Facts,
  { profile, seed, until, afterError }: MakeInputs,
): Promise<readonly MadeRows[] | string> {
  const isParent = ({ primaryKey }: TableFacts) => profile === "plausible" && primaryKey?.length === 1;
  const counts = new Map([...facts].map(([text, table]) => [text, isParent(table) ? PARENTS : ROWS]));
  try {
    const options = { seed, until, counts, profile, fewer: true };
    const made = await makeCheckedRows(client, facts, new Map(), options, afterError);
    const none = [...facts.keys()].find((text) => !rowCounts(made).get(text));
    return none === undefined ? made : `${none}: no rows of the kind were found that its checks allow`;
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics[0]!.message;
    throw error;
  }
}

export const insertsOfRows = (made: readonly MadeRows[]): readonly Statement[] => insertStatements(made);

/** The rows that all these tables have, in another order. */
export const allReordered = (facts: Facts, order: string): readonly Statement[] =>
  [...facts.values()].map(({ table, columns }) => reordered(table, columns, order));

/** Tables whose declaration says nothing of what no two rows have in common. */
export const withoutKey = ({ primaryKey, uniques }: TableFacts): boolean => !primaryKey && uniques.length === 0;

/**
 * The facts as the author will mean them: what becomes the output's key is one of the inputs that it is copied from.
 * `copied`: columns of inputs, by table.
 */
export function withAssumedKeys(facts: Facts, copied: ReadonlyMap<string, readonly string[]>): Facts {
  return new Map(
    [...facts].map(([text, table]) => {
      const key = withoutKey(table) ? copied.get(text) : undefined;
      return [text, key ? { ...table, uniques: [key] } : table];
    }),
  );
}

/**
 * With the joins that names tell of, where no foreign key says it: a source's member_id means members. A key is taken for one
 * only where another table refers to it.
 */
export function withNamedJoins(facts: Facts): Facts {
  const joined = withJoins(facts);
  const referred = new Set(
    [...joined.values()].flatMap(({ foreignKeys }) => foreignKeys.map(({ references }) => tableText(references))),
  );
  return new Map(
    [...joined].map(([text, { primaryKey, ...table }]) => {
      const key = facts.get(text)?.primaryKey ?? (referred.has(text) ? primaryKey : undefined);
      return [text, { ...table, ...(key && { primaryKey: key }) }];
    }),
  );
}

const FIRST_AND_LAST = ["0001-01-01", "9999-12-31", "1900-01-01"];

/** Python has no infinite days, so no function ever sees one: whatever it does at the ends would stay unseen. */
export const withoutInfinity = (facts: Facts): Facts =>
  new Map(
    [...facts].map(([text, table]) => {
      const columns = table.columns.map((column) => {
        const { of, examples } = column;
        const isDay = of.is === "base" && /^(date|timestamp|timestamptz)$/.test(of.name);
        return isDay && !examples ? { ...column, examples: FIRST_AND_LAST } : column;
      });
      return [text, { ...table, columns }];
    }),
  );

/** By table, how many rows there are. */
export function rowCounts(made: readonly MadeRows[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { table, rows } of made) {
    const text = tableText(table);
    counts.set(text, (counts.get(text) ?? 0) + rows.length);
  }
  return counts;
}
