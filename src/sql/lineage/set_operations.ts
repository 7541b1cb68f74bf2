/** UNION, INTERSECT and EXCEPT: columns by position, names of the first query. */
import type { SelectStmt } from "../tree.ts";
import { all, computed, copiesIn, mergeAll, type Flow } from "./flow.ts";
import type { Column, Relation } from "./scope.ts";

/** A chain of UNIONs leans to the left and can be long, so it is laid out flat. */
interface Step {
  readonly select: SelectStmt;
  /** Missing on the first. */
  readonly operation?: SelectStmt;
}

export function steps(select: SelectStmt): readonly Step[] {
  const found: Step[] = [];
  let at = select;
  for (;;) {
    if (!at.larg || !at.rarg) break;
    found.push({ select: at.rarg, operation: at });
    // What has clauses of its own is a query of its own.
    const next: SelectStmt = at.larg;
    const isPlain = next.larg && !next.withClause && !next.sortClause && !next.limitCount && !next.limitOffset;
    if (!isPlain) {
      found.push({ select: next });
      break;
    }
    at = next;
  }
  return found.toReversed();
}

export function combined(left: Relation, right: Relation, operation: SelectStmt): Relation {
  const isUnion = operation.op === "SETOP_UNION";
  const columns = left.columns.map((column, n) => {
    const other = right.columns[n];
    return other && isUnion ? either(column, other) : column;
  });
  // Rows that are compared decide on each other; UNION ALL compares none.
  const compared: Flow[] = isUnion && operation.all ? [] : [...left.columns, ...right.columns].map(all);
  return { columns, rows: mergeAll([left.rows, right.rows, ...compared]) };
}

function either(one: Column, other: Column): Column {
  const { name, copyOf, notNull, offset } = one;
  const byStar = one.byStar ?? other.byStar;
  const copies = copyOf && copyOf === other.copyOf ? [] : [...new Set([...copiesIn(one), ...copiesIn(other)])];
  return {
    ...computed([one, other]),
    name,
    ...(copyOf && copyOf === other.copyOf ? { copyOf } : {}),
    ...(copies.length > 0 ? { copiesOf: copies } : {}),
    ...(notNull && other.notNull ? { notNull } : {}),
    ...(byStar === undefined ? {} : { byStar }),
    ...(offset === undefined ? {} : { offset }),
  };
}
