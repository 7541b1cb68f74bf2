/** Rows by themselves, each with those without which it would not come through. */
import type { Facts, GivenRow } from "../../../generate/types.ts";
import { tableText } from "../../../project/types.ts";
import type { InputColumn } from "../../../sql/lineage/flow.ts";
import type { Uses } from "../inputs/joinable.ts";
import { withNamedJoins } from "../inputs/made_inputs.ts";
import type { StructuralSubject } from "../subject.ts";

export interface Item {
  readonly table: string;
  readonly row: GivenRow;
}

/** With one row of each table that it belongs to. Where a try takes long, most is shown by one of these. */
export function oneByOne(all: readonly Item[], { facts, uses }: StructuralSubject): readonly (readonly Item[])[] {
  const joins = joinsOf(withNamedJoins(facts), uses);
  const others = ({ table, row }: Item): readonly Item[] =>
    joins.flatMap(([mine, its]) => {
      if (mine.table !== table) return [];
      const isIt = (one: Item) =>
        one.table === its.table && mine.columns.every((column, n) => one.row[its.columns[n]!] === row[column]);
      return all.filter(isIt).slice(0, 1);
    });
  const together = (item: Item): readonly Item[] => {
    const found = new Set([item]);
    for (const one of found) for (const other of others(one)) found.add(other);
    return all.filter((one) => found.has(one));
  };
  const sets = all.map(together);
  // A row that comes with others is tried with these.
  return sets.filter((set, n) => !sets.some((other, m) => isWider(other, set, m < n) && other.includes(all[n]!)));
}

const isWider = (one: readonly Item[], other: readonly Item[], isEarlier: boolean): boolean =>
  one.length > other.length || (isEarlier && one.length === other.length && one.every((item) => other.includes(item)));

interface JoinSide {
  readonly table: string;
  readonly columns: readonly string[];
}

/** From a row to another: by keys and names, and by what the SQL or the definition compares. */
function joinsOf(facts: Facts, { pairs }: Uses): readonly (readonly [JoinSide, JoinSide])[] {
  const keys = [...facts].flatMap(([table, { foreignKeys }]) =>
    foreignKeys.map(({ columns, references }): readonly [JoinSide, JoinSide] => [
      { table, columns },
      { table: tableText(references), columns: references.columns },
    ]),
  );
  const side = ({ schema = "", table, column }: InputColumn): JoinSide => ({
    table: tableText({ schema, name: table }),
    columns: [column],
  });
  return [...keys, ...pairs.flatMap(([a, b]) => [[side(a), side(b)] as const, [side(b), side(a)] as const])];
}
