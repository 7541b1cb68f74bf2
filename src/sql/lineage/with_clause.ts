/** WITH queries. Without RECURSIVE each sees those before it; with it all see each other, and themselves. */
import { as, strings, type BodyOf, type SelectStmt } from "../tree.ts";
import { computed, merge, NOTHING, type Flow } from "./flow.ts";
import type { Analysis, Column, Ctes, Relation, Scope } from "./scope.ts";
import { combined } from "./set_operations.ts";
import { renamed } from "./tables.ts";

type Cte = BodyOf<"CommonTableExpr">;

/** The scope of WITH queries for the statement that they stand before. */
export function withQueries(
  analysis: Analysis,
  clause: BodyOf<"WithClause">,
  outer: Scope | undefined,
  outerCtes: Ctes | undefined,
): Ctes {
  const done = new Map<string, Relation>();
  const open = new Map<string, Cte>();
  const ctes: Ctes = {
    outer: outerCtes,
    get(name) {
      const waiting = open.get(name);
      return done.get(name) ?? (waiting && resolve(waiting));
    },
  };
  const resolve = (cte: Cte): Relation => {
    const name = cte.ctename ?? "";
    open.delete(name);
    const recursive = clause.recursive ? recursiveRelation(analysis, cte, outer, ctes, done) : undefined;
    const relation = withExtras(cte, recursive ?? plainRelation(analysis, cte, outer, ctes));
    done.set(name, relation);
    return relation;
  };
  const queries = (clause.ctes ?? []).flatMap((node) => as("CommonTableExpr", node) ?? []);
  if (clause.recursive) for (const cte of queries) open.set(cte.ctename ?? "", cte);
  for (const cte of queries) if (!done.has(cte.ctename ?? "")) resolve(cte);
  return ctes;
}

function plainRelation(analysis: Analysis, cte: Cte, outer: Scope | undefined, ctes: Ctes): Relation {
  const select = as("SelectStmt", cte.ctequery);
  // One that writes gives what RETURNING says; SELECTs that CTF builds tables from have none.
  if (!select) return { columns: [], rows: NOTHING, open: (name) => ({ ...computed([]), name }) };
  return renamed(analysis.query(select, outer, ctes), strings(cte.aliascolnames));
}

/**
 * `a UNION b` where b names the query itself: its columns are first those of a; what b adds is put behind them once it
 * is known, so that a value can flow through in a circle.
 */
function recursiveRelation(
  analysis: Analysis,
  cte: Cte,
  outer: Scope | undefined,
  outerCtes: Ctes,
  done: Map<string, Relation>,
): Relation | undefined {
  const select = as("SelectStmt", cte.ctequery);
  if (!select?.larg || !select.rarg) return undefined;
  const ctes = select.withClause ? withQueries(analysis, select.withClause, outer, outerCtes) : outerCtes;
  const start = renamed(analysis.query(select.larg, outer, ctes), strings(cte.aliascolnames));
  const rows: Flow = { from: [start.rows] };
  const columns = start.columns.map((column): Column => ({
    name: column.name,
    aggregate: column.aggregate,
    value: { from: [column.value] },
    decides: { from: [column.decides] },
  }));
  const self = withExtras(cte, { columns, rows });
  done.set(cte.ctename ?? "", self);
  const step = analysis.query(select.rarg as SelectStmt, outer, ctes);
  rows.from.push(step.rows);
  for (const [n, column] of columns.entries()) {
    const next = step.columns[n];
    if (!next) continue;
    column.value.from.push(next.value);
    column.decides.from.push(next.decides);
  }
  const whole = combined(
    { columns, rows },
    { columns: step.columns.slice(0, columns.length), rows: step.rows },
    select,
  );
  return {
    ...whole,
    columns: whole.columns.map((column, n) => {
      const copyOf = start.columns[n]?.copyOf;
      const isKept = copyOf && (step.columns[n]?.value === columns[n]?.value || step.columns[n]?.copyOf === copyOf);
      return isKept ? { ...column, copyOf } : column;
    }),
  };
}

/** The columns that SEARCH and CYCLE add. */
function withExtras(cte: Cte, relation: Relation): Relation {
  const { search_clause: search, cycle_clause: cycle } = cte;
  if (!search && !cycle) return relation;
  const from = (names: readonly string[]): Omit<Column, "name"> =>
    computed(relation.columns.filter(({ name }) => names.includes(name)));
  const added: Column[] = [];
  if (search) added.push({ ...from(strings(search.search_col_list)), name: search.search_seq_column ?? "" });
  if (cycle) {
    const value = from(strings(cycle.cycle_col_list));
    added.push({ ...value, name: cycle.cycle_mark_column ?? "" }, { ...value, name: cycle.cycle_path_column ?? "" });
  }
  const has = new Set(relation.columns.map(({ name }) => name));
  const columns = [...relation.columns, ...added.filter(({ name }) => !has.has(name))];
  return { ...relation, columns, rows: merge(relation.rows, ...(cycle ? added.map(({ value }) => value) : [])) };
}
